import { prices } from '../core/prices.ts';
import type { Approach } from './approaches.ts';
import type { Measurement } from './measurement.ts';
import type { PriorId } from './priors.ts';
import type { Situation } from './situation.ts';

/** Where the money goes. */
export const costKinds = [
	'build',
	'people',
	'labels',
	'training',
	'infrastructure',
	'embedding',
	'tokens',
	'premium',
] as const;

export type CostKind = (typeof costKinds)[number];

/** One kind of cost of one approach, in US dollars. */
export type CostPart = {
	readonly kind: CostKind;
	readonly onceUsd: number;
	readonly monthlyUsd: number;
	readonly perQueryUsd: number;
};

/** A value of each prior: the likely ones, or those of one draw. */
export type PriorValues = Readonly<Record<PriorId, number>>;

type Inputs = { readonly situation: Situation; readonly values: PriorValues; readonly measured: Measurement | null };

export const daysPerMonth = 365 / 12;

const changesPerMonth = {
	never: 0,
	yearly: 1 / 12,
	quarterly: 1 / 3,
	monthly: 1,
	weekly: 52 / 12,
	daily: daysPerMonth,
	hourly: 730,
};

/** Nobody trains more often than every day, however fast the facts change; then the model is simply out of date. */
const mostRetrainings = daysPerMonth;

/** Small models learn classes and fields with this share of the examples and the work that a language model needs. */
const smallModelShare = 0.4;

const tuningSkill = { none: 2, developers: 1, ml: 0.7 };

/** What one approach costs, kind by kind; kinds that do not apply are absent. Every part is at least 0. */
export function costParts(approach: Approach, inputs: Inputs): CostPart[] {
	const parts = [...fixedParts(approach, inputs), ...queryParts(approach, inputs)];
	return parts.filter(({ onceUsd, monthlyUsd, perQueryUsd }) => onceUsd + monthlyUsd + perQueryUsd > 0);
}

/** All parts of an approach added up: money spent is a straight line over the days. */
export type CostLine = { readonly onceUsd: number; readonly dailyUsd: number; readonly perQueryUsd: number };

export function lineOf(parts: readonly CostPart[]): CostLine {
	const sum = (amount: (part: CostPart) => number): number => parts.reduce((total, part) => total + amount(part), 0);
	return {
		onceUsd: sum(({ onceUsd }) => onceUsd),
		dailyUsd: sum(({ monthlyUsd }) => monthlyUsd) / daysPerMonth,
		perQueryUsd: sum(({ perQueryUsd }) => perQueryUsd),
	};
}

/** US dollars spent until the end of a day, day 0 being the start. */
export function totalUsd({ onceUsd, dailyUsd, perQueryUsd }: CostLine, days: number, queriesPerDay: number): number {
	return onceUsd + days * (dailyUsd + perQueryUsd * queriesPerDay);
}

/** Retrainings a month. Facts in weights follow the documents; behaviour drifts slowly. */
export function retrainingsPerMonth(approach: Approach, { situation, values }: Omit<Inputs, 'measured'>): number {
	if (!isTuned(approach)) return 0;
	const isBaked = approach === 'tuned' && situation.problem !== 'behaviour' && situation.problem !== 'none';
	const changes = isBaked ? changesPerMonth[situation.changeRate] : 0;
	return Math.min(mostRetrainings, Math.max(changes, values.driftPerMonth));
}

/** Tokens that one query reads: instructions, examples, passages, question. */
export function promptTokensOf(approach: Approach, situation: Situation, values: PriorValues): number {
	const instructions = situation.promptTokens * (isTuned(approach) ? values.promptKept : 1);
	const shots = approach === 'few-shot' ? values.shotTokens : 0;
	const passages = isRetrieving(approach) ? situation.passages * values.passageTokens : 0;
	return instructions + shots + passages + values.questionTokens;
}

