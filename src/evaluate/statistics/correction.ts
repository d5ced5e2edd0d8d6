/**
 * Holm 1979: p-values such that calling those below α different is wrong *at all* with a probability of at most α, however they depend
 * on each other. p₍ᵢ₎ → max over j ≤ i of (m − j + 1) · p₍ⱼ₎, at most 1. For the comparisons that a decision hangs on: every pair of
 * systems on the metric that was named beforehand. In the order of the input.
 */
export function holm(pValues: readonly number[]): number[] {
	let largest = 0;
	return adjusted(pValues, byValue(pValues), (p, rank, m) => (largest = Math.max(largest, (m - rank) * p)));
}

/**
 * Benjamini & Hochberg 1995: of those below α a share of at most α is wrong on average. p₍ᵢ₎ → min over j ≥ i of m / j · p₍ⱼ₎. For looking
 * around: classes of questions, secondary metrics. Milder than `holm`; holds for independent and for positively dependent tests.
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
	let least = 1;
	const order = byValue(pValues).reverse();
	return adjusted(pValues, order, (p, rank, m) => (least = Math.min(least, (m / (m - rank)) * p)));
}

function byValue(pValues: readonly number[]): number[] {
	return pValues.map((_, i) => i).sort((a, b) => pValues[a]! - pValues[b]!);
}

function adjusted(
	pValues: readonly number[],
	order: readonly number[],
	next: (p: number, rank: number, m: number) => number,
): number[] {
	const result = pValues.map(() => 1);
	order.forEach((at, rank) => {
		result[at] = Math.min(1, next(pValues[at]!, rank, pValues.length));
	});
	return result;
}
