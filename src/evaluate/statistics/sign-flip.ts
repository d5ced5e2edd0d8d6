import type { Resampling } from './bootstrap.ts';
import { nextState, stateOf } from './random.ts';

/** Up to so many differences that are not 0 every combination of signs is tried: at most 4,096. */
const exactUpTo = 12;

/**
 * How often chance alone, with no difference between two systems, gives a mean difference at least as far from 0: the two-sided p-value
 * of the paired randomisation test, which exchanges the systems' values at random, question by question (Fisher 1935; for retrieval
 * Smucker et al. 2007). With many questions `(1 + as far) / (1 + resamples)` over random signs, so it is never 0 and, at 10,000, not
 * below 0.0001. 1 when nothing differs.
 */
export function signFlipTest(
	differences: readonly number[],
	{ seed = 1, resamples = 10_000 }: Resampling = {},
): number {
	// Questions without a difference add 0 under either sign.
	const values = Float64Array.from(differences.filter((difference) => difference !== 0));
	if (values.length === 0) return 1;
	const observed = Math.abs(values.reduce((sum, value) => sum + value, 0));
	// Sums in another order may differ in the last bits.
	const limit = observed - 1e-9 * values.reduce((sum, value) => sum + Math.abs(value), 0);
	if (values.length <= exactUpTo) return exactTest(values, limit);
	return (1 + countAsFar(values, { limit, seed, resamples })) / (1 + resamples);
}

function exactTest(values: Float64Array, limit: number): number {
	const combinations = 1 << values.length;
	let asFar = 0;
	for (let signs = 0; signs < combinations; signs++) {
		const sum = values.reduce((total, value, i) => total + ((signs >> i) & 1 ? value : -value), 0);
		if (Math.abs(sum) >= limit) asFar++;
	}
	return asFar / combinations;
}

/** 16 signs are drawn at a time: the high bits, which are the better ones. */
function countAsFar(values: Float64Array, at: { limit: number; seed: number; resamples: number }): number {
	const { limit, resamples } = at;
	const n = values.length;
	let state = stateOf(at.seed);
	let asFar = 0;
	for (let r = 0; r < resamples; r++) {
		let sum = 0;
		for (let from = 0; from < n; from += 16) {
			state = nextState(state);
			let bits = state >>> 16;
			const to = Math.min(n, from + 16);
			for (let i = from; i < to; i++) {
				sum += (1 - 2 * (bits & 1)) * values[i]!;
				bits >>>= 1;
			}
		}
		if (Math.abs(sum) >= limit) asFar++;
	}
	return asFar;
}
