import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { KnowhowError } from '../../core/error.ts';
import type { Job, JobEvent } from '../../core/store.ts';
import { allJobs } from '../../project/jobs/all-jobs.ts';
import { ingestKind, type IngestJobEvent, type IngestSpec } from '../../project/jobs/ingest-job.ts';
import type { Knowhow } from '../../project/knowhow.ts';
import type { Caller } from '../caller.ts';
import { eventStream, type Frame } from '../event-stream.ts';
import { unknownCursor } from '../list.ts';
import { defineRoute, type Route } from '../route.ts';
import { ingestEvent, ingestProgress, ingestResult, ingestSpec } from './ingest-job.ts';

export const jobSchema = z
	.object({
		id: z.string(),
		kind: z.string().describe('`ingest`, or `train-` and what is trained.'),
		status: z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']).describe('Of the job, not of its files.'),
		createdAt: z.int(),
		endedAt: z.int().nullable(),
		spec: z
			.union([ingestSpec, z.looseObject({ model: z.unknown(), settings: z.unknown() })])
			.describe('Of an ingest, or of a training.'),
		progress: ingestProgress.nullable().describe('Null before an ingest begins, and for trainings.'),
		result: z
			.union([ingestResult, z.looseObject({})])
			.nullable()
			.describe('Of an ingest: what `knowhow ingest --json` prints. Null unless it succeeded.'),
		error: z.object({ code: z.string(), message: z.string(), hint: z.string().nullable() }).nullable(),
	})
	.meta({ id: 'Job' });

const event = z
	.object({
		number: z.int().describe('1, 2, 3, …'),
		at: z.int(),
		event: z.union([ingestEvent, z.looseObject({ type: z.literal('metrics') })]).describe('`metrics`: of a training.'),
	})
	.meta({ id: 'JobEvent' });

/** How often a stream looks for what is new. */
const lookMs = 250;
const pageSize = 1000;

export function jobRoutes(knowhow: Knowhow): Route[] {
	return [
		defineRoute({
			method: 'GET',
			path: '/api/jobs',
			summary: 'List ingests of one’s own, and trainings for whoever may train; newest first',
			scope: 'read',
			query: z.object({
				kind: z.string().min(1).optional().describe('`ingest`, `train-router`, …'),
				after: z.string().min(1).optional().describe('Only those before this one, by id.'),
				limit: z.coerce.number().int().min(1).max(pageSize).default(20),
			}),
			answer: z.object({ data: z.array(jobSchema), has_more: z.boolean() }),
			handle: async ({ query: { kind, after, limit }, caller }) => {
				// One that is hidden begins a page as little as one that is absent.
				if (after !== undefined && (await visible(knowhow, after, caller)) === null)
					throw unknownCursor('after', after);
				const found: Job[] = [];
				for await (const job of allJobs(knowhow.jobs, after)) {
					if (found.length > limit) break;
					if (isVisible(job, caller) && (kind ?? job.kind) === job.kind) found.push(job);
				}
				const data = await Promise.all(found.slice(0, limit).map((job) => toJob(knowhow, job)));
				return { data, has_more: found.length > limit };
			},
		}),
		defineRoute({
			method: 'GET',
			path: '/api/jobs/:job',
			summary: 'Show how far a job is, and what came of it',
			scope: 'read',
			answer: jobSchema,
			handle: async ({ params, caller }) => await toJob(knowhow, await find(knowhow, params['job'], caller)),
		}),
		defineRoute({
			method: 'GET',
			path: '/api/jobs/:job/events',
			summary: 'What happened in a job, in order; with `stream=true` until it ends',
			scope: 'read',
			query: z.object({
				after: z.coerce.number().int().min(0).default(0).describe('Only those with a number above.'),
				limit: z.coerce.number().int().min(1).max(pageSize).default(100).describe('Not of a stream.'),
				stream: z
					.enum(['true', 'false'])
					.default('false')
					.describe(
						'Server-sent events: `job` with the job as it is, `job-event` for each event, `job-end` with the ended job.',
					),
			}),
			answer: z.object({ data: z.array(event), has_more: z.boolean() }),
			streams: true,
			handle: async ({ params, query: { after, limit, stream }, caller, signal }) => {
				const { id } = await find(knowhow, params['job'], caller);
				if (stream === 'true') {
					const left = new AbortController();
					const frames = framesOf(knowhow, id, after, AbortSignal.any([signal, left.signal]));
					return await eventStream(frames, { leave: () => left.abort() });
				}
				const data = await knowhow.jobs.events(id, { after, limit });
				const last = data.at(-1);
				const more = last ? await knowhow.jobs.events(id, { after: last.number, limit: 1 }) : [];
				return { data, has_more: more.length > 0 };
			},
		}),
		defineRoute({
			method: 'POST',
			path: '/api/jobs/:job/cancel',
			summary: 'Stop a job that has not ended; what an ingest has done stays',
			scope: 'write',
			answer: jobSchema,
			handle: async ({ params, caller }) => {
				const { id, kind } = await find(knowhow, params['job'], caller);
				if (kind === ingestKind) await knowhow.ingestJobs.cancel(id);
				else await knowhow.models.cancelJob(id);
				return await toJob(knowhow, await find(knowhow, id, caller));
			},
		}),
	];
}

