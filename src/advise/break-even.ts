import { quantile } from '../evaluate/metrics/quantile.ts';
import { type Approach, approaches } from './approaches.ts';
import type { CostLine } from './costs.ts';
import type { Costings } from './uncertainty.ts';

/** Where two cost curves meet. */
export type BreakEven = {
	/** Cheaper before the day, dearer after it; and the other. Null days: it is the one that stays cheaper. */
	readonly cheaperFirst: Approach;
	readonly cheaperLater: Approach;
	/** Days until the dearer start has paid, at the user's volume; null: never. May lie beyond the horizon. */
	readonly days: number | null;
	/** Queries answered by then. */
	readonly queries: number | null;
	/** The volume at which both have cost the same at the end of the horizon; null: there is none. */
	readonly queriesPerDay: number | null;
	/** Nine draws in ten of those that meet have their day between these; null: fewer than one in ten meet. */
	readonly daysLow: number | null;
	readonly daysHigh: number | null;
	/** Share of the draws in which the later one has paid before the horizon ends. */
	readonly withinHorizon: number;
};

/** Every pair of approaches. Each curve is a straight line over the days, so that where two meet is solved, not searched. */
export function breakEvensOf(costings: Costings, queriesPerDay: number, horizonDays: number): BreakEven[] {
	return approaches.flatMap((one, index) =>
		approaches.slice(index + 1).map((other) => {
			const isFirst = costings.likely[one].onceUsd <= costings.likely[other].onceUsd;
			return breakEven(costings, isFirst ? [one, other] : [other, one], queriesPerDay, horizonDays);
		}),
	);
}

/** Days until a cheaper run has paid for a dearer start; null when it never does. */
function meetingDays(first: CostLine, later: CostLine, queriesPerDay: number): number | null {
	const saved = first.dailyUsd - later.dailyUsd + (first.perQueryUsd - later.perQueryUsd) * queriesPerDay;
	const ahead = later.onceUsd - first.onceUsd;
	return saved > 0 && ahead >= 0 ? ahead / saved : null;
}

/** Queries a day at which both cost the same after `days`; null when no volume makes them equal. */
function meetingVolume(first: CostLine, later: CostLine, days: number): number | null {
	const fixed = later.onceUsd - first.onceUsd + days * (later.dailyUsd - first.dailyUsd);
	const volume = fixed / (days * (first.perQueryUsd - later.perQueryUsd));
	return Number.isFinite(volume) && volume >= 0 ? volume : null;
}

function breakEven(
	{ likely, draws }: Costings,
	[first, later]: readonly [Approach, Approach],
	queriesPerDay: number,
	horizonDays: number,
): BreakEven {
	const days = meetingDays(likely[first], likely[later], queriesPerDay);
	const met = draws
		.map((draw) => meetingDays(draw[first], draw[later], queriesPerDay))
		.filter((found) => found !== null);
	const isRare = met.length < draws.length / 10;
	return {
		cheaperFirst: first,
		cheaperLater: later,
		days,
		queries: days === null ? null : days * queriesPerDay,
		queriesPerDay: meetingVolume(likely[first], likely[later], horizonDays),
		daysLow: isRare ? null : quantile(met, 0.05),
		daysHigh: isRare ? null : quantile(met, 0.95),
		withinHorizon: met.filter((found) => found <= horizonDays).length / draws.length,
	};
}
