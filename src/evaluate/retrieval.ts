import { bareChunk, bareSummary } from '../core/document.ts';
import type { Embedder } from '../core/embedder.ts';
import { fuse } from '../search/fuse.ts';
import { MemoryIndex, type IndexQuery } from '../search/memory-index.ts';
import { vectorWeightOf } from '../search/vector-weight.ts';
import { mean } from './metrics/mean.ts';
import { reciprocalRank } from './metrics/mrr.ts';
import { ndcg, type Judgements } from './metrics/ndcg.ts';
import { quantile } from './metrics/quantile.ts';
import { rankByScore } from './metrics/rank.ts';
import { recall } from './metrics/recall.ts';

/** A retrieval dataset (BEIR: Thakur et al. 2021): texts, queries, and for some queries which texts are relevant. */
export type RetrievalDataset = {
	readonly name: string;
	readonly corpus: readonly { readonly id: string; readonly title: string; readonly text: string }[];
	readonly queries: readonly { readonly id: string; readonly text: string }[];
	/** Query id → judgements. Only queries that are listed here are evaluated. */
	readonly qrels: ReadonlyMap<string, Judgements>;
};

/** Means over the queries, 0 to 1; the median time of one search in milliseconds, embedding the query included. */
export type RetrievalMetrics = {
	readonly 'ndcg@10': number;
	readonly 'recall@100': number;
	readonly 'mrr@10': number;
	readonly p50Ms: number;
};

export type RetrievalReport = {
	readonly dataset: string;
	readonly queries: number;
	/** A system that could not run (no embedder) is null. */
	readonly systems: {
		readonly keyword: RetrievalMetrics;
		readonly vector: RetrievalMetrics | null;
		readonly hybrid: RetrievalMetrics | null;
	};
};

export type RetrievalSettings = {
	readonly embedder: Embedder | null;
	/** Share of the vector leg in the hybrid system, 0 to 1; what suits the embedder when absent. */
	readonly vectorWeight?: number | undefined;
	/** ISO 639-1 code of the corpus; null: English. */
	readonly language: string | null;
	readonly signal?: AbortSignal | undefined;
};

/** Texts embedded at a time. */
const batch = 64;
const depth = 100;

/** Runs every query of a dataset through each leg and their fusion, in memory, one index entry a text, no reranking. */
export async function evaluateRetrieval(
	dataset: RetrievalDataset,
	settings: RetrievalSettings,
): Promise<RetrievalReport> {
	const { embedder } = settings;
	const index = await indexDataset(dataset, settings);
	const vectorWeight = settings.vectorWeight ?? vectorWeightOf(embedder?.space ?? null);
	const queries = dataset.queries.filter(({ id }) => dataset.qrels.has(id));
	const run = async (legs: { keyword: boolean; vector: boolean }): Promise<RetrievalMetrics> => {
		const results: { judgements: Judgements; ranking: string[]; ms: number }[] = [];
		for (const { id, text } of queries) {
			const begin = performance.now();
			const vector = legs.vector ? (await embedder!.embed([text], 'query', settings.signal))[0]! : null;
			const meanings = legs.vector ? embedder!.meanings?.(text) : undefined;
			const ranking = rank(index, { text: legs.keyword ? text : null, meanings, vector }, vectorWeight);
			results.push({ judgements: dataset.qrels.get(id)!, ranking, ms: performance.now() - begin });
		}
		return summarise(results);
	};
	return {
		dataset: dataset.name,
		queries: queries.length,
		systems: {
			keyword: await run({ keyword: true, vector: false }),
			vector: embedder === null ? null : await run({ keyword: false, vector: true }),
			hybrid: embedder === null ? null : await run({ keyword: true, vector: true }),
		},
	};
}

/** The texts of a dataset in an index in memory, one entry a text, with vectors when there is an embedder. */
export async function indexDataset(
	dataset: Pick<RetrievalDataset, 'corpus'>,
	{ embedder, language, signal }: Omit<RetrievalSettings, 'vectorWeight'>,
): Promise<MemoryIndex> {
	const index = new MemoryIndex();
	index.resetVectors(embedder?.dimensions ?? null);
	for (let at = 0; at < dataset.corpus.length; at += batch) {
		const texts = dataset.corpus.slice(at, at + batch);
		const vectors =
			embedder === null
				? []
				: await embedder.embed(
						texts.map(({ title, text }) => (title === '' ? text : `${title}\n${text}`)),
						'passage',
						signal,
					);
		texts.forEach(({ id, title, text }, i) => {
			const row = at + i + 1;
			index.put(bareSummary(id, title, language), [bareChunk(id, text, row)], () => vectors[i] ?? null);
		});
	}
	index.compact();
	return index;
}

function rank(
	index: MemoryIndex,
	legs: Pick<IndexQuery, 'text' | 'meanings' | 'vector'>,
	vectorWeight: number,
): string[] {
	const { candidates } = index.search({ ...legs, k: depth, filter: null, access: 'everything' });
	const scores = fuse(candidates, 'weighted', vectorWeight);
	return rankByScore(candidates.map(({ document }, i) => ({ id: document.id, score: scores[i]! }))).slice(0, depth);
}

function summarise(results: readonly { judgements: Judgements; ranking: string[]; ms: number }[]): RetrievalMetrics {
	const average = (metric: (ranking: string[], judgements: Judgements, k: number) => number, k: number): number =>
		mean(results.map(({ ranking, judgements }) => metric(ranking, judgements, k))) ?? 0;
	return {
		'ndcg@10': average(ndcg, 10),
		'recall@100': average(recall, 100),
		'mrr@10': average(reciprocalRank, 10),
		p50Ms:
			quantile(
				results.map(({ ms }) => ms),
				0.5,
			) ?? 0,
	};
}
