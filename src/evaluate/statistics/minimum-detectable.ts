import { normalQuantile } from './distributions.ts';

export type Power = {
	/** Chance of finding a difference that is there; 0.8 when absent. */
	readonly power?: number;
	/** Chance of finding one that is not there, two-sided; 0.05 when absent. */
	readonly alpha?: number;
};

/**
 * The smallest true mean difference that this many questions would show: (z(1 − α/2) + z(power)) · s / √n, s the standard deviation of
 * the paired differences (Cohen 1988, §2.4; for language systems Card et al. 2020). What was measured smaller than this is no proof of
 * equality. Null for fewer than two questions, and where all differences are equal: from no spread nothing can be foretold.
 */
export function minimumDetectable(differences: readonly number[], options?: Power): number | null {
	const n = differences.length;
	if (n < 2 || differences.every((difference) => difference === differences[0])) return null;
	return factor(options) * (deviation(differences) / Math.sqrt(n));
}

/** The questions it takes to show a true mean difference of `difference` (not 0), as in `minimumDetectable`, at least 2. */
export function questionsNeeded(differences: readonly number[], difference: number, options?: Power): number | null {
	if (differences.length < 2) return null;
	return Math.max(2, Math.ceil(((factor(options) * deviation(differences)) / difference) ** 2));
}

function factor({ power = 0.8, alpha = 0.05 }: Power = {}): number {
	return normalQuantile(1 - alpha / 2) + normalQuantile(power);
}

function deviation(values: readonly number[]): number {
	const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
	return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
