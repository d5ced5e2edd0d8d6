import { hostname } from 'node:os';
import type { Job, Jobs } from '../../core/store.ts';

/** What this process is called as a worker of jobs: by its computer and its number there. */
export function workerName(): string {
	return `${hostname()}:${process.pid}`;
}

/**
 * Gives up the lease of a worker of this computer that is gone, so that the job can be claimed at once. This process asks before it
 * works, so that a worker of its number is one that had the number before.
 */
export async function releaseDead(jobs: Jobs, { id, status, worker }: Job): Promise<void> {
	if (status === 'running' && (worker === workerName() || isDead(worker))) await jobs.extend(id, worker!, 0);
}

/** Whether a job says that it runs, and nobody works on it: its lease is over, or its worker was of this computer and is gone. */
export function isInterrupted({ status, worker, leaseUntil }: Job, now: number): boolean {
	return status === 'running' && ((leaseUntil ?? 0) <= now || isDead(worker));
}

function isDead(worker: string | null): boolean {
	const [host, pid] = (worker ?? '').split(/:(?=\d+$)/);
	return host === hostname() && !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}
