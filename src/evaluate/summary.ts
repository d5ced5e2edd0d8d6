import { oldPriceDays, priceAgeDays, priceOf } from '../core/prices.ts';
import { auroc } from './metrics/auroc.ts';
import { type Spending, spending } from './metrics/cost.ts';
import { type Latency, latency } from './metrics/latency.ts';
import { type RefusalScore, refusalScore } from './metrics/refusal.ts';
import type { GoldQuestion } from './questions.ts';
import type { EvaluatedRow } from './row.ts';
import type { EvaluatedSystem } from './run.ts';
import { type RowMetric, rowMetrics, type RowScores } from './score.ts';
import { type Interval, meanWithInterval } from './statistics/bootstrap.ts';

/** Of an answer, in the order in which they run. */
export const stages = ['route', 'search', 'answer', 'total'] as const;

/** A row with what was measured of it and the question it answers. */
export type ScoredRow = EvaluatedRow & { readonly scores: RowScores; readonly gold: GoldQuestion };

export type MetricSummary = {
	readonly mean: number | null;
	/** 95 %; null for fewer than two values. */
	readonly interval: Interval | null;
	/** Rows that it could be measured on. */
	readonly count: number;
};

/** A price that costs were counted with. */
export type UsedPrice = {
	readonly model: string;
	/** US dollars for a million tokens; null: not known. */
	readonly input: number | null;
	readonly output: number | null;
	readonly source: string | null;
	/** The day on which the source was read. */
	readonly checked: string | null;
	readonly ageDays: number | null;
	/** Read more than 90 days ago. */
	readonly isOld: boolean;
};

export type SystemSummary = {
	readonly name: string;
	/** `name@version` */
	readonly system: string;
	readonly models: readonly string[];
	readonly rows: {
		readonly answered: number;
		readonly abstained: number;
		readonly failed: number;
		/** Of the answered ones, those taken from an earlier run. */
		readonly cached: number;
		/** Not asked because of the cap. */
		readonly missing: number;
	};
	readonly metrics: Readonly<Record<RowMetric, MetricSummary>>;
	readonly refusal: RefusalScore;
	/** How well the system's probability tells answerable from unanswerable questions; null without both, or without one. */
	readonly auroc: number | null;
	/** By stage, one of `stages`. */
	readonly latency: Readonly<Record<string, Latency>>;
	/** Of all answers, those taken from an earlier run included. */
	readonly spending: Spending;
	readonly prices: readonly UsedPrice[];
};

export type SummaryOptions = {
	readonly missing: number;
	/** Milliseconds since the epoch: how old prices are. */
	readonly at: number;
	readonly seed: number;
};

/** Everything that is known of one system, from its rows. */
export function summarise(
	{ system: { name, version }, models }: EvaluatedSystem,
	rows: readonly ScoredRow[],
	{ missing, at, seed }: SummaryOptions,
): SystemSummary {
	const answered = rows.flatMap(({ answered, gold, isCached }) =>
		answered === null ? [] : [{ ...answered, gold, isCached }],
	);
	const judged = answered.flatMap(({ gold, abstained, confidence }) =>
		gold.answerable === null ? [] : [{ isAnswerable: gold.answerable, abstained, confidence }],
	);
	const scored = judged.flatMap(({ isAnswerable, confidence }) =>
		confidence === null ? [] : [{ isPositive: isAnswerable, score: confidence }],
	);
	return {
		name,
		system: name.includes('@') ? name : `${name}@${version}`,
		models,
		rows: {
			answered: answered.length,
			abstained: answered.filter(({ abstained }) => abstained).length,
			failed: rows.length - answered.length,
			cached: answered.filter(({ isCached }) => isCached).length,
			missing,
		},
		metrics: metricsOf(rows, seed),
		refusal: refusalScore(judged),
		auroc: auroc(scored),
		latency: latency(answered.map(({ stages }) => stages)),
		spending: spending(answered),
		prices: models.map((model) => usedPrice(model, at)),
	};
}

function metricsOf(rows: readonly ScoredRow[], seed: number): Record<RowMetric, MetricSummary> {
	const names = Object.keys(rowMetrics) as RowMetric[];
	const entries = names.map((name) => [
		name,
		meanWithInterval(
			rows.map(({ scores }) => scores[name]),
			{ seed },
		),
	]);
	return Object.fromEntries(entries) as Record<RowMetric, MetricSummary>;
}

function usedPrice(model: string, at: number): UsedPrice {
	const price = priceOf(model);
	if (price === null) {
		return { model, input: null, output: null, source: null, checked: null, ageDays: null, isOld: false };
	}
	const { input, output, source, checked } = price;
	const ageDays = priceAgeDays(price, at);
	return { model, input, output, source, checked, ageDays, isOld: ageDays > oldPriceDays };
}
