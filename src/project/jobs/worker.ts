import { hostname } from 'node:os';
import type { Job, Jobs } from '../../core/store.ts';

/** What this process is called as a worker of jobs: by its computer and its number there. */
export function workerName(): string {
	return `${hostname()}:${process.pid}`;
}

/** Gives up the lease of a worker of this computer that is gone, so that the job can be claimed at once. */
export async function releaseDead(jobs: Jobs, { id, status, worker }: Job): Promise<void> {
	const [host, pid] = (worker ?? '').split(/:(?=\d+$)/);
	if (status === 'running' && host === hostname() && !isAlive(Number(pid))) await jobs.extend(id, worker!, 0);
}

/** This process asks before it works, so that a worker of its number is one that had the number before. */
function isAlive(pid: number): boolean {
	if (pid === process.pid) return false;
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}
