import { noEntry, type TermPostings } from './postings.ts';

/**
 * BM25 with Lucene's formula: for each query term, idf · tf / (tf + k1 · (1 − b + b · length / averageLength)) with
 * idf = ln(1 + (N − df + 0.5) / (df + 0.5)). The constant factor (k1 + 1) is left out, as Lucene does since version 8.
 * Robertson & Zaragoza 2009, eq. 3.15; Kamphuis et al. 2020 ("Which BM25 do you mean?"), variant "Lucene (accurate)".
 */
export type Bm25 = { readonly k1: number; readonly b: number };

/** Chosen on development queries only (docs/log.md): short passages want less length normalisation than Lucene's 0.75. */
export const defaultBm25: Bm25 = { k1: 1.2, b: 0.4 };

export function idf(chunks: number, documentFrequency: number): number {
	return Math.log(1 + (chunks - documentFrequency + 0.5) / (documentFrequency + 0.5));
}

/** k1 · (1 − b + b · length / averageLength) for every slot. */
export function lengthNorms(lengths: Uint32Array, count: number, average: number, { k1, b }: Bm25): Float32Array {
	const norms = new Float32Array(count);
	const flat = k1 * (1 - b);
	const slope = average > 0 ? (k1 * b) / average : 0;
	for (let slot = 0; slot < count; slot++) norms[slot] = flat + slope * lengths[slot]!;
	return norms;
}

/** Live slots that have a term. `alive` null: all are. */
export function documentFrequency({ slots, start, end, tail }: TermPostings, alive: Uint8Array | null): number {
	if (alive === null) return end - start + (tail?.count ?? 0);
	let count = 0;
	for (let i = start; i < end; i++) count += alive[slots[i]!]!;
	if (tail === null) return count;
	for (let i = tail.newest; i !== noEntry; i = tail.older[i]!) count += alive[tail.slots[i]!]!;
	return count;
}

/** Adds one term's scores to `scores` (one float a slot), for the slots that `allowed` marks 1 (null: all). */
export function addScores(
	term: TermPostings,
	weight: number,
	norms: Float32Array,
	allowed: Uint8Array | null,
	scores: Float32Array,
): void {
	const { slots, frequencies, start, end, tail } = term;
	if (allowed === null) {
		for (let i = start; i < end; i++) {
			const slot = slots[i]!;
			const tf = frequencies[i]!;
			scores[slot] = scores[slot]! + (weight * tf) / (tf + norms[slot]!);
		}
	} else {
		for (let i = start; i < end; i++) {
			const slot = slots[i]!;
			if (allowed[slot] === 0) continue;
			const tf = frequencies[i]!;
			scores[slot] = scores[slot]! + (weight * tf) / (tf + norms[slot]!);
		}
	}
	if (tail === null) return;
	for (let i = tail.newest; i !== noEntry; i = tail.older[i]!) {
		const slot = tail.slots[i]!;
		if (allowed !== null && allowed[slot] === 0) continue;
		const tf = tail.frequencies[i]!;
		scores[slot] = scores[slot]! + (weight * tf) / (tf + norms[slot]!);
	}
}
