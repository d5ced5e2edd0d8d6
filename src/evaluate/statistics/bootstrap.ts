import { mean } from '../metrics/mean.ts';
import { sortedQuantile } from '../metrics/quantile.ts';
import { normalProbability, studentQuantile } from './distributions.ts';
import { nextState, stateOf } from './random.ts';

/** From low to high, where the true value is expected. */
export type Interval = { readonly low: number; readonly high: number };

export type Resampling = {
	/** The same seed and values give the same numbers; 1 when absent. */
	readonly seed?: number;
	/** How often the questions are drawn anew; 10,000 when absent. */
	readonly resamples?: number;
};

export type IntervalOptions = Resampling & {
	/** How often such an interval holds the true value, 0 to 1; 0.95 when absent. */
	readonly confidence?: number;
};

/**
 * A bootstrap interval of the mean: quantiles of the means of samples drawn with replacement, of as many values. For a paired
 * difference hand in each question's difference. The quantiles lie a little further out than the confidence says, α/2 →
 * Φ(√(n/(n−1)) · t(α/2; n−1)), which makes up for small samples (the expanded percentile interval, Hesterberg 2015, §4.3). Null for
 * fewer than two values; where all are equal both ends are that value. Measured coverage: docs/decisions/0012.
 */
export function bootstrapInterval(values: readonly number[], options: IntervalOptions = {}): Interval | null {
	const { confidence = 0.95, seed = 1, resamples = 10_000 } = options;
	const n = values.length;
	if (n < 2) return null;
	if (values.every((value) => value === values[0])) return { low: values[0]!, high: values[0]! };
	const means = resampledMeans(Float64Array.from(values), resamples, seed).sort();
	const tail = normalProbability(Math.sqrt(n / (n - 1)) * studentQuantile((1 - confidence) / 2, n - 1));
	return { low: sortedQuantile(means, tail), high: sortedQuantile(means, 1 - tail) };
}

/** Means of the known values with their interval. */
export function meanWithInterval(
	values: readonly (number | null)[],
	options?: IntervalOptions,
): { readonly mean: number | null; readonly interval: Interval | null; readonly count: number } {
	const known = values.filter((value) => value !== null);
	return { mean: mean(known), interval: bootstrapInterval(known, options), count: known.length };
}

/** The one hot loop: `resamples` × n draws, about 3 ns each. */
function resampledMeans(values: Float64Array, resamples: number, seed: number): Float64Array {
	const n = values.length;
	const scale = n / 2 ** 32;
	const means = new Float64Array(resamples);
	let state = stateOf(seed);
	for (let r = 0; r < resamples; r++) {
		let sum = 0;
		for (let i = 0; i < n; i++) {
			state = nextState(state);
			sum += values[((state >>> 0) * scale) | 0]!;
		}
		means[r] = sum / n;
	}
	return means;
}
