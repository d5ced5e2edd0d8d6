import type { WeightedTerm } from './memory-index.ts';
import type { Occurrences } from './occurrences.ts';

/** The parts that the linear reranker weighs, each 0 to 1 unless said otherwise. */
export type Features = {
	/** The score of fusion: keyword and vector legs, brought to 0…1 among the candidates. */
	readonly fused: number;
	/** Cosine of query and passage, no less than 0; 0 when the vector leg did not run. Fusion knows only how it compares with the other candidates. */
	readonly vector: number;
	/** BM25 relative to the most that these terms could score (Σ idf). */
	readonly saturation: number;
	/** idf-weighted share of the query's terms that occur in text or headings. */
	readonly coverage: number;
	/** idf-weighted share that occurs in title, file name and headings. */
	readonly title: number;
	/** Share of neighbouring query terms that stand within 3 words of each other in the passage, in order. */
	readonly proximity: number;
	/** The largest idf-weighted share that occurs within 20 words of each other. */
	readonly window: number;
	/** Share of the query's identifiers found to the letter; 0 when it has none. */
	readonly identifier: number;
};

export const featureNames = [
	'fused',
	'vector',
	'saturation',
	'coverage',
	'title',
	'proximity',
	'window',
	'identifier',
] as const;

/** Words in a window: about one sentence. */
const windowWords = 20;
/** Words apart at which two terms still count as near. */
const near = 3;

/** What the reranker sees of one candidate. `scores`: of fusion, its BM25 and its cosine (null when that leg did not run). */
export function features(
	terms: readonly WeightedTerm[],
	{ inTitle, inText, order }: Occurrences,
	scores: { readonly fused: number; readonly keyword: number | null; readonly vector: number | null },
): Features {
	let weight = 0;
	let covered = 0;
	let titled = 0;
	let identifiers = 0;
	let identified = 0;
	for (let i = 0; i < terms.length; i++) {
		const { idf, identifier } = terms[i]!;
		const isFound = inTitle[i]! || inText[i]!.length > 0;
		weight += idf;
		if (isFound) covered += idf;
		if (inTitle[i]!) titled += idf;
		if (identifier) identifiers++;
		if (identifier && isFound) identified++;
	}
	weight ||= 1;
	return {
		fused: scores.fused,
		vector: Math.max(0, scores.vector ?? 0),
		saturation: (scores.keyword ?? 0) / weight,
		coverage: covered / weight,
		title: titled / weight,
		proximity: proximity(inText),
		window: densest(terms, order) / weight,
		identifier: identifiers === 0 ? 0 : identified / identifiers,
	};
}

/** The share of neighbouring terms of which the second stands at most 3 words after the first; 0 for fewer than two terms. */
export function proximity(positions: readonly (readonly number[])[]): number {
	if (positions.length < 2) return 0;
	let pairs = 0;
	for (let i = 0; i + 1 < positions.length; i++) {
		const next = positions[i + 1]!;
		if (positions[i]!.some((at) => next.some((then) => then > at && then - at <= near))) pairs++;
	}
	return pairs / (positions.length - 1);
}

/** The largest sum of idf over distinct terms within one window. */
function densest(terms: readonly WeightedTerm[], { positions, found }: Occurrences['order']): number {
	const inside = new Uint16Array(terms.length);
	let sum = 0;
	let best = 0;
	let first = 0;
	for (let at = 0; at < positions.length; at++) {
		const term = found[at]!;
		if (inside[term]!++ === 0) sum += terms[term]!.idf;
		while (positions[at]! - positions[first]! >= windowWords) {
			const gone = found[first++]!;
			if (--inside[gone]! === 0) sum -= terms[gone]!.idf;
		}
		best = Math.max(best, sum);
	}
	return best;
}
