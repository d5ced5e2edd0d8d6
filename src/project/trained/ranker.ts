import type { Collection } from '../../core/collection.ts';
import type { Embedder } from '../../core/embedder.ts';
import { KnowhowError } from '../../core/error.ts';
import type { Store } from '../../core/store.ts';
import type { RerankWeights } from '../../search/rerank.ts';
import { vectorWeightOf } from '../../search/vector-weight.ts';
import { learnedFusion } from '../collection-fusion.ts';
import type { Embedders, ServingEmbedder } from '../embedders.ts';
import type { Entry, JudgedQuery } from './retriever-data.ts';
import { Bench, rerankedScore } from './retriever-measure.ts';

/** What decides about the order of hits. */
export type Ranker = {
	/** Null: keywords only. */
	readonly embedder: Embedder | null;
	/** Share of the vector leg, 0 to 1. */
	readonly vectorWeight: number;
	readonly weights: RerankWeights;
};

export type RankerParts = {
	readonly store: Store;
	readonly embedders: Embedders;
	/** search.vectorWeight */
	readonly vectorWeight: number | undefined;
};

/** Both legs as a collection is searched now, or would be with another embedder; null: texts that are in no collection. */
export async function legsOf(
	parts: RankerParts,
	collection: Pick<Collection, 'id' | 'space'> | null,
	given?: ServingEmbedder,
): Promise<Omit<Ranker, 'weights'>> {
	const { store, embedders, vectorWeight } = parts;
	const serving = given ?? (embedders.isConfigured ? await servingIn(embedders, collection) : null);
	const learned = collection === null ? null : await learnedFusion(store.records, collection);
	const embedder = serving?.embedder ?? null;
	const own = serving?.vectorWeight ?? learned?.vectorWeight ?? vectorWeightOf(embedder?.space ?? null);
	return { embedder, vectorWeight: vectorWeight ?? own };
}

/** Null for a collection that no embedder of now has vectors in. */
async function servingIn(
	embedders: Embedders,
	collection: Pick<Collection, 'space'> | null,
): Promise<ServingEmbedder | null> {
	if (collection === null) return await embedders.serving();
	const serving = collection.space === null ? null : await embedders.servingFor([collection.space]);
	return serving?.embedder.space === collection.space ? serving : null;
}

/** The chunks of a collection with their stored vectors. Throws `embedder_mismatch` when there are none. */
export async function benchOf(
	{ corpus }: Pick<Store, 'corpus'>,
	entries: readonly Entry[],
	embedder: Embedder | null,
): Promise<Bench> {
	if (embedder === null) return new Bench(entries, []);
	const vectors = await corpus.vectors(
		embedder.space,
		entries.map(({ chunk }) => chunk.row),
	);
	if (entries.length > 0 && vectors.every((vector) => vector === null)) {
		throw new KnowhowError('embedder_mismatch', `The collection has no vectors of ${embedder.id}.`, {
			hint: 'Run `knowhow reindex` first.',
			details: { collection: entries[0]!.document.collection },
		});
	}
	return new Bench(entries, vectors);
}

/** nDCG@10 of each query as a search ranks. */
export async function searched(bench: Bench, queries: readonly JudgedQuery[], ranker: Ranker): Promise<number[]> {
	const found = await bench.find(queries, ranker.embedder);
	return found.map((query) => rerankedScore(query, ranker.vectorWeight, ranker.weights));
}
