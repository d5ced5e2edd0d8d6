import { sortedQuantile } from '../evaluate/metrics/quantile.ts';
import { type Approach, eachApproach } from './approaches.ts';
import { type CostLine, type CostPart, daysPerMonth, totalUsd } from './costs.ts';
import { type Curves, curvesByDay, curvesByVolume } from './curves.ts';
import { type Band, type Prior, type PriorId, priorIds, priors } from './priors.ts';
import type { Situation } from './situation.ts';
import type { Costings } from './uncertainty.ts';

/** What one approach costs, with bands that hold nine draws in ten. */
export type ApproachCost = {
	readonly onceUsd: Band;
	/** Running costs of a month at the user's volume, queries included. */
	readonly monthlyUsd: Band;
	readonly perQueryUsd: Band;
	/** All of it at the end of the horizon. */
	readonly totalUsd: Band;
	/** The likely costs, kind by kind. */
	readonly parts: readonly CostPart[];
};

export type UsedPrior = Prior & { readonly id: PriorId; readonly isYours: boolean };

export type Costs = {
	readonly currency: 'USD';
	readonly horizonMonths: number;
	readonly queriesPerDay: number;
	readonly approaches: Readonly<Record<Approach, ApproachCost>>;
	readonly byDay: Curves;
	readonly byVolume: Curves;
	readonly priors: readonly UsedPrior[];
};

export function summariseCosts(situation: Situation, costings: Costings): Costs {
	const { horizonMonths, queriesPerDay } = situation;
	const days = horizonMonths * daysPerMonth;
	return {
		currency: 'USD',
		horizonMonths,
		queriesPerDay,
		approaches: eachApproach((approach) => costOf(approach, costings, queriesPerDay, days)),
		byDay: curvesByDay(costings, queriesPerDay, days),
		byVolume: curvesByVolume(costings, days, queriesPerDay),
		priors: usedPriors(situation),
	};
}

/** The priors with the user's own values in place. */
function usedPriors({ prices }: Situation): UsedPrior[] {
	return priorIds.map((id) => {
		const own = prices[id];
		return { id, ...priors[id], ...own, isYours: own !== undefined, ...(own ? { source: 'the situation' } : {}) };
	});
}

function costOf(
	approach: Approach,
	{ parts, likely, draws }: Costings,
	queriesPerDay: number,
	days: number,
): ApproachCost {
	const band = (amount: (line: CostLine) => number): Band => {
		const sorted = Float64Array.from(draws, (draw) => amount(draw[approach])).sort();
		const middle = amount(likely[approach]);
		return {
			low: Math.min(middle, sortedQuantile(sorted, 0.05)),
			likely: middle,
			high: Math.max(middle, sortedQuantile(sorted, 0.95)),
		};
	};
	return {
		onceUsd: band(({ onceUsd }) => onceUsd),
		monthlyUsd: band(({ dailyUsd, perQueryUsd }) => daysPerMonth * (dailyUsd + perQueryUsd * queriesPerDay)),
		perQueryUsd: band(({ perQueryUsd }) => perQueryUsd),
		totalUsd: band((line) => totalUsd(line, days, queriesPerDay)),
		parts: parts[approach],
	};
}
