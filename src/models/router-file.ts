import { z } from 'zod';
import type { TrainedModel } from '../core/trainer.ts';
import { linesOf, readArtifact, weightOf } from './artifact.ts';
import { packRows, unpackRows } from './packed-rows.ts';
import { TextRouter } from './router.ts';
import { toFloats } from './safetensors.ts';
import { TfIdf } from './tf-idf.ts';
import { type BertOptions, WordPiece } from './wordpiece.ts';

const routerKind = 'router';

const settingsSchema = z.object({
	labels: z.array(z.string()).min(2),
	bert: z.object({
		cleans: z.boolean(),
		splitsChinese: z.boolean(),
		stripsAccents: z.boolean(),
		lowers: z.boolean(),
	}),
	dimensions: z.int(),
	length: z.number(),
	mix: z.object({ wide: z.number(), deep: z.number() }),
	threshold: z.number(),
});

/** What a training leaves of a router, in floats. */
export type RouterNumbers = {
	readonly labels: readonly string[];
	readonly tfIdf: TfIdf;
	/** (features + 1, wideStride), the bias last; the first classes of a row count. */
	readonly wide: Float32Array;
	readonly wideStride: number;
	readonly vocabulary: readonly string[];
	readonly bert: BertOptions;
	/** (tokens, dimensions) */
	readonly table: Float32Array;
	readonly dimensions: number;
	/** (dimensions + 1, classes), the bias last. */
	readonly head: Float32Array;
	readonly length: number;
	readonly mix: { readonly wide: number; readonly deep: number };
	readonly threshold: number;
};

/** A router as it is stored: rows of int8, the rest in floats. */
export function packRouter(numbers: RouterNumbers): Pick<TrainedModel, 'kind' | 'settings' | 'weights' | 'texts'> {
	const { labels, tfIdf, wide, wideStride, vocabulary, bert, table, dimensions, head, length, mix, threshold } =
		numbers;
	return {
		kind: routerKind,
		settings: { labels, bert, dimensions, length, mix, threshold },
		weights: {
			idf: { shape: [tfIdf.idf.length], numbers: tfIdf.idf },
			head: { shape: [dimensions + 1, labels.length], numbers: head },
			...packRows('wide', wide, { stride: wideStride, width: labels.length }),
			...packRows('table', table, { stride: dimensions, width: dimensions }),
		},
		texts: { 'features.txt': lines(tfIdf.features), 'vocab.txt': lines(vocabulary) },
	};
}

/** Opens a router's folder. Throws `not_found`, `invalid_argument` (another kind of model) and `unreadable_file`. */
export async function loadRouter(folder: string): Promise<TextRouter> {
	const artifact = await readArtifact(folder, routerKind);
	const { labels, bert, length, mix, threshold } = settingsSchema.parse(artifact.manifest.settings);
	const tfIdf = new TfIdf(linesOf(artifact, 'features.txt'), toFloats(weightOf(artifact, 'idf', 'F32')));
	const words = new WordPiece(linesOf(artifact, 'vocab.txt'), bert);
	return new TextRouter({
		id: artifact.manifest.id,
		labels,
		features: (text) => tfIdf.bag(text),
		tokens: (text) => {
			const ids = Uint32Array.from(words.encode(text));
			return { ids, weights: new Float32Array(ids.length).fill(1) };
		},
		wide: unpackRows(artifact, 'wide'),
		table: unpackRows(artifact, 'table'),
		head: toFloats(weightOf(artifact, 'head', 'F32')),
		length,
		mix,
		threshold,
	});
}

function lines(words: readonly string[]): string {
	return words.map((word) => `${word}\n`).join('');
}
