import { sortedQuantile } from '../evaluate/metrics/quantile.ts';
import { type Approach, eachApproach } from './approaches.ts';
import { totalUsd } from './costs.ts';
import type { Band } from './priors.ts';
import type { Costings } from './uncertainty.ts';

/** A point of a cost curve: `x` is a day, or queries a day; the band holds nine draws in ten. */
export type CurvePoint = Band & { readonly x: number };

export type Curves = Readonly<Record<Approach, readonly CurvePoint[]>>;

/** Money spent until each day. */
export function curvesByDay(costings: Costings, queriesPerDay: number, days: number): Curves {
	const points = 24;
	const xs = Array.from({ length: points + 1 }, (_, index) => (index * days) / points);
	return curves(costings, xs, (x) => [x, queriesPerDay]);
}

/** Money spent until the last day at each volume, from 1 to a million queries a day or ten times the user's. */
export function curvesByVolume(costings: Costings, days: number, queriesPerDay: number): Curves {
	const most = Math.max(6, Math.ceil(Math.log10(Math.max(1, queriesPerDay)) + 1));
	const xs = Array.from({ length: most * 4 + 1 }, (_, index) => 10 ** (index / 4));
	return curves(costings, xs, (x) => [days, x]);
}

function curves(
	costings: Costings,
	xs: readonly number[],
	at: (x: number) => [days: number, queriesPerDay: number],
): Curves {
	const curve = (approach: Approach): CurvePoint[] =>
		xs.map((x) => {
			const sorted = Float64Array.from(costings.draws, (draw) => totalUsd(draw[approach], ...at(x))).sort();
			const likely = totalUsd(costings.likely[approach], ...at(x));
			return {
				x,
				low: Math.min(likely, sortedQuantile(sorted, 0.05)),
				likely,
				high: Math.max(likely, sortedQuantile(sorted, 0.95)),
			};
		});
	return eachApproach(curve);
}
