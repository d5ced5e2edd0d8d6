import type { Judgements } from './ndcg.ts';

/**
 * The share of relevant documents (grade above 0) among the first k: divided by k also when the ranking is shorter, as trec_eval's
 * `P_k`. Documents that nobody judged are not relevant. 0 for k below 1.
 */
export function precision(ranking: readonly string[], judgements: Judgements, k: number): number {
	if (k < 1) return 0;
	return ranking.slice(0, k).filter((id) => (judgements.get(id) ?? 0) > 0).length / k;
}
