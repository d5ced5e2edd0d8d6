import { mean } from '../metrics/mean.ts';
import { bootstrapInterval, type Interval, type Resampling } from './bootstrap.ts';
import { holm } from './correction.ts';
import { minimumDetectable } from './minimum-detectable.ts';
import { signFlipTest } from './sign-flip.ts';

/** One metric's value for each question, in the same order for every system; null where it has nothing to measure. */
export type Scores = readonly (number | null)[];

/** `a` − `b` over the questions that both have a value for. */
export type Comparison = {
	readonly a: string;
	readonly b: string;
	readonly questions: number;
	/** Of these, the questions on which they differ: below ten the interval is too narrow, while `p` stays right. */
	readonly differing: number;
	/** Means of both over these questions; null without questions. */
	readonly meanA: number | null;
	readonly meanB: number | null;
	readonly difference: number | null;
	/** 95 %, of this comparison by itself; null for fewer than two questions. */
	readonly interval: Interval | null;
	/** Two-sided, by `signFlipTest`. */
	readonly p: number;
	/** `p` corrected for all comparisons made together. */
	readonly pAdjusted: number;
	/** The smallest true difference that this many questions would show (power 80 %, α 5 %); null when all differ by as much. */
	readonly minimumDetectable: number | null;
};

export type CompareOptions = Resampling & {
	/** How `pAdjusted` is made; `holm` when absent. */
	readonly correction?: (pValues: readonly number[]) => number[];
};

/** Every pair of systems on one metric, in the order of the systems. */
export function compareSystems(systems: ReadonlyMap<string, Scores>, options: CompareOptions = {}): Comparison[] {
	const named = [...systems];
	const pairs = named.flatMap(([a, ofA], i) =>
		named.slice(i + 1).map(([b, ofB]) => comparePair({ name: a, scores: ofA }, { name: b, scores: ofB }, options)),
	);
	return corrected(pairs, options.correction ?? holm);
}

/** Puts `pAdjusted` into comparisons that are reported together. */
export function corrected<T extends Comparison>(
	comparisons: readonly T[],
	correction: (pValues: readonly number[]) => number[],
): T[] {
	const pValues = correction(comparisons.map(({ p }) => p));
	return comparisons.map((comparison, i) => ({ ...comparison, pAdjusted: pValues[i]! }));
}

/** The differences of the questions that both have a value for. */
export function pairedDifferences(a: Scores, b: Scores): number[] {
	return paired(a, b).map(([ofA, ofB]) => ofA - ofB);
}

type Named = { readonly name: string; readonly scores: Scores };

function comparePair(a: Named, b: Named, options: Resampling): Comparison {
	const both = paired(a.scores, b.scores);
	const differences = both.map(([ofA, ofB]) => ofA - ofB);
	const p = signFlipTest(differences, options);
	return {
		a: a.name,
		b: b.name,
		questions: both.length,
		differing: differences.filter((difference) => difference !== 0).length,
		meanA: mean(both.map(([ofA]) => ofA)),
		meanB: mean(both.map(([, ofB]) => ofB)),
		difference: mean(differences),
		interval: bootstrapInterval(differences, options),
		p,
		pAdjusted: p,
		minimumDetectable: minimumDetectable(differences),
	};
}

function paired(a: Scores, b: Scores): (readonly [number, number])[] {
	return a.flatMap((ofA, i) => {
		const ofB = b[i] ?? null;
		return ofA === null || ofB === null ? [] : [[ofA, ofB] as const];
	});
}
