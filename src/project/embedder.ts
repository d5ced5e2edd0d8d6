import type { Config } from '../core/config.ts';
import type { Embedder } from '../core/embedder.ts';
import type { Corpus } from '../core/store.ts';
import type { Environment } from './config.ts';

/**
 * The configured embedder; null when none is configured. Asks the service once. Throws `embedder_failed`, and for
 * a local folder `not_found` and `unreadable_file`.
 */
export async function createEmbedder(
	settings: Config['embedder'],
	{ corpus, env, signal }: { corpus: Corpus | null; env: Environment; signal?: AbortSignal | undefined },
): Promise<Embedder | null> {
	if (settings === null) return null;
	const { url, model, dimensions, keyVariable, batch } = settings;
	const knownSpaces = corpus === null ? [] : await spacesOf(corpus);
	if (url.startsWith('onnx:')) {
		const { openOnnxEmbedder } = await import('../models/onnx.ts');
		return await openOnnxEmbedder(url.slice('onnx:'.length), { model, knownSpaces });
	}
	const { createOpenAIEmbedder } = await import('../models/openai-embedder.ts');
	return await createOpenAIEmbedder({ url, model, dimensions, key: env[keyVariable], batch, knownSpaces, signal });
}

/** Every space that any collection has vectors in. */
async function spacesOf(corpus: Corpus): Promise<string[]> {
	const collections = await corpus.collections();
	const spaces = await Promise.all(collections.map(({ id }) => corpus.spaces(id)));
	return spaces.flat().map(({ space }) => space);
}
