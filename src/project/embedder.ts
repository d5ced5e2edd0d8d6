import type { Config } from '../core/config.ts';
import type { Embedder } from '../core/embedder.ts';
import type { Corpus } from '../core/store.ts';
import type { StaticModel } from '../models/static-folder.ts';
import type { Environment } from './config.ts';

type Surroundings = {
	readonly corpus: Corpus | null;
	readonly env: Environment;
	readonly signal?: AbortSignal | undefined;
};

/**
 * The configured embedder; null when none is. Asks a service once. Throws `embedder_failed`, `invalid_config`, and for what lies
 * in a folder `not_found`, `unreadable_file` and `unsupported_format`.
 */
export async function createEmbedder(settings: Config['embedder'], around: Surroundings): Promise<Embedder | null> {
	if (settings === null) return null;
	const { url, model, dimensions } = settings;
	if (url === 'built-in' || url.startsWith('static:')) {
		const { builtInFolder, openStaticEmbedder } = await import('../models/static-embedder.ts');
		if (url === 'built-in') return await openStaticEmbedder(builtInFolder, { name: url, dimensions });
		return await openStaticEmbedder(url.slice('static:'.length), { name: model, dimensions });
	}
	return await createProbed(settings, around);
}

/** One whose space is told by what it answers to a fixed text. */
async function createProbed(
	{ url, model, dimensions, keyVariable, batch }: NonNullable<Config['embedder']>,
	{ corpus, env, signal }: Surroundings,
): Promise<Embedder> {
	const knownSpaces = corpus === null ? [] : await spacesOf(corpus);
	if (url.startsWith('onnx:')) {
		const { openOnnxEmbedder } = await import('../models/onnx.ts');
		return await openOnnxEmbedder(url.slice('onnx:'.length), { model, knownSpaces });
	}
	const { createOpenAIEmbedder } = await import('../models/openai-embedder.ts');
	// The schema has made sure that a server comes with a model.
	const service = { url, model: model!, dimensions, key: env[keyVariable], batch };
	return await createOpenAIEmbedder({ ...service, knownSpaces, signal });
}

/** The table of tokens of a static embedder; null for others. Throws as reading it does. */
export async function readTable({ url, model }: NonNullable<Config['embedder']>): Promise<StaticModel | null> {
	if (url !== 'built-in' && !url.startsWith('static:')) return null;
	const { readStaticModel } = await import('../models/static-folder.ts');
	if (url !== 'built-in') return await readStaticModel(url.slice('static:'.length), model);
	const { builtInFolder } = await import('../models/static-embedder.ts');
	return await readStaticModel(builtInFolder, url);
}

/** Names the configured embedder without opening it: `built-in`, `onnx:/FOLDER`, `https://host/v1#model`. */
export function embedderName(settings: Config['embedder']): string | null {
	if (settings === null) return null;
	return settings.model === undefined ? settings.url : `${settings.url}#${settings.model}`;
}

/** Every space that any collection has vectors in. */
async function spacesOf(corpus: Corpus): Promise<string[]> {
	const collections = await corpus.collections();
	const spaces = await Promise.all(collections.map(({ id }) => corpus.spaces(id)));
	return spaces.flat().map(({ space }) => space);
}
