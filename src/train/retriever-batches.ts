import { randomNumbers, shuffled } from '../models/nn/random.ts';

/** A query that is known to be answered by a passage; both are positions. */
export type Pair = { readonly query: number; readonly passage: number };

export type Batch = {
	/** Positions of the queries. */
	readonly queries: readonly number[];
	/** Positions of the passages: the one that answers each query at its place, then hard negatives. */
	readonly passages: readonly number[];
};

export type BatchOptions = {
	/** Passages that answer each query. */
	readonly positives: readonly ReadonlySet<number>[];
	/** Passages that are found for each query and do not answer it, best first. */
	readonly negatives: readonly (readonly number[])[];
	/** Pairs in a batch. */
	readonly size: number;
	/** Hard negatives that each pair brings. */
	readonly hard: number;
	readonly seed: number;
	/** From 0; every epoch has another order and other negatives. */
	readonly epoch: number;
};

/**
 * The pairs in random order, cut into batches. A passage that answers one query of a batch is never a wrong one for another, nor is
 * there a passage twice: a pair that does not fit waits for a later batch, so the last ones may be smaller. None has fewer than two.
 */
export function batchesOf(pairs: readonly Pair[], options: BatchOptions): Batch[] {
	const { size, seed, epoch } = options;
	const random = randomNumbers(seed, epoch);
	let waiting = [...shuffled(pairs.length, random)].map((at) => pairs[at]!);
	const batches: Batch[] = [];
	while (waiting.length > 1) {
		const taken: Pair[] = [];
		const later: Pair[] = [];
		for (const pair of waiting) (taken.length < size && fits(pair, taken, options) ? taken : later).push(pair);
		if (taken.length > 1) batches.push(toBatch(taken, options, random));
		else break;
		waiting = later;
	}
	return batches;
}

function fits({ query, passage }: Pair, taken: readonly Pair[], { positives }: BatchOptions): boolean {
	return taken.every((other) => !positives[other.query]!.has(passage) && !positives[query]!.has(other.passage));
}

/** Each pair brings some of its negatives by chance, so that no few of them are learned by heart. */
function toBatch(pairs: readonly Pair[], options: BatchOptions, random: () => number): Batch {
	const { positives, negatives, hard } = options;
	const queries = pairs.map(({ query }) => query);
	const passages = new Set(pairs.map(({ passage }) => passage));
	for (const query of queries) {
		const free = negatives[query]!.filter((one) => !passages.has(one) && !queries.some((q) => positives[q]!.has(one)));
		for (const at of [...shuffled(free.length, random)].slice(0, hard)) passages.add(free[at]!);
	}
	return { queries, passages: [...passages] };
}
