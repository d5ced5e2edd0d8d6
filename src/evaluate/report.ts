import type { GoldQuestion } from './questions.ts';
import type { Answered, EvaluatedRow } from './row.ts';
import type { EvaluatedSystem, Run } from './run.ts';
import { type RowMetric, type RowScores, scoreRow } from './score.ts';
import { type Comparison, compareSystems, type Scores } from './statistics/compare.ts';
import { disagreements } from './statistics/disagreements.ts';
import { scoresByClass } from './statistics/per-class.ts';
import { type MetricSummary, type ScoredRow, summarise, type SystemSummary } from './summary.ts';

/** Questions of one class, by system. */
export type ClassReport = {
	readonly class: string;
	readonly questions: number;
	readonly systems: Readonly<Record<string, Omit<MetricSummary, 'count'>>>;
};

/** One row as a report shows it. */
export type ReportedRow = Pick<EvaluatedRow, 'question' | 'system' | 'error' | 'isCached'> & {
	readonly class: string | null;
	readonly scores: RowScores;
	/** Null when it failed. */
	readonly answer: string | null;
	readonly abstained: boolean | null;
	readonly confidence: number | null;
	/** What was quoted, and where it stands. */
	readonly citations: readonly { readonly quote: string; readonly source: string }[];
	readonly route: Answered['route'];
	readonly costUsd: number | null;
	readonly tookMs: number | null;
};

export type DisagreementReport = {
	readonly question: string;
	readonly asked: string;
	readonly class: string | null;
	/** The right answer, its parts on a line each; null when there is none. */
	readonly gold: string | null;
	readonly best: string;
	readonly worst: string;
};

/** Systems side by side on the same questions. */
export type Report = {
	readonly dataset: string;
	/** When it was made, milliseconds since the epoch. */
	readonly at: number;
	readonly questions: number;
	readonly seed: number;
	/** What systems are compared by. */
	readonly metric: RowMetric;
	readonly systems: readonly SystemSummary[];
	/** Every pair, on `metric`; p-values corrected after Holm. */
	readonly comparisons: readonly Comparison[];
	/** `metric` within each class; empty when the questions have none. */
	readonly classes: readonly ClassReport[];
	/** The questions whose values of `metric` lie furthest apart, at most 20. */
	readonly disagreements: readonly DisagreementReport[];
	/** What the cap kept from being asked, by system. */
	readonly missing: Readonly<Record<string, number>>;
	/** US dollars for new answers of this run, as far as they are known. */
	readonly spentUsd: number;
	/** New answers whose cost is not known. */
	readonly unknownCosts: number;
	/** Some price was read more than 90 days ago. */
	readonly hasOldPrices: boolean;
	readonly rows: readonly ReportedRow[];
};

export type ReportOptions = {
	readonly dataset: string;
	/** Milliseconds since the epoch. */
	readonly at: number;
	/** Of the resampling; 1 when absent. */
	readonly seed?: number;
	/** `correct` when absent. */
	readonly metric?: RowMetric;
};

/** Measures a run and compares its systems. */
export async function report(
	run: Run,
	questions: readonly GoldQuestion[],
	systems: readonly EvaluatedSystem[],
	{ dataset, at, seed = 1, metric = 'correct' }: ReportOptions,
): Promise<Report> {
	const rows = await scored(run.rows, questions);
	const bySystem = Map.groupBy(rows, ({ system }) => system);
	const values = new Map(
		systems.map(({ system: { name } }) => [name, valuesOf(bySystem.get(name) ?? [], questions, metric)]),
	);
	const summaries = systems.map((evaluated) => {
		const { name } = evaluated.system;
		return summarise(evaluated, bySystem.get(name) ?? [], { missing: run.missing[name] ?? 0, at, seed });
	});
	return {
		dataset,
		at,
		questions: questions.length,
		seed,
		metric,
		systems: summaries,
		comparisons: compareSystems(values, { seed }),
		classes: classesOf(questions, values, seed),
		disagreements: disagreements(values).map(({ row, best, worst }) => toDisagreement(questions[row]!, best, worst)),
		missing: run.missing,
		spentUsd: run.spentUsd,
		unknownCosts: run.unknownCosts,
		hasOldPrices: summaries.some(({ prices }) => prices.some(({ isOld }) => isOld)),
		rows: rows.map(toReported),
	};
}

async function scored(rows: readonly EvaluatedRow[], questions: readonly GoldQuestion[]): Promise<ScoredRow[]> {
	const byId = new Map(questions.map((question) => [question.id, question]));
	const found: ScoredRow[] = [];
	for (const row of rows) {
		const gold = byId.get(row.question)!;
		found.push({ ...row, gold, scores: await scoreRow(row, gold) });
	}
	return found;
}

/** One value for each question; null where it has none or was not asked. */
function valuesOf(rows: readonly ScoredRow[], questions: readonly GoldQuestion[], metric: RowMetric): Scores {
	const byQuestion = new Map(rows.map(({ question, scores }) => [question, scores[metric]]));
	return questions.map(({ id }) => byQuestion.get(id) ?? null);
}

function classesOf(
	questions: readonly GoldQuestion[],
	values: ReadonlyMap<string, Scores>,
	seed: number,
): ClassReport[] {
	if (questions.every((question) => question.class === null)) return [];
	const names = questions.map((question) => question.class ?? 'no class');
	return scoresByClass(names, values, { seed }).map((found) => ({
		...found,
		systems: Object.fromEntries(found.systems),
	}));
}

function toDisagreement(question: GoldQuestion, best: string, worst: string): DisagreementReport {
	const gold = question.answers[0]?.join('\n') ?? null;
	return { question: question.id, asked: question.question, class: question.class, gold, best, worst };
}

function toReported({ question, system, error, isCached, answered, scores, gold }: ScoredRow): ReportedRow {
	return {
		question,
		system,
		class: gold.class,
		scores,
		answer: answered?.answer ?? null,
		abstained: answered?.abstained ?? null,
		confidence: answered?.confidence ?? null,
		citations: answered?.citations.map(({ quote, source }) => ({ quote, source })) ?? [],
		route: answered?.route ?? null,
		costUsd: answered?.costUsd ?? null,
		tookMs: answered?.stages['total'] ?? null,
		error,
		isCached,
	};
}
