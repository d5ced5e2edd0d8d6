import type { Config } from '../core/config.ts';
import type { Embedder } from '../core/embedder.ts';
import { KnowhowError } from '../core/error.ts';
import type { Corpus } from '../core/store.ts';
import type { RetrieverBase } from '../models/retriever.ts';
import type { Environment } from './config.ts';
import { createEmbedder } from './embedder.ts';

type Surroundings = { readonly corpus: Corpus | null; readonly env: Environment; readonly signal?: AbortSignal | undefined };

/** The configured embedder with its table, when it is a static one. Throws `no_embedder`, and as `createEmbedder` does. */
export async function openBase(settings: Config['embedder'], around: Surroundings): Promise<RetrieverBase> {
	const embedder = await createEmbedder(settings, around);
	if (embedder === null || settings === null) {
		throw new KnowhowError('no_embedder', 'There is no embedder to train, and none is configured.', {
			hint: 'Remove `"embedder": null` from knowhow.json.',
		});
	}
	return { embedder, table: await readTable(settings) };
}

/** Null when the embedder has none, or was handed in by the program. */
export async function baseOf(embedder: Embedder, settings: Config['embedder'], isGiven: boolean): Promise<RetrieverBase> {
	return { embedder, table: isGiven ? null : await readTable(settings) };
}

async function readTable(settings: Config['embedder']): Promise<RetrieverBase['table']> {
	if (settings === null) return null;
	const { url, model } = settings;
	if (url !== 'built-in' && !url.startsWith('static:')) return null;
	const { readStaticModel } = await import('../models/static-folder.ts');
	const { builtInFolder } = await import('../models/static-embedder.ts');
	return url === 'built-in'
		? await readStaticModel(builtInFolder, url)
		: await readStaticModel(url.slice('static:'.length), model);
}
