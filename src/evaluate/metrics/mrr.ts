import type { Judgements } from './ndcg.ts';

/** 1 / rank of the first relevant document (grade above 0) within the first k, 0 when there is none. trec_eval's `recip_rank`, cut at k. */
export function reciprocalRank(ranking: readonly string[], judgements: Judgements, k: number): number {
	const at = ranking.slice(0, k).findIndex((id) => (judgements.get(id) ?? 0) > 0);
	return at === -1 ? 0 : 1 / (at + 1);
}
