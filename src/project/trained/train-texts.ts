import type { Store } from '../../core/store.ts';
import type { Trainer } from '../../core/trainer.ts';
import type { Manifest } from '../../models/artifact.ts';
import { type RunOptions, runTraining } from './jobs.ts';
import { readTextRows, type TextRows } from './text-rows.ts';
import type { TrainingSpec } from './training-job.ts';
import { trainingRequest } from './training-request.ts';

export type TrainTextsOptions = RunOptions & {
	/** A file of rows, or a dataset (`name` or `name@version`); relative to the project's folder. */
	readonly data?: string | undefined;
	/** Only this part of the data; when absent all rows of a file, and `train` of a dataset. */
	readonly split?: string | undefined;
	/** 1 when absent. */
	readonly seed?: number | undefined;
	/** The id of a job to go on with, in place of all of these. */
	readonly resume?: string | undefined;
};

export type TextTrainingParts = {
	/** The project's. */
	readonly folder: string;
	readonly store: Store;
	/** Milliseconds since the epoch. */
	readonly now: () => number;
};

/** What a training was asked for: everything that beginning it again needs. */
type Request = { readonly data: string; readonly split: string | null; readonly seed: number };

/** A training that can begin. */
export type Prepared<Job> = Pick<TrainingSpec, 'model' | 'hash' | 'settings'> & {
	readonly trainer: Trainer<Job>;
	readonly job: Job;
};

/** Trains a model of a kind on texts, as a job. Throws `not_found`, `invalid_data`, `invalid_argument`, `cancelled` and `conflict`. */
export async function trainOnTexts<Job>(
	{ folder, store, now }: TextTrainingParts,
	kind: string,
	prepare: (rows: TextRows, seed: number) => Promise<Prepared<Job>>,
	options: TrainTextsOptions,
): Promise<{ readonly job: string; readonly manifest: Manifest; readonly prepared: Prepared<Job> }> {
	const { split: given = null, seed: wanted = 1, ...asked } = options;
	const request = await trainingRequest<Request>(
		{ folder, jobs: store.jobs },
		{ kind, data: asked.data, resume: asked.resume, make: (path) => ({ data: path, split: given, seed: wanted }) },
	);
	const { data, split, seed } = request;
	const rows = await readTextRows(store.records, { data, split: split ?? undefined });
	const prepared = await prepare(rows, seed);
	const { trainer, job, ...about } = prepared;
	const spec: TrainingSpec = { kind, ...about, request };
	const { id, manifest } = await runTraining(
		{ folder, jobs: store.jobs, now },
		{ trainer, job, spec, resume: options.resume },
		options,
	);
	return { job: id, manifest, prepared };
}
