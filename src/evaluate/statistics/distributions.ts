/** The standard normal distribution function, to 1e-7 (Abramowitz & Stegun 1964, 26.2.17). */
export function normalProbability(z: number): number {
	const t = 1 / (1 + 0.2316419 * Math.abs(z));
	const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
	const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
	return z > 0 ? 1 - tail : tail;
}

/** The z that a standard normal stays below with probability `p` (0 to 1, both excluded): Newton's method, to 1e-6. */
export function normalQuantile(p: number): number {
	let z = 0;
	for (let step = 0; step < 60; step++) {
		const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
		const change = (normalProbability(z) - p) / density;
		z -= Math.max(-1, Math.min(1, change));
		if (Math.abs(change) < 1e-9) break;
	}
	return z;
}

/** As `normalQuantile` for Student's t: a series in 1 / degrees (Abramowitz & Stegun 1964, 26.7.5), to .01 from 5 degrees on. */
export function studentQuantile(p: number, degrees: number): number {
	const z = normalQuantile(p);
	const first = (z ** 3 + z) / 4;
	const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
	const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
	return z + first / degrees + second / degrees ** 2 + third / degrees ** 3;
}
