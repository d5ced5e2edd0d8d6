import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Embedder } from '../core/embedder.ts';
import { KnowhowError } from '../core/error.ts';
import { readStaticModel, type StaticModel } from './static-folder.ts';
import { TokenMean } from './token-mean.ts';
import { TokenTable } from './token-table.ts';
import { WordPiece } from './wordpiece.ts';

export type StaticOptions = {
	/** For people and reports; the folder's name when absent. */
	readonly name?: string | undefined;
	/** Cut vectors to their first so many dimensions; all of them when absent. */
	readonly dimensions?: number | undefined;
};

/** The model that the package brings. */
export const builtInFolder = fileURLToPath(new URL('../../weights/embedder/', import.meta.url));

/** Texts embedded between two looks at the signal and the event loop. */
const slice = 256;

/**
 * An embedder from a folder that holds a static embedding model: Knowhow's own, or one of Model2Vec or sentence-transformers.
 * The text's kind does not matter to it. The space names the model's hash and the dimensions. Nothing is fetched.
 * Throws `not_found`, `unreadable_file`, `unsupported_format`, and `invalid_config` for more dimensions than the model has.
 */
export async function openStaticEmbedder(folder: string, options: StaticOptions = {}): Promise<Embedder> {
	return createStaticEmbedder(await readStaticModel(resolve(folder), options.name), options);
}

/** An embedder from a model in memory; its name is the model's. Throws `invalid_config` for more dimensions than the model has. */
export function createStaticEmbedder(model: StaticModel, options: Omit<StaticOptions, 'name'> = {}): Embedder {
	const dimensions = options.dimensions ?? model.dimensions;
	if (dimensions > model.dimensions) {
		throw new KnowhowError('invalid_config', `${model.id} has ${model.dimensions} dimensions, not ${dimensions}.`, {
			hint: 'Lower embedder.dimensions, or leave it out.',
		});
	}
	const { numbers, weights, vocabulary, bert } = model;
	const table = new TokenTable(numbers, weights, model.dimensions);
	const mean = new TokenMean(new WordPiece(vocabulary, bert), table, dimensions);
	return new StaticEmbedder(mean, { id: model.id, space: `static/${dimensions}/${model.hash.slice(0, 16)}` });
}

class StaticEmbedder implements Embedder {
	readonly id: string;
	readonly space: string;
	readonly dimensions: number;
	readonly #mean: TokenMean;

	constructor(mean: TokenMean, { id, space }: { readonly id: string; readonly space: string }) {
		this.id = id;
		this.space = space;
		this.dimensions = mean.dimensions;
		this.#mean = mean;
	}

	async embed(texts: readonly string[], _kind: 'query' | 'passage', signal?: AbortSignal): Promise<Float32Array[]> {
		const vectors: Float32Array[] = [];
		const width = this.dimensions;
		for (let at = 0; at < texts.length; at += slice) {
			if (at > 0) await setImmediate();
			if (signal?.aborted) throw new KnowhowError('cancelled', 'Embedding was cancelled.');
			const found = this.#mean.of(texts.slice(at, at + slice));
			for (let end = width; end <= found.length; end += width) vectors.push(found.slice(end - width, end));
		}
		return vectors;
	}
}
