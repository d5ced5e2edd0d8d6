import { type Approach, approachOf } from './approaches.ts';
import { type BreakEven, breakEvensOf } from './break-even.ts';
import { compare, type Comparison } from './comparison.ts';
import { confidenceOf } from './confidence.ts';
import { type Costs, summariseCosts } from './cost-summary.ts';
import { daysPerMonth } from './costs.ts';
import { decide, type Reason, reasonsOf } from './decide.ts';
import { decisiveFields, type Flip, flipsOf } from './flips.ts';
import type { Measurement } from './measurement.ts';
import { type Mistake, mistakesOf } from './mistakes.ts';
import { type Experiment, nextExperimentOf, type PlanStep, planOf } from './plan.ts';
import { type ProblemRow, problemTable } from './problems.ts';
import { type Contradiction, contradictions } from './published.ts';
import type { Verdict } from './rules.ts';
import type { Field, Situation } from './situation.ts';
import { drawCosts } from './uncertainty.ts';

/** What this team should do, why, what it costs, and what would change it. `--json` prints it; keys are added, never changed. */
export type Advice = {
	readonly verdict: Verdict;
	/** The system of `knowhow evaluate` that the verdict means. */
	readonly approach: Approach;
	/** 0 to 1, see `confidenceOf`. */
	readonly confidence: number;
	readonly reasons: readonly Reason[];
	readonly flips: readonly Flip[];
	readonly costs: Costs;
	readonly breakEven: readonly BreakEven[];
	readonly mistakes: readonly Mistake[];
	readonly plan: readonly PlanStep[];
	readonly nextExperiment: Experiment;
	readonly problems: readonly ProblemRow[];
	readonly comparison: Comparison;
	/** Where published numbers disagree with each other. */
	readonly contradictions: readonly Contradiction[];
	/** The rules on the way to the verdict. */
	readonly path: readonly { readonly rule: string; readonly answer: 'yes' | 'no' }[];
	readonly situation: Situation;
	/** Inputs that could decide and that nobody told: their defaults were taken. */
	readonly assumed: readonly Field[];
};

export type AdviseOptions = {
	/** The fields that somebody told; the others hold defaults. */
	readonly told: ReadonlySet<Field>;
	/** What `knowhow evaluate` measured; null without a report. */
	readonly measured: Measurement | null;
	/** Of the draws behind the bands and the confidence. */
	readonly seed?: number;
};

/** Decides by rules, costs by arithmetic over priors. Computes only: no file, no network, no clock; the same seed gives the same advice. */
export function advise(given: Situation, { told, measured, seed = 1 }: AdviseOptions): Advice {
	const seen = measured?.observed ?? {};
	const news = Object.entries(seen).filter(([field]) => !told.has(field as Field));
	const situation: Situation = { ...given, ...Object.fromEntries(news) };
	const isTold = (field: Field): boolean => told.has(field) || field in seen;
	const decision = decide(situation);
	const { verdict, path } = decision;
	const costings = drawCosts(situation, measured, seed);
	const costs = summariseCosts(situation, costings);
	return {
		verdict,
		approach: approachOf[verdict],
		confidence: confidenceOf(decision, situation, isTold, seed),
		reasons: reasonsOf(decision, situation),
		flips: flipsOf(situation),
		costs,
		breakEven: breakEvensOf(costings, situation.queriesPerDay, situation.horizonMonths * daysPerMonth),
		mistakes: mistakesOf(situation, verdict),
		plan: planOf(situation, verdict),
		nextExperiment: nextExperimentOf(situation, verdict),
		problems: problemTable(situation),
		comparison: compare(costs.approaches, measured),
		contradictions: contradictions(),
		path: path.map(({ rule, answer }) => ({ rule: rule.id, answer })),
		situation,
		assumed: decisiveFields.filter((field) => !isTold(field)),
	};
}
