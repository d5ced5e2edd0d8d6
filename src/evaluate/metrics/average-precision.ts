import type { Judgements } from './ndcg.ts';

/**
 * Σ precision at the rank of each relevant document (grade above 0), divided by the number of relevant documents, found or not;
 * only the first k count. 0 when nothing is relevant. Its mean over queries is MAP: trec_eval's `map_cut_k`, and `map` where k
 * is at least the ranking's length. Voorhees & Harman 2005, "TREC", ch. 3.
 */
export function averagePrecision(ranking: readonly string[], judgements: Judgements, k = Infinity): number {
	const relevant = [...judgements.values()].filter((grade) => grade > 0).length;
	if (relevant === 0) return 0;
	let found = 0;
	let sum = 0;
	ranking.slice(0, k).forEach((id, i) => {
		if ((judgements.get(id) ?? 0) <= 0) return;
		found++;
		sum += found / (i + 1);
	});
	return sum / relevant;
}
