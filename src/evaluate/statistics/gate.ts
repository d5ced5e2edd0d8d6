import { mean } from '../metrics/mean.ts';
import { bootstrapInterval, type Interval, type IntervalOptions } from './bootstrap.ts';

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
	/** `too-few-questions`: no interval was looked at. */
	readonly because: 'interval' | 'too-few-questions';
	readonly questions: number;
	readonly difference: number | null;
	readonly interval: Interval | null;
	/** What the interval's lower end has to be above (target: 0) or not below (guard: −margin). */
	readonly bound: number;
};

export type GateVerdict = { readonly passes: boolean; readonly reasons: readonly GateReason[] };

/**
 * The promotion rule: better on the target questions (the interval of the mean paired difference lies above 0) *and* not worse on the
 * guard questions (its lower end is not below −margin: a test of non-inferiority). Absence of evidence does not pass: a set that is
 * too small fails its rule.
 */
export function gate(target: readonly number[], guard: readonly number[], options: GateOptions): GateVerdict {
	const reasons = [
		judge('target-better', target, { ...options, bound: 0 }),
		judge('guard-not-worse', guard, { ...options, bound: 0 - options.margin }),
	];
	return { passes: reasons.every(({ isMet }) => isMet), reasons };
}

function judge(
	rule: GateReason['rule'],
	differences: readonly number[],
	options: GateOptions & { readonly bound: number },
): GateReason {
	const { bound, leastQuestions = 10 } = options;
	const isEnough = differences.length >= leastQuestions;
	const interval = isEnough ? bootstrapInterval(differences, options) : null;
	const isMet = interval !== null && (rule === 'target-better' ? interval.low > bound : interval.low >= bound);
	return {
		rule,
		isMet,
		because: interval === null ? 'too-few-questions' : 'interval',
		questions: differences.length,
		difference: mean(differences),
		interval,
		bound,
	};
}
