import { type LabelledQuery, readLabelledQueries } from '../../collect/labelled-queries.ts';
import type { Collection } from '../../core/collection.ts';
import type { Embedder } from '../../core/embedder.ts';
import { KnowhowError } from '../../core/error.ts';
import type { Store } from '../../core/store.ts';
import { gate, type GateVerdict } from '../../evaluate/statistics/gate.ts';
import { addVectors, reindex } from '../../ingest/reindex.ts';
import type { Manifest } from '../../models/artifact.ts';
import { weightsFor } from '../../search/rerank.ts';
import { documentQueries } from './document-queries.ts';
import { readDataset } from '../datasets/datasets.ts';
import type { ServingEmbedder } from '../embedders.ts';
import {
	beforePromotion,
	type Promotion,
	promoted,
	type PromotionParts,
	recordPromotion,
	recordRollback,
	type ServingKind,
} from './promotions.ts';
import { benchOf, legsOf, type Ranker, type RankerParts, searched } from './ranker.ts';
import type { Rerankers } from '../rerankers.ts';
import { type Entry, type JudgedQuery, judgeQuery, readEntries } from './retriever-data.ts';

export type PromoteOptions = {
	/** Queries that shall be answered better, as `readLabelledQueries` reads them; those that the model's training held out when absent. */
	readonly target?: string | undefined;
	/** Only this part of the target file; for routers and extractors. */
	readonly split?: string | undefined;
	/** Queries that shall not be answered worse; those that the documents themselves ask when absent. */
	readonly guard?: string | undefined;
	/** Promote although the gate refuses; recorded. */
	readonly force?: boolean | undefined;
	readonly signal?: AbortSignal | undefined;
	/** Called while chunks are embedded anew. */
	readonly onProgress?: ((done: number, total: number) => void) | undefined;
};

/**
 * Where the queries of the gate came from. The target's own: `scope`, as to whether a router takes them for its own; `whole`, as to
 * whether an extractor gets everything in a text right.
 */
export type GateSets = {
	readonly target: 'given' | 'dataset' | 'training';
	readonly guard: 'given' | 'documents' | 'scope' | 'whole';
};

export type PromoteReport = {
	readonly kind: ServingKind;
	readonly model: string;
	/** What was promoted before; null: nothing was. */
	readonly replaced: string | null;
	readonly isPromoted: boolean;
	readonly isForced: boolean;
	readonly sets: GateSets;
	readonly verdict: GateVerdict;
};

export type PromoteParts = PromotionParts &
	RankerParts & {
		readonly rerankers: Rerankers;
		/** The one whose documents and questions decide. */
		readonly collection: Collection;
	};

/** How much worse the guard questions may be answered, in nDCG@10. */
const guardMargin = 0.02;

/**
 * Lets a trained retriever serve every search when the gate passes: better on the target, not worse on the guard, in nDCG@10 of the
 * search with both legs, reranked. One with vectors of its own embeds all collections first, beside the space that is searched
 * meanwhile. Throws `not_found`, `embedder_mismatch`, `invalid_argument` when there is nothing to measure, and `conflict`.
 */
export async function promoteRetriever(
	parts: PromoteParts,
	manifest: Manifest,
	options: PromoteOptions,
): Promise<PromoteReport> {
	const { records, embedders, store } = parts;
	const { signal, force = false } = options;
	const replaced = await promoted(records, 'retriever');
	if (replaced === manifest.id) {
		throw new KnowhowError('invalid_argument', `${manifest.id} serves already.`);
	}
	const candidate = await embedders.retriever(manifest.id, signal);
	const serving = (await embedders.serving(signal))!;
	for (const { id, chunks, space } of await store.corpus.collections()) {
		if (space === null || space === candidate.embedder.space) continue;
		const onEvent = ({ added }: { readonly added: number }): void => options.onProgress?.(added, chunks);
		await addVectors(id, { corpus: store.corpus, embedder: candidate.embedder }, { signal, onEvent });
	}
	const servingSince = replaced ?? (await promoted(records, 'reranker'));
	const reranker = await parts.rerankers.serving();
	const rankerOf = async (embedder: ServingEmbedder): Promise<Ranker> => {
		const legs = await legsOf(parts, parts.collection, embedder);
		return { ...legs, weights: weightsFor(reranker, embedder.embedder.space) };
	};
	const [current, fresh] = [await rankerOf(serving), await rankerOf(candidate)];
	const { verdict, sets } = await judge(parts, { manifest, candidate: fresh, current, servingSince, options });
	const outcome = { kind: 'retriever', model: manifest.id, replaced, sets, verdict } as const;
	if (!verdict.passes && !force) return { ...outcome, isPromoted: false, isForced: false };
	const isForced = !verdict.passes;
	await recordPromotion(parts, { kind: 'retriever', model: manifest.id, replaced, verdict, isForced });
	await activate(store, candidate.embedder);
	return { ...outcome, isPromoted: true, isForced };
}

