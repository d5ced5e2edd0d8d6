import type { Embedder } from '../core/embedder.ts';
import { mean } from '../evaluate/metrics/mean.ts';
import { ndcg } from '../evaluate/metrics/ndcg.ts';
import { rankByScore } from '../evaluate/metrics/rank.ts';
import { type Features, features } from '../search/features.ts';
import { fuse } from '../search/fuse.ts';
import { type Candidate, MemoryIndex } from '../search/memory-index.ts';
import { rerankScore } from '../search/rerank.ts';
import type { Entry, JudgedQuery } from './retriever-data.ts';

/** nDCG@10 of one query by each leg, by both fused, and as a search ranks it (fused, then reranked); 0 to 1. */
export type LegScores = {
	readonly keyword: number;
	readonly vector: number;
	readonly hybrid: number;
	readonly reranked: number;
};

/** What both legs found for a query. */
export type Found = {
	readonly candidates: readonly Candidate[];
	/** Along `candidates`: what each counts as in the ranking. Chunks of one document may count as one. */
	readonly units: readonly string[];
	/** Grades by unit. */
	readonly judgements: ReadonlyMap<string, number>;
	/** What the reranker sees of a candidate, but for its fused score. */
	features(at: number): Features;
};

/** Candidates of each leg that are ranked. */
const depth = 100;
/** Candidates of both legs fused that are reranked, and from which hard negatives are taken: as in a search. */
const rerankDepth = 30;

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
	async find(queries: readonly JudgedQuery[], embedder: Embedder): Promise<Found[]> {
		const vectors = await embedder.embed(
			queries.map(({ query }) => query),
			'query',
		);
		return queries.map((judged, i) => this.#find(judged, vectors[i]!));
	}

	/** Positions of entries that both legs together rank first for each query and that do not answer it. */
	async mine(queries: readonly JudgedQuery[], embedder: Embedder): Promise<number[][]> {
		const found = await this.find(queries, embedder);
		return found.map(({ candidates }, i) => {
			const right = new Set(queries[i]!.positives);
			return first(candidates, fuse(candidates, 'weighted', 0.5))
				.map((at) => this.#position.get(candidates[at]!.row)!)
				.filter((entry) => !right.has(entry));
		});
	}

	#find({ query, positives, byDocument }: JudgedQuery, vector: Float32Array): Found {
		const asked = { text: query, vector, k: depth, filter: null, access: 'everything' } as const;
		const { candidates, terms } = this.#index.search(asked);
		const unit = (document: string, row: number): string => (byDocument ? document : `${row}`);
		const right = positives.map((at) => this.#entries[at]!);
		const known = new Map<number, Features>();
		return {
			candidates,
			units: candidates.map(({ document, row }) => unit(document.id, row)),
			judgements: new Map(right.map(({ document, chunk }) => [unit(document.id, chunk.row), 1])),
			features: (at) => {
				const { row, document, keyword, vector: cosine } = candidates[at]!;
				const { chunk } = this.#entries[this.#position.get(row)!]!;
				const scores = { fused: 0, keyword, vector: cosine };
				const seen = known.get(at) ?? features(terms, chunk, document, scores);
				known.set(at, seen);
				return seen;
			},
		};
	}
}

/** How well each leg ranks what was found, and both with this share (0 to 1) of the vector leg. */
export function legScores(found: Found, vectorWeight: number): LegScores {
	const { candidates } = found;
	return {
		keyword: score(
			found,
			// What shares no word with the query was not found by this leg.
			candidates.map(({ keyword }) => keyword || -Infinity),
		),
		vector: score(
			found,
			candidates.map(({ vector }) => vector ?? -1),
		),
		hybrid: score(found, fuse(candidates, 'weighted', vectorWeight)),
		reranked: rerankedScore(found, vectorWeight),
	};
}

/** nDCG@10 as a search ranks what was found. */
export function rerankedScore(found: Found, vectorWeight: number): number {
	const fused = fuse(found.candidates, 'weighted', vectorWeight);
	const reranked = fused.map(() => -Infinity);
	for (const at of first(found.candidates, fused)) {
		reranked[at] = rerankScore({ ...found.features(at), fused: fused[at]! });
	}
	return score(found, reranked);
}

function score({ units, judgements }: Found, values: readonly number[]): number {
	const scored = values.flatMap((value, at) => (value === -Infinity ? [] : [{ id: units[at]!, score: value }]));
	return ndcg(rankByScore(scored), judgements, 10);
}

/** Positions of the best candidates, best first. */
function first(candidates: readonly Candidate[], scores: readonly number[]): number[] {
	return [...candidates.keys()]
		.sort((a, b) => scores[b]! - scores[a]! || candidates[a]!.row - candidates[b]!.row)
		.slice(0, rerankDepth);
}

/** Imaginary queries that are best served by the current weight, and what they lose by its square distance (as in `learnFusion`). */
const [priorQueries, priorLoss] = [40, 0.3];
/** How much worse the guard may become by the model and its weight. */
const tolerance = 0.01;

export type WeightSearch = {
	/** Found by the trained embedder: for held-out queries, and for those that shall not get worse (may be empty). */
	readonly dev: readonly Found[];
	readonly guard: readonly Found[];
	/** The mean over the guard now. */
	readonly guardBefore: number;
	/** The weight that searches have now. */
	readonly current: number;
};

/**
 * The share of the vector leg, current or a tenth, with the best mean over dev queries less a prior for the current one, among those
 * that leave the guard about as good as it is. The current one when none does.
 */
export function suitingWeight({ dev, guard, guardBefore, current }: WeightSearch): number {
	const average = (found: readonly Found[], weight: number): number =>
		mean(found.map((one) => rerankedScore(one, weight))) ?? 0;
	const worth = (weight: number): number =>
		average(dev, weight) - (priorQueries / Math.max(1, dev.length)) * priorLoss * (weight - current) ** 2;
	const weights = [current, ...Array.from({ length: 11 }, (_, tenth) => tenth / 10)];
	const allowed = weights.filter((weight) => guard.length === 0 || average(guard, weight) >= guardBefore - tolerance);
	return allowed.reduce((best, weight) => (worth(weight) > worth(best) + 1e-9 ? weight : best), current);
}
