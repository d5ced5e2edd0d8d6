import { fuse } from '../search/fuse.ts';
import type { Candidate } from '../search/memory-index.ts';

/** A query whose answer is known, with what both legs found for it. */
export type FusionQuery = {
	readonly candidates: readonly Candidate[];
	/** Along `candidates`: what each counts as in the ranking. Chunks of one document may count as one. */
	readonly units: readonly string[];
	/** Grades by unit; those that are not listed are not relevant. */
	readonly judgements: ReadonlyMap<string, number>;
};

type Scored = { readonly id: string; readonly score: number };
type Interval = { readonly low: number; readonly high: number };

export type FusionOptions = {
	/** The weight in use, 0 to 1: what is learned has to beat it, and with few queries stays near it. */
	readonly current: number;
	/** The metric of a ranking, larger is better: nDCG@10 as a rule. Gets units with their scores, in no order. */
	readonly score: (scored: readonly Scored[], judgements: ReadonlyMap<string, number>) => number;
	/** The interval of the mean of paired differences; null when they are too few. */
	readonly interval: (differences: readonly number[]) => Interval | null;
};

/** Weights 0, 0.02 … 1. */
const steps = 50;
/** A binomial kernel: a ranking's metric jumps where two candidates change places; the mean of neighbours does not. */
const kernel = [1, 4, 6, 4, 1];
/** How many queries it takes to go half of the way from the current weight to the best one (docs/log.md has what others did). */
const halfway = 50;
const folds = 5;
/** With fewer queries nothing is learned. */
export const leastQueries = 10;

export type FusionReport = {
	/** Learned on all queries. */
	readonly weight: number;
	readonly current: number;
	readonly queries: number;
	/** Means of the metric over held-out queries, with the current weight and with those learned without them. */
	readonly before: number;
	readonly after: number;
	readonly difference: number;
	/** Of the mean difference, 95 %; null when there are too few queries. */
	readonly interval: Interval | null;
	/** Whether the interval lies above 0. */
	readonly isBetter: boolean;
	/** Mean of the metric over all queries at each weight, not smoothed. */
	readonly curve: readonly { readonly weight: number; readonly score: number }[];
};

/**
 * Learns the share of the vector leg in weighted fusion. The metric of each query is computed at 51 weights; the best weight is where its
 * smoothed mean is largest, and the learned one lies between it and the current one: current + n / (n + 50) · (best − current) with n
 * queries. So ten queries go a sixth of the way at most, whatever they say, and five hundred nearly all of it. Whether it helps is
 * measured by 5-fold cross-validation. Nothing is random. Needs at least one query.
 */
export function learnFusion(queries: readonly FusionQuery[], options: FusionOptions): FusionReport {
	const scores = queries.map((query) => scoresByWeight(query, options.score));
	const at = Math.round(options.current * steps);
	const differences = scores.map((ofQuery, i) => {
		const others = scores.filter((_, j) => j % folds !== i % folds);
		return ofQuery[learn(others, at)]! - ofQuery[at]!;
	});
	const before = mean(scores.map((ofQuery) => ofQuery[at]!));
	const difference = mean(differences);
	const interval = options.interval(differences);
	return {
		weight: learn(scores, at) / steps,
		current: options.current,
		queries: queries.length,
		before,
		after: before + difference,
		difference,
		interval,
		isBetter: queries.length >= leastQueries && interval !== null && interval.low > 0,
		curve: meanCurve(scores).map((score, step) => ({ weight: step / steps, score })),
	};
}

/** The metric of one query at every weight. */
function scoresByWeight({ candidates, units, judgements }: FusionQuery, score: FusionOptions['score']): number[] {
	return Array.from({ length: steps + 1 }, (_, step) => {
		const fused = fuse(candidates, 'weighted', step / steps);
		return score(
			fused.map((value, i) => ({ id: units[i]!, score: value })),
			judgements,
		);
	});
}

/** The step of the learned weight, given that of the current one. Of equally good ones the nearest to it is the best. */
function learn(scores: readonly (readonly number[])[], current: number): number {
	const curve = smooth(meanCurve(scores));
	const best = curve.reduce((found, value, step) => {
		const gain = value - curve[found]!;
		const isNearer = Math.abs(step - current) < Math.abs(found - current);
		return gain > 1e-12 || (gain > -1e-12 && isNearer) ? step : found;
	}, 0);
	return Math.round(current + (scores.length / (scores.length + halfway)) * (best - current));
}

function meanCurve(scores: readonly (readonly number[])[]): number[] {
	return Array.from({ length: steps + 1 }, (_, step) => mean(scores.map((ofQuery) => ofQuery[step]!)));
}

/** A metric by weight (0 to 1, even steps) without its jumps. */
export function smooth(curve: readonly number[]): number[] {
	const reach = (kernel.length - 1) / 2;
	return curve.map((_, step) => {
		let sum = 0;
		let weight = 0;
		for (let offset = -reach; offset <= reach; offset++) {
			const value = curve[step + offset];
			if (value === undefined) continue;
			sum += kernel[offset + reach]! * value;
			weight += kernel[offset + reach]!;
		}
		return sum / weight;
	});
}

function mean(values: readonly number[]): number {
	return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
