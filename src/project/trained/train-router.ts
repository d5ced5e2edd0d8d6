import { builtInFolder } from '../../models/static-embedder.ts';
import { readStaticModel } from '../../models/static-folder.ts';
import { toLabelledTexts } from '../../train/labelled-text.ts';
import { labelledHash, type RouterJob, routerSettings, routerTrainer } from '../../train/router.ts';
import type { TextRows } from './text-rows.ts';
import { type Prepared, trainOnTexts, type TextTrainingParts, type TrainTextsOptions } from './train-texts.ts';

export type TrainedRouter = {
	readonly job: string;
	readonly model: string;
	readonly labels: readonly string[];
	readonly metrics: RouterMetrics;
	readonly tookMs: number;
};

export type RouterMetrics = {
	/** Texts that it learned from. */
	readonly examples: number;
	/** As measured on texts that were held out in turn. */
	readonly heldOut: {
		readonly examples: number;
		readonly accuracy: number;
		readonly crossEntropy: number;
		readonly calibrationError: number;
		/** Share of them that its scope lets through. */
		readonly acceptance: number;
	};
};

/** Trains text classes as a job. Throws as `trainOnTexts` does. */
export async function trainRouter(parts: TextTrainingParts, options: TrainTextsOptions): Promise<TrainedRouter> {
	const { job, manifest } = await trainOnTexts(parts, 'router', prepare, options);
	const { id: model, settings, metrics, tookMs } = manifest;
	const labels = settings['labels'] as readonly string[];
	return { job, model, labels, metrics: metrics as RouterMetrics, tookMs };
}

async function prepare({ rows, name, from }: TextRows, seed: number): Promise<Prepared<RouterJob>> {
	const examples = toLabelledTexts(rows, name);
	const base = await readStaticModel(builtInFolder, 'knowhow');
	const job: RouterJob = { examples, base, seed, from };
	const settings = { ...routerSettings(job) };
	return { trainer: routerTrainer, job, model: base.id, hash: labelledHash(examples), settings };
}
