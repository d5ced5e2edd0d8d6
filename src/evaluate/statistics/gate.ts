import { mean } from '../metrics/mean.ts';
import { bootstrapInterval, type Interval, type IntervalOptions } from './bootstrap.ts';
import { signFlipTest } from './sign-flip.ts';

/** Candidate − current, a value for each question. */
export type GateOptions = IntervalOptions & {
	/** How much worse the guard set may be, in units of its metric, 0 or more. */
	readonly margin: number;
	/** Fewer questions than this decide nothing; 10 when absent. */
	readonly leastQuestions?: number;
};

export type GateReason = {
	readonly rule: 'target-better' | 'guard-not-worse';
	readonly isMet: boolean;
	/**
	 * What decided. `too-few-questions`: no interval was looked at; `test`: the interval lies above 0, but so few questions differ
	 * that chance could do it.
	 */
	readonly because: 'interval' | 'test' | 'too-few-questions';
	readonly questions: number;
	readonly difference: number | null;
	readonly interval: Interval | null;
	/** Of the sign-flip test, two-sided; told for the target only. */
	readonly p: number | null;
	/** What the interval's lower end has to be above (target: 0) or not below (guard: −margin). */
	readonly bound: number;
};

export type GateVerdict = { readonly passes: boolean; readonly reasons: readonly GateReason[] };

/**
 * The promotion rule: better on the target questions (the interval of the mean paired difference lies above 0, and the sign-flip test,
 * which is right also where few questions differ, agrees) *and* not worse on the guard questions (its lower end is not below −margin: a
 * test of non-inferiority). Absence of evidence does not pass: a set that is too small fails its rule.
 */
export function gate(target: readonly number[], guard: readonly number[], options: GateOptions): GateVerdict {
	const reasons = [judgeTarget(target, options), judgeGuard(guard, options)];
	return { passes: reasons.every(({ isMet }) => isMet), reasons };
}

function judgeTarget(differences: readonly number[], options: GateOptions): GateReason {
	const facts = measure(differences, options);
	const isAbove = facts.interval !== null && facts.interval.low > 0;
	const p = signFlipTest(differences, options);
	const isProven = p <= 1 - (options.confidence ?? 0.95) + 1e-9;
	const because = isAbove && !isProven ? 'test' : facts.because;
	return { rule: 'target-better', isMet: isAbove && isProven, ...facts, because, p, bound: 0 };
}

function judgeGuard(differences: readonly number[], options: GateOptions): GateReason {
	const facts = measure(differences, options);
	const bound = 0 - options.margin;
	const isMet = facts.interval !== null && facts.interval.low >= bound;
	return { rule: 'guard-not-worse', isMet, ...facts, p: null, bound };
}

function measure(
	differences: readonly number[],
	options: GateOptions,
): Pick<GateReason, 'because' | 'questions' | 'difference' | 'interval'> {
	const isEnough = differences.length >= (options.leastQuestions ?? 10);
	const interval = isEnough ? bootstrapInterval(differences, options) : null;
	return {
		because: interval === null ? 'too-few-questions' : 'interval',
		questions: differences.length,
		difference: mean(differences),
		interval,
	};
}
