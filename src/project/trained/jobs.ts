import { KnowhowError } from '../../core/error.ts';
import type { Job, Jobs } from '../../core/store.ts';
import type { Estimate, Trainer, TrainerEvent } from '../../core/trainer.ts';
import type { Manifest } from '../../models/artifact.ts';
import { allJobs } from '../jobs/all-jobs.ts';
import { releaseDead, workerName } from '../jobs/worker.ts';
import { loadCheckpoint, removeCheckpoints, saveCheckpoint } from './checkpoints.ts';
import { type CheckpointWritten, toTraining, type TrainingJob, type TrainingSpec } from './training-job.ts';
import { trainModel } from './training.ts';

export type JobParts = {
	/** The project's. */
	readonly folder: string;
	readonly jobs: Jobs;
	/** Milliseconds since the epoch. */
	readonly now: () => number;
};

export type RunOptions = {
	readonly signal?: AbortSignal | undefined;
	/** Gets the job's id, and how long it will take, before it begins. */
	readonly onBegin?: ((job: string, estimate: Estimate) => void) | undefined;
	readonly onEvent?: ((event: TrainerEvent) => void | Promise<void>) | undefined;
};

const kindOf = (kind: string): string => `train-${kind}`;
/** Longer than any step takes. */
const leaseMs = 120_000;
/** Checkpoints of one training at most: writing that of a large model takes as long as an epoch. */
const mostCheckpoints = 10;

/** Runs a training as a job: recorded, cancelled by the signal, resumed from its checkpoint with `resume`. */
export async function runTraining<T>(
	{ folder, jobs, now }: JobParts,
	work: {
		readonly trainer: Trainer<T>;
		readonly job: T;
		readonly spec: TrainingSpec;
		readonly resume?: string | undefined;
	},
	{ signal, onBegin, onEvent }: RunOptions,
): Promise<{ readonly id: string; readonly manifest: Manifest }> {
	const { trainer, job, spec, resume } = work;
	const estimate = await trainer.estimate(job);
	const { id } =
		resume === undefined ? await jobs.enqueue({ kind: kindOf(spec.kind), spec }) : await reopened(jobs, resume);
	const worker = workerName();
	if ((await jobs.claim(worker, [kindOf(spec.kind)], leaseMs, id)) === null) throw await unclaimable(jobs, id);
	onBegin?.(id, estimate);
	const checkpoint = resume === undefined ? undefined : await loadCheckpoint(folder, id);
	const every = estimate.steps / mostCheckpoints;
	const keep = keepEvents({ folder, jobs, now }, { id, worker, every, from: checkpoint?.step ?? 0 });
	try {
		const manifest = await trainModel(folder, trainer, job, {
			checkpoint,
			signal,
			now,
			onEvent: async (event) => {
				await keep(event);
				await onEvent?.(event);
			},
		});
		await jobs.finish(id, worker, { status: 'succeeded', result: { model: manifest.id } });
		await removeCheckpoints(folder, id);
		return { id, manifest };
	} catch (error) {
		await endBadly(jobs, { id, worker, error });
		await removeCheckpoints(folder, id);
		throw error;
	}
}

/** `every`: the fewest steps between two checkpoints; `from`: the step that training goes on from. */
type Kept = { readonly id: string; readonly worker: string; readonly every: number; readonly from: number };

/** Writes checkpoints, an event for each, and lengthens the lease. Throws `cancelled` when the job is no longer this worker's. */
function keepEvents({ folder, jobs, now }: JobParts, { id, worker, every, from }: Kept) {
	let last: TrainerEvent | null = null;
	let extended = now();
	let saved = from;
	return async (event: TrainerEvent): Promise<void> => {
		if (event.type === 'checkpoint') {
			if (event.checkpoint.step - saved < every) return;
			saved = event.checkpoint.step;
			await saveCheckpoint(folder, id, event.checkpoint);
			const { step } = event.checkpoint;
			const loss = last?.type === 'progress' ? last.loss : null;
			const metric = last?.type === 'progress' ? last.metric : null;
			await jobs.append(id, [{ type: 'metrics', step, loss, metric } satisfies CheckpointWritten]);
		}
		last = event;
		if (event.type !== 'checkpoint' && now() - extended < leaseMs / 4) return;
		extended = now();
		if (!(await jobs.extend(id, worker, leaseMs))) throw new KnowhowError('cancelled', `The job ${id} was cancelled.`);
	};
}

/** Gives up the lease of a worker of this machine that is gone. */
async function reopened(jobs: Jobs, id: string): Promise<Job> {
	const job = await trainingOf(jobs, id);
	await releaseDead(jobs, job);
	return job;
}

async function unclaimable(jobs: Jobs, id: string): Promise<KnowhowError> {
	const { status } = (await jobs.get(id))!;
	const why = status === 'running' ? 'another process works on it' : `it is ${status}`;
	return new KnowhowError('conflict', `The job ${id} cannot go on: ${why}.`, {
		hint: status === 'running' ? 'Cancel it first, or wait.' : 'Begin a new one.',
	});
}

/** What is left of it is told as far as the job is still this worker's. */
async function endBadly(
	jobs: Jobs,
	{ id, worker, error }: { id: string; worker: string; error: unknown },
): Promise<void> {
	const isCancelled = error instanceof KnowhowError && error.code === 'cancelled';
	if (isCancelled) {
		await jobs.cancel(id);
		return;
	}
	const told = error instanceof KnowhowError ? error : new KnowhowError('invalid_data', 'The training failed.');
	await jobs
		.finish(id, worker, { status: 'failed', error: { code: told.code, message: told.message } })
		.catch(() => {});
}

/** The training with this id. Throws `not_found`. */
export async function trainingOf(jobs: Jobs, id: string): Promise<Job> {
	const job = await jobs.get(id);
	if (job?.kind.startsWith(kindOf(''))) return job;
	throw new KnowhowError('not_found', `There is no job "${id}".`, { hint: 'List them with `knowhow jobs`.' });
}

/** Newest first, without their events and checkpoints. */
export async function listTrainings({ jobs, now }: Omit<JobParts, 'folder'>): Promise<TrainingJob[]> {
	const at = now();
	return (await Array.fromAsync(allJobs(jobs)))
		.filter(({ kind }) => kind.startsWith(kindOf('')))
		.map((job) => toTraining(job, [], at));
}

/** Throws `not_found`. */
export async function showTraining({ jobs, now }: Omit<JobParts, 'folder'>, id: string): Promise<TrainingJob> {
	return toTraining(await trainingOf(jobs, id), await jobs.events(id, { limit: 1000 }), now());
}

/** The worker stops at its next checkpoint; what has ended stays as it ended. Throws `not_found`. */
export async function cancelTraining({ folder, jobs, now }: JobParts, id: string): Promise<TrainingJob> {
	await trainingOf(jobs, id);
	const job = await jobs.cancel(id);
	if (job.status === 'cancelled') await removeCheckpoints(folder, id);
	return toTraining(job, [], now());
}
