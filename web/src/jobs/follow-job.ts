import { ApiError } from '../api/api-error.ts';
import { readEvents } from '../api/event-stream.ts';
import { request } from '../api/request.ts';
import type { Job, JobEvent } from './job.ts';

/** What the stream of a job tells: the job as it is, an event of it, or that the server went away for a moment. */
export type JobNews =
	| { readonly type: 'job'; readonly job: Job }
	| { readonly type: 'event'; readonly event: JobEvent['event'] }
	| { readonly type: 'lost' };

const pauseMs = 1500;
/** About a minute: a server that is started again goes on with the job. */
const mostTries = 40;

/** The news of a job until it ends, over as many connections as it takes. Throws `ApiError` when there is no such job, or no server. */
export async function* followJob(id: string, signal: AbortSignal): AsyncGenerator<JobNews> {
	let after = 0;
	for (let tries = 0; ; tries += 1) {
		try {
			const path = `/api/jobs/${encodeURIComponent(id)}/events?stream=true&after=${after}`;
			for await (const { event, data } of readEvents(await request(path, { signal }))) {
				tries = 0;
				if (event === 'job-event') {
					const told = data as JobEvent;
					after = told.number;
					yield { type: 'event', event: told.event };
				} else yield { type: 'job', job: data as Job };
				if (event === 'job-end') return;
			}
		} catch (error) {
			if (!isPassing(error) || tries >= mostTries) throw error;
			yield { type: 'lost' };
		}
		await pause(signal);
	}
}

function isPassing(error: unknown): boolean {
	return error instanceof ApiError && (error.code === 'unreachable' || error.status === 503);
}

async function pause(signal: AbortSignal): Promise<void> {
	const { promise, resolve } = Promise.withResolvers<void>();
	const timer = setTimeout(resolve, pauseMs);
	signal.addEventListener('abort', () => resolve(), { once: true });
	await promise;
	clearTimeout(timer);
	signal.throwIfAborted();
}
