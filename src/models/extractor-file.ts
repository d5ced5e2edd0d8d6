import { z } from 'zod';
import type { TrainedModel } from '../core/trainer.ts';
import { linesOf, readArtifact, weightOf } from './artifact.ts';
import { TextExtractor } from './extractor.ts';
import { packRows, unpackRows } from './packed-rows.ts';
import { toFloats } from './safetensors.ts';
import { TfIdf } from './tf-idf.ts';
import { Gazetteer } from './token-features.ts';

const extractorKind = 'extractor';

const settingsSchema = z.object({
	fields: z.array(z.string()).min(1),
	lists: z.array(z.string()),
	kindPath: z.string().nullable(),
	kinds: z.array(z.object({ name: z.string(), tags: z.array(z.int()) })).min(1),
});

/** What a training leaves of an extractor, in floats. */
export type ExtractorNumbers = z.output<typeof settingsSchema> & {
	/** (field, value) of the training data, values as lower-cased tokens joined by spaces. */
	readonly values: readonly (readonly [field: number, value: string])[];
	/** In order of their ids. */
	readonly features: readonly string[];
	/** (features, tagStride), (tags + 1, tags) */
	readonly tags: Float32Array;
	readonly tagStride: number;
	readonly transitions: Float32Array;
	readonly tfIdf: TfIdf;
	/** (text features + 1, kindStride), the bias last. */
	readonly kindRows: Float32Array;
	readonly kindStride: number;
};

/** An extractor as it is stored: rows of int8, the rest in floats. */
export function packExtractor(
	numbers: ExtractorNumbers,
): Pick<TrainedModel, 'kind' | 'settings' | 'weights' | 'texts'> {
	const { fields, lists, kindPath, kinds, values, features, tfIdf, transitions } = numbers;
	const tagCount = 1 + 2 * fields.length;
	return {
		kind: extractorKind,
		settings: { fields, lists, kindPath, kinds },
		weights: {
			transitions: { shape: [tagCount + 1, tagCount], numbers: transitions },
			idf: { shape: [tfIdf.idf.length], numbers: tfIdf.idf },
			...packRows('tags', numbers.tags, { stride: numbers.tagStride, width: tagCount }),
			...packRows('kinds', numbers.kindRows, { stride: numbers.kindStride, width: kinds.length }),
		},
		texts: {
			'features.txt': features.map((feature) => `${feature}\n`).join(''),
			'text-features.txt': tfIdf.features.map((feature) => `${feature}\n`).join(''),
			'values.txt': values.map(([field, value]) => `${field} ${value}\n`).join(''),
		},
	};
}

/** Opens an extractor's folder. Throws `not_found`, `invalid_argument` (another kind of model) and `unreadable_file`. */
export async function loadExtractor(folder: string): Promise<TextExtractor> {
	const artifact = await readArtifact(folder, extractorKind);
	const { fields, lists, kindPath, kinds } = settingsSchema.parse(artifact.manifest.settings);
	const tfIdf = new TfIdf(linesOf(artifact, 'text-features.txt'), toFloats(weightOf(artifact, 'idf', 'F32')));
	const values = linesOf(artifact, 'values.txt').map((line) => {
		const space = line.indexOf(' ');
		return [Number(line.slice(0, space)), line.slice(space + 1)] as const;
	});
	return new TextExtractor({
		id: artifact.manifest.id,
		fields,
		lists,
		kindPath,
		kinds,
		gazetteer: new Gazetteer(values),
		features: new Map(linesOf(artifact, 'features.txt').map((feature, id) => [feature, id])),
		tags: unpackRows(artifact, 'tags'),
		transitions: toFloats(weightOf(artifact, 'transitions', 'F32')),
		text: (text) => tfIdf.bag(text),
		kindRows: unpackRows(artifact, 'kinds'),
	});
}
