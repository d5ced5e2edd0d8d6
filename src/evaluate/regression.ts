import { KnowhowError } from '../core/error.ts';
import type { Report } from './report.ts';
import { bootstrapInterval, type Interval } from './statistics/bootstrap.ts';
import { pairedDifferences, type Scores } from './statistics/compare.ts';
import { signFlipTest } from './statistics/sign-flip.ts';
import { mean } from './metrics/mean.ts';
import type { RowMetric, RowScores } from './score.ts';

/** One metric's value of one system for each question. */
export type Baseline = { readonly name: string; readonly scores: ReadonlyMap<string, number | null> };

export type Regression = {
	readonly system: string;
	readonly baseline: string;
	readonly metric: RowMetric;
	/** Questions that both have a value for. */
	readonly questions: number;
	/** System − baseline. */
	readonly difference: number | null;
	/** 95 %; null for fewer than two questions. */
	readonly interval: Interval | null;
	/** Two-sided, by `signFlipTest`. */
	readonly p: number;
	/** The whole interval lies below 0 and p is at most .05, which takes at least six questions: worse, and not by chance. */
	readonly isRegression: boolean;
};

/** What a report, also a stored one, says of each row. */
type Scored = {
	readonly systems: readonly { readonly name: string }[];
	readonly rows: readonly { readonly question: string; readonly system: string; readonly scores: RowScores }[];
};

/** The scores of a system in a report; of its only system, whatever the name, when it has one. Throws `not_found`. */
export function baselineOf({ systems, rows }: Scored, wanted: string, metric: RowMetric): Baseline {
	const name = systems.length === 1 ? systems[0]!.name : wanted;
	if (systems.every((system) => system.name !== name)) {
		throw new KnowhowError('not_found', `The report to hold "${wanted}" against has no system of that name.`, {
			hint: `It has: ${systems.map((system) => system.name).join(', ')}. Evaluate these, or keep a report that has it.`,
		});
	}
	const own = rows.filter(({ system }) => system === name);
	return { name, scores: new Map(own.map(({ question, scores }) => [question, scores[metric]])) };
}

/**
 * Whether a system is worse than a baseline on the questions that both answered. Too few questions are no regression, and no proof
 * that there is none: look at the interval. Throws `invalid_data` when they share no question.
 */
export function findRegression(report: Report, system: string, baseline: Baseline): Regression {
	const rows = report.rows.filter((row) => row.system === system);
	const own: Scores = rows.map(({ scores }) => scores[report.metric]);
	const differences = pairedDifferences(
		own,
		rows.map(({ question }) => baseline.scores.get(question) ?? null),
	);
	if (differences.length === 0) throw noSharedQuestion(system, baseline);
	const { seed } = report;
	const interval = bootstrapInterval(differences, { seed });
	const p = signFlipTest(differences, { seed });
	return {
		system,
		baseline: baseline.name,
		metric: report.metric,
		questions: differences.length,
		difference: mean(differences),
		interval,
		p,
		isRegression: interval !== null && interval.high < 0 && p <= 0.05,
	};
}

export function noSharedQuestion(system: string, baseline: Baseline): KnowhowError {
	return new KnowhowError('invalid_data', `"${system}" and the baseline "${baseline.name}" share no question.`);
}
