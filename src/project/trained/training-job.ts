import type { Job, JobEvent } from '../../core/store.ts';
import type { NamedMetric } from '../../core/trainer.ts';
import { isInterrupted } from '../jobs/worker.ts';

/** A training in the shape of OpenAI's `fine_tuning.job`; times in seconds. */
export type TrainingJob = {
	readonly id: string;
	readonly object: 'fine_tuning.job';
	readonly status: Job['status'];
	/** It says that it runs, and nobody works on it any more: `resume` goes on with it. */
	readonly interrupted: boolean;
	readonly created_at: number;
	readonly finished_at: number | null;
	/** What is trained, by its id. */
	readonly model: string;
	/** The model that came of it; null before. */
	readonly fine_tuned_model: string | null;
	readonly method: { readonly type: string };
	readonly hyperparameters: Readonly<Record<string, unknown>>;
	readonly seed: number;
	/** SHA-256 of queries and passages. */
	readonly training_file: string;
	readonly validation_file: null;
	readonly result_files: readonly string[];
	readonly trained_tokens: null;
	readonly error: { readonly code: string; readonly message: string; readonly param: null } | null;
	/** What happened, in order; none in a list of jobs. */
	readonly events: readonly TrainingEvent[];
	/** Those that were written, in order; none in a list of jobs. The last one is on disk until the job has ended. */
	readonly checkpoints: readonly TrainingCheckpoint[];
};

export type TrainingEvent = {
	readonly object: 'fine_tuning.job.event';
	readonly id: string;
	readonly created_at: number;
	readonly level: 'info';
	readonly message: string;
	readonly data: unknown;
};

/** OpenAI's `fine_tuning.job.checkpoint`: where a training could go on from. */
export type TrainingCheckpoint = {
	readonly object: 'fine_tuning.job.checkpoint';
	readonly id: string;
	readonly created_at: number;
	readonly fine_tuning_job_id: string;
	/** There is none: a checkpoint holds what training needs, and answers nothing. */
	readonly fine_tuned_model_checkpoint: null;
	readonly step_number: number;
	/** `step`, `train_loss` and, under its own name, the held-out metric; what was not measured yet is not there. */
	readonly metrics: Readonly<Record<string, number>>;
};

/** What a job says of itself before it runs: enough to begin it again. */
export type TrainingSpec = {
	readonly kind: string;
	/** The base model's id. */
	readonly model: string;
	readonly hash: string;
	readonly settings: Readonly<Record<string, unknown>> & { readonly seed: number };
	/** As the caller gave it; JSON. */
	readonly request: unknown;
};

/** Kept as an event of the job when a checkpoint has been written. */
export type CheckpointWritten = {
	readonly type: 'metrics';
	readonly step: number;
	/** Mean of the last steps; null before the first. */
	readonly loss: number | null;
	readonly metric: NamedMetric | null;
};

/** A stored job with its events, as others know them at a time (milliseconds since the epoch). */
export function toTraining(job: Job, events: readonly JobEvent[], now: number): TrainingJob {
	const { kind, model, hash, settings } = job.spec as TrainingSpec;
	const { seed, ...hyperparameters } = settings;
	const result = job.result as { readonly model: string } | null;
	return {
		id: job.id,
		object: 'fine_tuning.job',
		status: job.status,
		interrupted: isInterrupted(job, now),
		created_at: toSeconds(job.createdAt),
		finished_at: job.finishedAt === null ? null : toSeconds(job.finishedAt),
		model,
		fine_tuned_model: result?.model ?? null,
		method: { type: kind },
		hyperparameters,
		seed,
		training_file: hash,
		validation_file: null,
		result_files: [],
		trained_tokens: null,
		error: job.error === null ? null : { ...job.error, param: null },
		events: events.map((event) => toEvent(job, event)),
		checkpoints: events.map((event) => toCheckpoint(job, event)),
	};
}

function toEvent(job: Job, { number, at, event }: JobEvent): TrainingEvent {
	return {
		object: 'fine_tuning.job.event',
		id: `${job.id}-${number}`,
		created_at: toSeconds(at),
		level: 'info',
		message: messageOf(event as CheckpointWritten),
		data: event,
	};
}

function toCheckpoint(job: Job, { at, event }: JobEvent): TrainingCheckpoint {
	const { step, loss, metric } = event as CheckpointWritten;
	return {
		object: 'fine_tuning.job.checkpoint',
		id: `${job.id}-step-${step}`,
		created_at: toSeconds(at),
		fine_tuning_job_id: job.id,
		fine_tuned_model_checkpoint: null,
		step_number: step,
		metrics: {
			step,
			...(loss === null ? {} : { train_loss: loss }),
			...(metric === null ? {} : { [metric.name]: metric.value }),
		},
	};
}

function messageOf({ step, loss, metric }: CheckpointWritten): string {
	const measured = metric === null ? '' : `, ${metric.name} ${metric.value.toFixed(4)}`;
	return `Step ${step}${loss === null ? '' : `: loss ${loss.toFixed(3)}`}${measured}`;
}

function toSeconds(ms: number): number {
	return Math.floor(ms / 1000);
}
