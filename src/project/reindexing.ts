import type { Collection } from '../core/collection.ts';
import type { Embedder } from '../core/embedder.ts';
import type { Corpus } from '../core/store.ts';
import { reindex as embedAnew } from '../ingest/reindex.ts';
import { elapsedMs } from './elapsed.ts';
import type { ReindexOptions, ReindexReport } from './knowhow.ts';
import type { Parts } from './parts.ts';
import { collectionNamed } from './access/reach.ts';
import type { Indexes } from '../search/searchers.ts';

type ReindexingParts = Pick<Parts, 'config' | 'store' | 'embedders' | 'indexes'>;

/**
 * Makes the vectors of what serves now and switches to them, then the index from the database. Throws `not_found`,
 * `embedder_failed`, `cancelled`.
 */
export async function reindex(parts: ReindexingParts, options: ReindexOptions): Promise<ReindexReport> {
	const began = performance.now();
	const { corpus } = parts.store;
	const collection = await collectionNamed(corpus, options.collection ?? parts.config.collection);
	const embedder = (await parts.embedders.serving(options.signal))?.embedder ?? null;
	const vectors = embedder ? await buildVectors({ corpus, embedder }, collection, options) : 0;
	const space = embedder?.space ?? collection.space;
	const dropped = options.dropOld ? await dropSpaces(corpus, collection, space) : 0;
	await rebuildIndex(parts.indexes, collection);
	return {
		collection: collection.name,
		embedder: embedder?.id ?? null,
		space,
		replaced: collection.space === space ? null : collection.space,
		vectors,
		dropped,
		tookMs: elapsedMs(began),
	};
}

async function buildVectors(
	parts: { corpus: Corpus; embedder: Embedder },
	collection: Collection,
	{ signal, onProgress }: ReindexOptions,
): Promise<number> {
	return await embedAnew(collection.id, parts, {
		signal,
		onEvent: ({ added }) => onProgress?.(added, collection.chunks),
	});
}

/** Returns how many vectors it removed. */
async function dropSpaces(corpus: Corpus, { id }: Collection, kept: string | null): Promise<number> {
	const others = (await corpus.spaces(id)).filter(({ space }) => space !== kept);
	let dropped = 0;
	for (const { space } of others) dropped += (await corpus.dropSpace(id, space)).vectors;
	return dropped;
}

async function rebuildIndex(indexes: Indexes, { id, name }: Collection): Promise<void> {
	await indexes.removeSnapshot(id);
	indexes.forget(name);
	await indexes.save(name);
}
