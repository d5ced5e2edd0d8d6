export type Judged = { readonly score: number; readonly isPositive: boolean };

/**
 * The probability that a positive scores above a negative, ties counted half: the area under the ROC curve, from the ranks (Mann &
 * Whitney 1947): (R₊ − P(P + 1)/2) / (P · N), R₊ the sum of the positives' mid-ranks. Null without positives or without negatives.
 */
export function auroc(judged: readonly Judged[]): number | null {
	const positives = judged.filter(({ isPositive }) => isPositive).length;
	const negatives = judged.length - positives;
	if (positives === 0 || negatives === 0) return null;
	const ordered = judged.toSorted((a, b) => a.score - b.score);
	let rankSum = 0;
	for (let from = 0, to = 0; from < ordered.length; from = to) {
		while (to < ordered.length && ordered[to]!.score === ordered[from]!.score) to++;
		const midRank = (from + 1 + to) / 2;
		rankSum += midRank * ordered.slice(from, to).filter(({ isPositive }) => isPositive).length;
	}
	return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