/** Lets serve what served before; vectors of that space that are missing by now are made first. Throws `not_found`, `conflict`. */
export async function rollBackRetriever(parts: PromotionParts & RankerParts): Promise<Promotion> {
	const { embedders, records, store } = parts;
	const id = await beforePromotion(records, 'retriever');
	const embedder = id === null ? await embedders.base() : (await embedders.retriever(id)).embedder;
	// Its vectors first: until the pointer moves, searches in this space ask the configured embedder.
	if (embedder !== null) await activate(store, embedder);
	return await recordRollback(parts, 'retriever');
}

/** Every collection that has vectors gets those of this embedder. */
async function activate({ corpus }: Store, embedder: Embedder): Promise<void> {
	for (const { id, space } of await corpus.collections()) {
		if (space !== null && space !== embedder.space) await reindex(id, { corpus, embedder });
	}
}

type Candidacy = {
	readonly manifest: Manifest;
	readonly candidate: Ranker;
	readonly current: Ranker;
	/** A model that serves now and did not when the candidate was measured by its training; null: none. */
	readonly servingSince: string | null;
	readonly options: PromoteOptions;
};

/** What the gate says of a model that searches would rank with. Throws `invalid_argument` when there is nothing to measure. */
export async function judge(
	{ store, collection }: Pick<PromoteParts, 'store' | 'collection'>,
	{ manifest, candidate, current, servingSince, options }: Candidacy,
): Promise<{ verdict: GateVerdict; sets: GateSets }> {
	const entries = await readEntries(store.corpus, collection.id);
	const [before, after] = [
		await benchOf(store, entries, current.embedder),
		await benchOf(store, entries, candidate.embedder),
	];
	const compare = async (queries: readonly JudgedQuery[]): Promise<number[]> => {
		const [old, fresh] = [await searched(before, queries, current), await searched(after, queries, candidate)];
		return fresh.map((score, i) => score - old[i]!);
	};
	const target = await targetQueries(store, { manifest, entries, given: options.target });
	if (target === null && servingSince !== null) {
		throw new KnowhowError(
			'invalid_argument',
			`${manifest.id} was measured beside other models than those that serve: ${servingSince} is among them now.`,
			{
				hint: 'Name queries that it shall answer better: --target FILE.',
			},
		);
	}
	const guard = await guardQueries(store, entries, options.guard);
	const differences = target === null ? trainingDifferences(manifest) : await compare(target.queries);
	return {
		verdict: gate(differences, await compare(guard), { margin: guardMargin }),
		sets: { target: target?.from ?? 'training', guard: options.guard === undefined ? 'documents' : 'given' },
	};
}

type Target = { readonly queries: readonly JudgedQuery[]; readonly from: GateSets['target'] };

/** The queries of a file, or those that the model's dataset keeps for testing; null when there are only the scores of the training. */
async function targetQueries(
	{ records }: Store,
	{ manifest, entries, given }: { manifest: Manifest; entries: readonly Entry[]; given: string | undefined },
): Promise<Target | null> {
	if (given !== undefined) return { queries: judgeAll(await readLabelledQueries(given), entries), from: 'given' };
	const reference = manifest.lineage['dataset'];
	if (typeof reference !== 'string') return null;
	const dataset = await readDataset(records, reference).catch(() => null);
	if (dataset === null) return null;
	const queries = dataset.examples.test.flatMap(({ query, positives }) => {
		const wanted = positives.map(({ document, text }) => ({ document, quote: text }));
		return judgeQuery(query, wanted, entries) ?? [];
	});
	return { queries, from: 'dataset' };
}

function trainingDifferences({ metrics }: Manifest): readonly number[] {
	return (metrics['differences'] ?? []) as readonly number[];
}

async function guardQueries(
	store: Store,
	entries: readonly Entry[],
	given: string | undefined,
): Promise<JudgedQuery[]> {
	if (given !== undefined) return judgeAll(await readLabelledQueries(given), entries);
	return await documentQueries(store.corpus, entries, 'gate');
}

function judgeAll(labelled: readonly LabelledQuery[], entries: readonly Entry[]): JudgedQuery[] {
	return labelled.flatMap(({ query, positives }) => judgeQuery(query, positives, entries) ?? []);
}
