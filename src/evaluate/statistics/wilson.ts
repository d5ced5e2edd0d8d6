import type { Interval } from './bootstrap.ts';
import { normalQuantile } from './distributions.ts';

/**
 * An interval of a rate, `count` of `total`, that stays within 0 to 1 and has a width at 0 % and 100 % too: (p̂ + z²/2n ±
 * z √(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n). Wilson 1927; Brown et al. 2001 recommend it. Null when `total` is 0.
 */
export function wilson(count: number, total: number, confidence = 0.95): Interval | null {
	if (total === 0) return null;
	const z = normalQuantile(1 - (1 - confidence) / 2);
	const rate = count / total;
	const scale = 1 + z ** 2 / total;
	const centre = (rate + z ** 2 / (2 * total)) / scale;
	const half = (z / scale) * Math.sqrt((rate * (1 - rate)) / total + z ** 2 / (4 * total ** 2));
	return { low: count === 0 ? 0 : centre - half, high: count === total ? 1 : centre + half };
}
