import type { Access } from '../core/access.ts';
import type { Config } from '../core/config.ts';
import { KnowhowError } from '../core/error.ts';
import type { LearnedWeights } from '../search/rerank.ts';
import type { SearchResult } from '../search/search.ts';
import type { SearchedCollection } from '../search/searchers.ts';
import { requireWords } from './asking.ts';
import { collectionWeights } from './collection-fusion.ts';
import { elapsedMs } from './elapsed.ts';
import type { ServingEmbedder } from './embedders.ts';
import type { SearchOptions, SearchReport } from './knowhow.ts';
import type { Parts } from './parts.ts';
import { reachedCollection } from './access/reach.ts';

/** What searches work with. */
export type SearchingParts = Pick<
	Parts,
	'config' | 'store' | 'indexes' | 'embedders' | 'rerankers' | 'collectionAccess'
>;

/** A search of open collections. */
type SearchCall = {
	readonly query: string;
	readonly searchers: readonly SearchedCollection[];
	readonly options: SearchOptions;
	/** The embedder that a system names (null: keywords only); what serves now when absent. */
	readonly embedder?: string | null;
	/** The reranker that a system names (null: the shipped one); what serves now when absent. */
	readonly reranker?: string | null;
};

/** Searches the collections that `options` name. Throws `invalid_argument` for a query without words, and what `openSearchers` and `find` throw. */
export async function search(parts: SearchingParts, query: string, options: SearchOptions): Promise<SearchReport> {
	requireWords(query, 'The query');
	const began = performance.now();
	const searchers = await openSearchers(parts, options.collections, options.access);
	const { hits, warnings } = await find(parts, { query, searchers, options });
	return { query, hits, warnings, tookMs: elapsedMs(began) };
}

/** Each collection once; that of the settings without names. Throws `not_found`, for what `access` does not reach too. */
export async function openSearchers(
	parts: SearchingParts,
	names: readonly string[] = [],
	access: Access = 'everything',
): Promise<SearchedCollection[]> {
	const wanted = names.length === 0 ? [parts.config.collection] : [...new Set(names)];
	if (access !== 'everything') for (const name of wanted) await reachedCollection(parts, name, access);
	return await Promise.all(wanted.map((name) => parts.indexes.open(name)));
}

/** What matters in the state of the last commit before this call; by keywords, with a warning, when the embedder does not answer. */
export async function find(parts: SearchingParts, asked: SearchCall): Promise<SearchResult> {
	const { query, searchers } = asked;
	const collections = searchers.map(({ collection }) => collection.name);
	const reranker = await rerankerFor(parts, asked);
	const wanted = { ...wantedOf(parts.config.search, asked), reranker };
	await Promise.all(searchers.map((searcher) => searcher.refresh()));
	try {
		const hasVectors = searchers.some(({ space }) => space !== null);
		const needsVector = wanted.mode === 'vector' || (wanted.mode === 'hybrid' && hasVectors);
		const serving = needsVector ? await servingFor(parts, asked) : null;
		const collectionWeights = await weightsOf(parts, searchers, serving);
		const embedder = serving?.embedder ?? null;
		const found = await parts.indexes.search(query, { collections, embedder }, { ...wanted, collectionWeights });
		if (wanted.mode !== 'hybrid' || needsVector || !parts.embedders.isConfigured) return found;
		return { ...found, warnings: [...found.warnings, ...(await bareCollections(searchers))] };
	} catch (error) {
		const isLost = error instanceof KnowhowError && error.code === 'embedder_failed';
		if (!isLost || wanted.mode === 'vector') throw error;
		const found = await parts.indexes.search(query, { collections, embedder: null }, { ...wanted, mode: 'keyword' });
		return { ...found, warnings: [...found.warnings, `Searched by keywords only. ${error.message}`] };
	}
}

/** What a call leaves out is as the settings say. */
function wantedOf(settings: Config['search'], { options, embedder }: SearchCall) {
	const asked = options.mode ?? settings.mode;
	return {
		mode: embedder === null && asked === 'hybrid' ? 'keyword' : asked,
		k: options.k ?? settings.k,
		access: options.access ?? 'everything',
		filter: options.filter ?? null,
		fusion: options.fusion ?? settings.fusion,
		vectorWeight: options.vectorWeight ?? settings.vectorWeight,
		rerank: options.rerank ?? settings.rerank,
		signal: options.signal,
	} as const;
}

async function servingFor({ embedders }: SearchingParts, asked: SearchCall): Promise<ServingEmbedder | null> {
	const { searchers, embedder, options } = asked;
	const spaces = searchers.map(({ space }) => space);
	if (embedder == null) return await embedders.servingFor(spaces, options.signal);
	return await embedders.named(embedder, spaces, options.signal);
}

async function rerankerFor({ rerankers }: SearchingParts, { reranker }: SearchCall): Promise<LearnedWeights | null> {
	if (reranker === undefined) return await rerankers.serving();
	return reranker === null ? null : await rerankers.load(reranker);
}

/** The learned weights of the vector leg, by collection. */
async function weightsOf(
	{ store }: SearchingParts,
	searchers: readonly SearchedCollection[],
	serving: ServingEmbedder | null,
): Promise<ReadonlyMap<string, number>> {
	const known = searchers.map(({ collection, space }) => ({ id: collection.id, space }));
	return await collectionWeights(store.records, known, serving?.vectorWeight);
}

/** A warning for each: no embedder was opened, since there is nothing that it could be used for. */
async function bareCollections(searchers: readonly SearchedCollection[]): Promise<string[]> {
	const { withoutVectors } = await import('../search/search.ts');
	const bare = searchers.filter(({ collection }) => collection.chunks > 0);
	return bare.map(({ collection }) => withoutVectors(collection.name));
}
