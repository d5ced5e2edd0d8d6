import type { Job, Jobs } from '../../core/store.ts';

/** Jobs read at a time. */
const pageSize = 500;

/** Every job, newest first, beginning after the job `after`. */
export async function* allJobs(jobs: Pick<Jobs, 'list'>, after?: string): AsyncGenerator<Job> {
	for (let last = after; ;) {
		const page = await jobs.list({ limit: pageSize, ...(last === undefined ? {} : { after: last }) });
		yield* page;
		if (page.length < pageSize) return;
		last = page.at(-1)!.id;
	}
}
