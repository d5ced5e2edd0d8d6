/** Graded relevance by document id; documents that are not listed are not relevant. */
export type Judgements = ReadonlyMap<string, number>;

/**
 * nDCG@k as trec_eval's `ndcg_cut`: Σ gain / log2(rank + 1) over the first k of the ranking, divided by the same sum over the
 * ideal ranking; the gain is the judged grade, negative grades count 0. 0 when nothing is relevant. Järvelin & Kekäläinen 2002.
 */
export function ndcg(ranking: readonly string[], judgements: Judgements, k: number): number {
	const ideal = discounted([...judgements.values()].sort((a, b) => b - a).slice(0, k));
	if (ideal === 0) return 0;
	return discounted(ranking.slice(0, k).map((id) => judgements.get(id) ?? 0)) / ideal;
}

function discounted(gains: readonly number[]): number {
	return gains.reduce((sum, gain, i) => sum + Math.max(0, gain) / Math.log2(i + 2), 0);
}
