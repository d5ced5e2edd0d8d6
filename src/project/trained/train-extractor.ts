import { type ExtractorJob, extractorSettings, extractorTrainer, fieldHash } from '../../train/extractor.ts';
import { type FieldTexts, toFieldTexts } from '../../train/field-text.ts';
import type { TextRows } from './text-rows.ts';
import { type Prepared, trainOnTexts, type TextTrainingParts, type TrainTextsOptions } from './train-texts.ts';

export type TrainedExtractor = {
	readonly job: string;
	readonly model: string;
	readonly fields: readonly string[];
	/** Rows that nothing was learned from. */
	readonly leftOut: FieldTexts['leftOut'];
	readonly metrics: ExtractorMetrics;
	readonly tookMs: number;
};

export type ExtractorMetrics = {
	/** Texts that it learned from. */
	readonly examples: number;
	/** Of fields by name, beginning and end, on texts that were held out; null where there are none. */
	readonly heldOut: {
		readonly examples: number;
		readonly precision: number | null;
		readonly recall: number | null;
		readonly f1: number | null;
	};
};

/** Trains a tagger of fields as a job. Throws as `trainOnTexts` does. */
export async function trainExtractor(parts: TextTrainingParts, options: TrainTextsOptions): Promise<TrainedExtractor> {
	const { job, manifest, prepared } = await trainOnTexts(parts, 'extractor', prepare, options);
	const { id: model, metrics, tookMs } = manifest;
	const { shape, leftOut } = prepared.job;
	return { job, model, fields: shape.fields, leftOut, metrics: metrics as ExtractorMetrics, tookMs };
}

// oxlint-disable-next-line require-await
async function prepare({ rows, name, from }: TextRows, seed: number): Promise<Prepared<ExtractorJob>> {
	const job: ExtractorJob = { ...toFieldTexts(rows, name), seed, from };
	const settings = { ...extractorSettings(job) };
	return { trainer: extractorTrainer, job, model: 'extractor', hash: fieldHash(job.examples), settings };
}