function fixedParts(approach: Approach, inputs: Inputs): CostPart[] {
	const { situation, values } = inputs;
	const parts = [people(approach, inputs)];
	if (isRetrieving(approach)) {
		const tokens = (situation.documents * situation.documentTokens) / 1e6;
		const changed = changesPerMonth[situation.changeRate];
		parts.push(part('build', { onceUsd: values.retrievalBuildUsd }));
		parts.push(part('infrastructure', { monthlyUsd: values.storeMonthlyUsd }));
		parts.push(
			part('embedding', { onceUsd: tokens * values.embeddingUsd, monthlyUsd: tokens * values.embeddingUsd * changed }),
		);
	}
	if (isTuned(approach)) {
		const retrainings = retrainingsPerMonth(approach, inputs);
		const isSmall = isSmallModel(approach, situation);
		const needed = values.examplesNeeded * (isSmall ? smallModelShare : 1);
		const runUsd = isSmall ? 0 : values.runUsd;
		parts.push(part('training', { onceUsd: values.firstRuns * runUsd, monthlyUsd: retrainings * runUsd }));
		parts.push(
			part('labels', {
				onceUsd: Math.max(0, needed - situation.examples) * values.labelUsd,
				monthlyUsd: retrainings * values.relabelShare * needed * values.labelUsd,
			}),
		);
	}
	return parts;
}

function people(approach: Approach, inputs: Inputs): CostPart {
	const { situation, values } = inputs;
	const size = isSmallModel(approach, situation) ? smallModelShare : 1;
	const tuning = isTuned(approach) ? size * tuningSkill[situation.skills] : 0;
	const shots = approach === 'few-shot' ? values.shotHours : 0;
	const retrieval = isRetrieving(approach) ? values.retrievalUpkeepHours : 0;
	const once = values.promptHours + shots + tuning * values.tuningHours;
	const retraining = tuning * retrainingsPerMonth(approach, inputs) * values.retrainHours;
	const monthly = values.promptUpkeepHours + retrieval + retraining;
	return part('people', { onceUsd: once * values.hourUsd, monthlyUsd: monthly * values.hourUsd });
}

/**
 * What queries cost: the list price of their tokens, or one own machine that waits and machine time for each token. A
 * measured cost of an answer replaces the estimate.
 */
function queryParts(approach: Approach, { situation, values, measured }: Inputs): CostPart[] {
	const found = measured?.systems[approach]?.costUsd ?? null;
	if (found !== null) return [part('tokens', { perQueryUsd: found })];
	if (isSmallModel(approach, situation)) return [];
	const input = promptTokensOf(approach, situation, values);
	if (situation.hosting === 'own') {
		const secondsPerMonth = daysPerMonth * 86_400;
		const perToken = values.machineMonthlyUsd / (values.machineTokensPerSecond * secondsPerMonth);
		return [
			part('infrastructure', { monthlyUsd: values.machineMonthlyUsd }),
			part('tokens', { perQueryUsd: (input + situation.answerTokens) * perToken }),
		];
	}
	const price = prices.find(({ model }) => model === situation.model) as (typeof prices)[number];
	const perQueryUsd = (input * price.input + situation.answerTokens * price.output) / 1e6;
	const premium = isTuned(approach) ? perQueryUsd * Math.max(0, values.tunedPremium - 1) : 0;
	return [part('tokens', { perQueryUsd }), part('premium', { perQueryUsd: premium })];
}

/** Classes and fields alone: a small model in this process answers, no language model is called, a run takes seconds. */
function isSmallModel(approach: Approach, { task }: Situation): boolean {
	return approach === 'tuned' && (task === 'classification' || task === 'extraction');
}

function part(kind: CostKind, amounts: Partial<Omit<CostPart, 'kind'>>): CostPart {
	return { kind, onceUsd: 0, monthlyUsd: 0, perQueryUsd: 0, ...amounts };
}

export function isRetrieving(approach: Approach): boolean {
	return approach === 'rag' || approach === 'rag+tuned';
}

export function isTuned(approach: Approach): boolean {
	return approach === 'tuned' || approach === 'rag+tuned';
}