/** Throws `not_found`, also for a job of somebody else. */
async function find(knowhow: Knowhow, id: string | undefined, caller: Caller): Promise<Job> {
	const found = id === undefined ? null : await visible(knowhow, id, caller);
	if (found !== null) return found;
	throw new KnowhowError('not_found', `There is no job "${id ?? ''}".`);
}

async function visible(knowhow: Knowhow, id: string, caller: Caller): Promise<Job | null> {
	const found = await knowhow.jobs.get(id);
	return found !== null && isVisible(found, caller) ? found : null;
}

/**
 * An ingest is its owner’s. What was asked with access to everything names files of the server’s computer, so that it takes the same
 * to see it. A training is nobody’s in particular.
 */
function isVisible({ kind, spec }: Job, { id, access, scopes }: Caller): boolean {
	if (access === 'everything') return true;
	if (kind !== ingestKind) return scopes.includes('train');
	const { owner, access: asked } = spec as IngestSpec;
	return asked !== 'everything' && id !== null && owner === id;
}

/** Ends with the job, and when the server stops: the job goes on at its next start. */
async function* framesOf(knowhow: Knowhow, id: string, after: number, signal: AbortSignal): AsyncGenerator<Frame> {
	const look = async (): Promise<Job> => (await knowhow.jobs.get(id))!;
	yield { event: 'job', data: await toJob(knowhow, await look()) };
	for (let last = after; ;) {
		// Before its events, of which the last ones are there when it has ended.
		const job = await look();
		const events = await knowhow.jobs.events(id, { after: last, limit: pageSize });
		for (const each of events) yield { event: 'job-event', data: each };
		last = events.at(-1)?.number ?? last;
		if (events.length === pageSize) continue;
		if (job.finishedAt !== null) {
			yield { event: 'job-end', data: await toJob(knowhow, job) };
			return;
		}
		if (knowhow.ingestJobs.isClosed) return;
		await delay(lookMs, null, { signal }).catch(() => signal.throwIfAborted());
	}
}

export async function toJob(knowhow: Knowhow, job: Job): Promise<z.output<typeof jobSchema>> {
	const { id, kind, status, createdAt, finishedAt, result, error } = job;
	const [last] = kind === ingestKind ? await knowhow.jobs.events(id, { limit: 1, order: 'desc' }) : [];
	return {
		id,
		kind,
		status,
		createdAt,
		endedAt: finishedAt,
		spec: specOf(job),
		progress: progressOf(last),
		result: result as Record<string, unknown> | null,
		error: error && { hint: null, ...error },
	};
}

/** Without whose it is, and without what a training was asked in the words of its caller. */
function specOf({ kind, spec }: Job): z.output<typeof jobSchema>['spec'] {
	if (kind === ingestKind) {
		const { sources, sitemaps = [], collection, sync } = spec as IngestSpec;
		return { sources, sitemaps, collection, sync };
	}
	const { model, settings } = spec as { readonly model: unknown; readonly settings: unknown };
	return { model, settings };
}

function progressOf(last: JobEvent | undefined): z.output<typeof jobSchema>['progress'] {
	const said = last?.event as IngestJobEvent | undefined;
	if (said?.type !== 'progress') return null;
	const { type: _type, ...progress } = said;
	return progress;
}
