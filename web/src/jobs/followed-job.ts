import { queryOptions } from '@tanstack/react-query';
import { followJob, type JobNews } from './follow-job.ts';
import { type FileFailure, hasEnded, type Job } from './job.ts';

/** A job with what its stream has told so far. */
export type FollowedJob = {
	readonly job: Job | null;
	readonly failures: readonly FileFailure[];
	/** The file or page that was read last. */
	readonly latest: string | null;
	/** Whether the connection is gone, and tried again. */
	readonly isLost: boolean;
};

const nothingYet: FollowedJob = { job: null, failures: [], latest: null, isLost: false };

/** Follows a job as long as somebody looks; its data grows as the stream goes. */
export function followedJobQuery(id: string) {
	return queryOptions({
		queryKey: ['followed-jobs', id],
		queryFn: async ({ client, queryKey, signal }) => {
			let followed = nothingYet;
			for await (const news of followJob(id, signal)) {
				followed = withNews(followed, news);
				client.setQueryData(queryKey, followed);
			}
			return followed;
		},
		staleTime: ({ state: { data } }) => (isOver(data) ? Infinity : 0),
	});
}

function isOver(followed: FollowedJob | undefined): boolean {
	return followed?.job != null && hasEnded(followed.job);
}

function withNews(followed: FollowedJob, news: JobNews): FollowedJob {
	if (news.type === 'lost') return { ...followed, isLost: true };
	const found = { ...followed, isLost: false };
	if (news.type === 'job') return { ...found, job: news.job };
	const { event } = news;
	if (event.type === 'progress') {
		const { type: _type, ...progress } = event;
		return { ...found, job: found.job && { ...found.job, status: 'running', progress } };
	}
	if (event.type !== 'file-end') return found;
	if (event.outcome !== 'failed') return { ...found, latest: event.path };
	const { path, code, message, hint } = event;
	return { ...found, latest: path, failures: [...found.failures, { path, code, message, hint }] };
}
