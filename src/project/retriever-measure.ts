import type { Embedder } from '../core/embedder.ts';
import { ndcg } from '../evaluate/metrics/ndcg.ts';
import { rankByScore } from '../evaluate/metrics/rank.ts';
import { fuse } from '../search/fuse.ts';
import { type Candidate, MemoryIndex } from '../search/memory-index.ts';
import { type FusionOptions, type FusionQuery, learnFusion } from '../train/fusion.ts';
import type { Entry, JudgedQuery } from './retriever-data.ts';

/** nDCG@10 of one query by each leg, and by both fused, before reranking; 0 to 1. */
export type LegScores = { readonly keyword: number; readonly vector: number; readonly hybrid: number };

/** Candidates of each leg that are ranked. */
const depth = 100;
/** Candidates of both legs fused from which hard negatives are taken. */
const minedDepth = 30;

/** An index in memory, for measuring embedders beside each other: the project's own is left alone. */
export class Bench {
	readonly #entries: readonly Entry[];
	readonly #index = new MemoryIndex();
	/** Of entries, by row. */
	readonly #position: ReadonlyMap<number, number>;

	/** `vectors`: one an entry, null where there is none. */
	constructor(entries: readonly Entry[], vectors: readonly (Float32Array | null)[]) {
		this.#entries = entries;
		this.#index.resetVectors(vectors.find((vector) => vector !== null)?.length ?? null);
		const at = new Map(entries.map(({ chunk }, i) => [chunk.row, i]));
		for (const group of Map.groupBy(entries, ({ document }) => document.id).values()) {
			const chunks = group.map(({ chunk }) => chunk);
			this.#index.put(group[0]!.document, chunks, (row) => vectors[at.get(row)!] ?? null);
		}
		this.#index.compact();
		this.#position = at;
	}

	/** What both legs find for each query, its vector made by the embedder, whose space is that of the vectors. */
	async find(queries: readonly JudgedQuery[], embedder: Embedder): Promise<FusionQuery[]> {
		const vectors = await embedder.embed(
			queries.map(({ query }) => query),
			'query',
		);
		return queries.map((judged, i) => {
			const candidates = this.#search(judged.query, vectors[i]!, depth);
			const unit = (document: string, row: number): string => (judged.byDocument ? document : `${row}`);
			const right = judged.positives.map((at) => this.#entries[at]!);
			return {
				candidates,
				units: candidates.map(({ document, row }) => unit(document.id, row)),
				judgements: new Map(right.map(({ document, chunk }) => [unit(document.id, chunk.row), 1])),
			};
		});
	}

	/** Positions of entries that both legs together rank first for each query and that do not answer it. */
	async mine(queries: readonly JudgedQuery[], embedder: Embedder): Promise<number[][]> {
		const vectors = await embedder.embed(
			queries.map(({ query }) => query),
			'query',
		);
		return queries.map(({ query, positives }, i) => {
			const candidates = this.#search(query, vectors[i]!, minedDepth);
			const fused = fuse(candidates, 'weighted', 0.5);
			const right = new Set(positives);
			return candidates
				.map(({ row }, at) => ({ entry: this.#position.get(row)!, score: fused[at]! }))
				.sort((a, b) => b.score - a.score || a.entry - b.entry)
				.map(({ entry }) => entry)
				.filter((entry) => !right.has(entry))
				.slice(0, minedDepth);
		});
	}

	#search(text: string, vector: Float32Array, k: number): readonly Candidate[] {
		return this.#index.search({ text, vector, k, filter: null, access: 'everything' }).candidates;
	}
}

/** How well each leg ranks what was found, and both with this share (0 to 1) of the vector leg. */
export function legScores({ candidates, units, judgements }: FusionQuery, vectorWeight: number): LegScores {
	const score = (values: readonly number[]): number =>
		ndcg(rankByScore(values.map((value, at) => ({ id: units[at]!, score: value }))), judgements, 10);
	return {
		keyword: score(candidates.map(({ keyword }) => keyword ?? 0)),
		vector: score(candidates.map(({ vector }) => vector ?? -1)),
		hybrid: score(fuse(candidates, 'weighted', vectorWeight)),
	};
}

/** The share of the vector leg that suits these queries, near the current one when they are few. */
export function suitingWeight(found: readonly FusionQuery[], current: number): number {
	const score: FusionOptions['score'] = (scored, judgements) => ndcg(rankByScore(scored), judgements, 10);
	return learnFusion(found, { current, score, interval: () => null }).weight;
}
