import type { Collection } from '../core/collection.ts';
import type { Records } from '../core/store.ts';
import { vectorWeightOf } from '../search/vector-weight.ts';
import { readRecord } from './records.ts';

/** Learned weights, by the collection's id. */
export const fusionKind = 'fusion';

/** A fusion weight that was learned for a collection from labelled queries. */
export type LearnedFusion = {
	/** Share of the vector leg, 0 to 1. */
	readonly vectorWeight: number;
	/** The vector space that it was learned in; in another one it means nothing. */
	readonly space: string;
	readonly queries: number;
	/** nDCG@10 over held-out queries, with the weight before and with the learned one. */
	readonly before: number;
	readonly after: number;
	/** Of the mean difference, 95 %. */
	readonly interval: { readonly low: number; readonly high: number };
};

/** The share of the vector leg that searches of a collection use, and who says so. */
export type CollectionFusion = {
	readonly vectorWeight: number;
	/** `setting`: search.vectorWeight; `collection`: learned for it; `embedder`: what suits its embedder. */
	readonly from: 'setting' | 'collection' | 'embedder';
	readonly learned: LearnedFusion | null;
};

type Known = Pick<Collection, 'id' | 'space'>;

/** Null when nothing was learned in the space that the collection has now. */
export async function learnedFusion(records: Records, { id, space }: Known): Promise<LearnedFusion | null> {
	const learned = await readRecord<LearnedFusion>(records, fusionKind, id);
	return learned?.space === space ? learned : null;
}

/**
 * The learned weights of collections by id; those without one are not in it. `promoted`: that of the retriever which serves, learned
 * with it; it counts for all of them.
 */
export async function collectionWeights(
	records: Records,
	collections: readonly Known[],
	promoted?: number | null,
): Promise<Map<string, number>> {
	if (promoted != null) return new Map(collections.map(({ id }) => [id, promoted]));
	const weights = new Map<string, number>();
	for (const collection of collections) {
		const learned = await learnedFusion(records, collection);
		if (learned !== null) weights.set(collection.id, learned.vectorWeight);
	}
	return weights;
}

/** Null for a collection that is searched by keywords only. `setting` is search.vectorWeight. */
export async function fusionOf(
	records: Records,
	collection: Known,
	setting: number | undefined,
): Promise<CollectionFusion | null> {
	if (collection.space === null) return null;
	const learned = await learnedFusion(records, collection);
	if (setting !== undefined) return { vectorWeight: setting, from: 'setting', learned };
	if (learned !== null) return { vectorWeight: learned.vectorWeight, from: 'collection', learned };
	return { vectorWeight: vectorWeightOf(collection.space), from: 'embedder', learned };
}

export async function keepFusion(records: Records, collection: string, learned: LearnedFusion): Promise<void> {
	await records.put({ kind: fusionKind, id: collection, value: learned });
}

/** True when something had been learned. */
export async function forgetFusion(records: Records, collection: string): Promise<boolean> {
	return await records.remove(fusionKind, collection);
}
