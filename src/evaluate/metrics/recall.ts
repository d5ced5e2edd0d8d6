import type { Judgements } from './ndcg.ts';

/** The share of relevant documents (grade above 0) within the first k of the ranking; 0 when nothing is relevant. trec_eval's `recall`. */
export function recall(ranking: readonly string[], judgements: Judgements, k: number): number {
	const relevant = [...judgements].filter(([, grade]) => grade > 0).map(([id]) => id);
	if (relevant.length === 0) return 0;
	const found = new Set(ranking.slice(0, k));
	return relevant.filter((id) => found.has(id)).length / relevant.length;
}
