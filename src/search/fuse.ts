import type { Candidate } from './memory-index.ts';

export type Fusion = 'weighted' | 'rrf';

/** Of reciprocal rank fusion: how slowly a rank's worth falls (Cormack et al. 2009 use 60). */
const rankConstant = 60;

type Scored = Pick<Candidate, 'keyword' | 'vector' | 'saturation'>;

/**
 * One score a candidate from the scores of both legs, larger is better; the order of the input does not matter.
 * `weighted`: both legs are brought to 0…1 and averaged with `vectorWeight` (0…1) on the vector leg. Cosines by min–max over
 * the candidates (one value only: 1), keyword scores as a share of the most that the query could score: where no passage has
 * the query's words, the least bad one does not count like a good one. `rrf`: Σ 1 / (60 + rank). A leg that did not run counts
 * nothing; where only one ran, its scores are brought to 0…1 by min–max.
 */
export function fuse(candidates: readonly Scored[], fusion: Fusion, vectorWeight: number): number[] {
	const keyword = candidates.map((candidate) => candidate.keyword);
	const vector = candidates.map((candidate) => candidate.vector);
	const hasKeyword = keyword.some((score) => score !== null);
	const hasVector = vector.some((score) => score !== null);
	const normalise = fusion === 'rrf' ? reciprocalRanks : minMax;
	if (!hasVector) return normalise(keyword);
	if (!hasKeyword) return normalise(vector);
	const weight = fusion === 'rrf' ? 0.5 : vectorWeight;
	const fromVector = normalise(vector);
	const fromKeyword = fusion === 'rrf' ? normalise(keyword) : candidates.map(({ saturation }) => saturation ?? 0);
	return fromKeyword.map((score, i) => (1 - weight) * score + weight * fromVector[i]!);
}

function minMax(scores: readonly (number | null)[]): number[] {
	const known = scores.filter((score) => score !== null);
	const low = Math.min(...known);
	const range = Math.max(...known) - low;
	return scores.map((score) => (score === null ? 0 : range === 0 ? 1 : (score - low) / range));
}

/** Equal scores share a rank, so that the order of candidates cannot matter. A keyword score of 0 is no find. */
function reciprocalRanks(scores: readonly (number | null)[]): number[] {
	const sorted = scores.filter((score) => score !== null).sort((a, b) => b - a);
	const ranks = new Map<number, number>();
	sorted.forEach((score, i) => {
		if (!ranks.has(score)) ranks.set(score, i + 1);
	});
	return scores.map((score) => (score === null || score === 0 ? 0 : 1 / (rankConstant + ranks.get(score)!)));
}
