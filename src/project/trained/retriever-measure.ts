import type { Embedder, Meanings } from '../../core/embedder.ts';
import { mean } from '../../evaluate/metrics/mean.ts';
import { ndcg } from '../../evaluate/metrics/ndcg.ts';
import { rankByScore } from '../../evaluate/metrics/rank.ts';
import { bootstrapInterval, type Interval } from '../../evaluate/statistics/bootstrap.ts';
import { type Features, features } from '../../search/features.ts';
import { fuse } from '../../search/fuse.ts';
import { type Candidate, MemoryIndex } from '../../search/memory-index.ts';
import { occurrencesInDigest } from '../../search/occurrences.ts';
import { rerankScore, type RerankWeights } from '../../search/rerank.ts';
import type { Entry, JudgedQuery } from './retriever-data.ts';

/** nDCG@10 of one query by each leg, by both fused, and as a search ranks it (fused, then reranked); 0 to 1. */
export type LegScores = {
	readonly keyword: number;
	readonly vector: number;
	readonly hybrid: number;
	readonly reranked: number;
};

/** What a training reached, in means of nDCG@10. */
export type HeldOutMetrics = {
	readonly metric: 'ndcg@10';
	/** `test`: on queries given for it; `held-out`: on a part of the data that training did not see. */
	readonly on: 'test' | 'held-out';
	readonly queries: number;
	/** Of a search with both legs, reranked. */
	readonly before: number;
	readonly after: number;
	readonly difference: number;
	/** Of the difference, 95 %, by queries drawn anew; null for fewer than two. */
	readonly interval: Interval | null;
	/** What searches without training reach on the same queries, by leg. */
	readonly untrained: LegScores;
	/** For each query, after − before: what the gate looks at when nothing else is given to it. */
	readonly differences: readonly number[];
};

/** `after`: of the reranked search, along `untrained`. */
export function heldOutMetrics(
	on: HeldOutMetrics['on'],
	untrained: readonly LegScores[],
	after: readonly number[],
): HeldOutMetrics {
	const differences = untrained.map(({ reranked }, i) => after[i]! - reranked);
	return {
		metric: 'ndcg@10',
		on,
		queries: differences.length,
		before: meansOf(untrained).reranked,
		after: average(after),
		difference: average(differences),
		interval: bootstrapInterval(differences),
		untrained: meansOf(untrained),
		differences,
	};
}

export function meansOf(scores: readonly LegScores[]): LegScores {
	const of = (leg: keyof LegScores): number => average(scores.map((one) => one[leg]));
	return { keyword: of('keyword'), vector: of('vector'), hybrid: of('hybrid'), reranked: of('reranked') };
}

export function average(values: readonly number[]): number {
	return mean(values) ?? 0;
}

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

/** Candidates that a search takes from each leg: fusion sees how they compare with each other. */
const searchDepth = 60;
/** Candidates of both legs fused that are reranked, and from which hard negatives are taken: as in a search. */
const rerankDepth = 30;

/** An index in memory, for measuring embedders beside each other: the project's own is left alone. */
export class Bench {
	readonly #entries: readonly Entry[];
	readonly #index = new MemoryIndex();
	/** Of entries, by row. */
	readonly #position: ReadonlyMap<number, number>;

	/** `vectors`: one an entry, null where there is none; empty when there are none at all. */
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

	/** What both legs find for each query, its vector made by the embedder, whose space is that of the vectors; null: keywords alone. */
	async find(queries: readonly JudgedQuery[], embedder: Embedder | null): Promise<Found[]> {
		const vectors = await embedder?.embed(
			queries.map(({ query }) => query),
			'query',
		);
		return queries.map((judged, i) => this.#find(judged, vectors?.[i] ?? null, embedder?.meanings?.(judged.query)));
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

	#find(
		{ query, positives, byDocument }: JudgedQuery,
		vector: Float32Array | null,
		meanings: Meanings | undefined,
	): Found {
		const asked = { text: query, meanings, vector, k: searchDepth, filter: null, access: 'everything' } as const;
		const { candidates, terms, wanted } = this.#index.search(asked);
		const unit = (document: string, row: number): string => (byDocument ? document : `${row}`);
		const right = positives.map((at) => this.#entries[at]!);
		const known = new Map<number, Features>();
		return {
			candidates,
			units: candidates.map(({ document, row }) => unit(document.id, row)),
			judgements: new Map(right.map(({ document, chunk }) => [unit(document.id, chunk.row), 1])),
			features: (at) => {
				const { digest, document, keyword, vector: cosine } = candidates[at]!;
				const occurrences = occurrencesInDigest(terms, { digest, wanted }, document);
				const scores = { fused: 0, keyword, vector: cosine };
				const seen = known.get(at) ?? features(terms, occurrences, scores);
				known.set(at, seen);
				return seen;
			},
		};
	}
}

/** How well each leg ranks what was found, and both with this share (0 to 1) of the vector leg, reranked by the weights shipped or these. */
export function legScores(found: Found, vectorWeight: number, weights?: RerankWeights): LegScores {
	const { candidates } = found;
	return {
		keyword: score(
			found,
			// What shares no word with the query was not found by this leg.
			candidates.map(({ keyword }) => keyword || -Infinity),
		),
		vector: score(
			found,
			candidates.map(({ vector }) => vector ?? -Infinity),
		),
		hybrid: score(found, fuse(candidates, 'weighted', vectorWeight)),
		reranked: rerankedScore(found, vectorWeight, weights),
	};
}

/** nDCG@10 as a search ranks what was found, by the weights shipped or these. */
export function rerankedScore(found: Found, vectorWeight: number, weights?: RerankWeights): number {
	return scoreReranked(rerankable(found, vectorWeight), found.judgements, weights);
}

/** A candidate that a search reranks: what it counts as in the ranking, and its parts. */
export type Rerankable = { readonly unit: string; readonly features: Features };

/** What a search reranks of what was found, in the order of fusion. */
export function rerankable(found: Found, vectorWeight: number): Rerankable[] {
	const fused = fuse(found.candidates, 'weighted', vectorWeight);
	return first(found.candidates, fused).map((at) => {
		return { unit: found.units[at]!, features: { ...found.features(at), fused: fused[at]! } };
	});
}

/** nDCG@10 of candidates in the order that the reranker gives them. */
export function scoreReranked(
	candidates: readonly Rerankable[],
	judgements: Found['judgements'],
	weights?: RerankWeights,
): number {
	const scored = candidates.map(({ unit, features: parts }) => ({ id: unit, score: rerankScore(parts, weights) }));
	return ndcg(rankByScore(scored), judgements, 10);
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
/** How much worse the guard may become by training. */
export const guardTolerance = 0.01;

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
	const reached = (found: readonly Found[], weight: number): number =>
		average(found.map((one) => rerankedScore(one, weight)));
	const worth = (weight: number): number =>
		reached(dev, weight) - (priorQueries / Math.max(1, dev.length)) * priorLoss * (weight - current) ** 2;
	const weights = [current, ...Array.from({ length: 11 }, (_, tenth) => tenth / 10)];
	const allowed = weights.filter(
		(weight) => guard.length === 0 || reached(guard, weight) >= guardBefore - guardTolerance,
	);
	return allowed.reduce((best, weight) => (worth(weight) > worth(best) + 1e-9 ? weight : best), current);
}
