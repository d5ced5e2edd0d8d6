import { Held } from '../state/held.ts';

/** A job that is shown until it is dismissed. */
export type WatchedJob = { readonly id: string; readonly title?: string; readonly hasEnded?: boolean };

export const watchedJobs = new Held<readonly WatchedJob[]>([]);
const dismissed = new Set<string>();

/** Shows a job from now on, once; one that was dismissed stays away. */
export function watchJob(job: WatchedJob): void {
	if (dismissed.has(job.id)) return;
	watchedJobs.change((all) => (all.some(({ id }) => id === job.id) ? all : [...all, job]));
}

export function noteEnd(id: string): void {
	watchedJobs.change((all) => all.map((job) => (job.id === id ? { ...job, hasEnded: true } : job)));
}

export function dismissJob(id: string): void {
	dismissed.add(id);
	watchedJobs.change((all) => all.filter((job) => job.id !== id));
}
