import { type Approach, eachApproach } from './approaches.ts';
import { type CostLine, type CostPart, costParts, lineOf, type PriorValues } from './costs.ts';
import type { Measurement } from './measurement.ts';
import { type Band, type PriorId, priorIds, priors } from './priors.ts';
import { createRandom } from './random.ts';
import type { Situation } from './situation.ts';

type CostLines = Readonly<Record<Approach, CostLine>>;

/** The likely costs, and those of each draw. One draw's values hold for all approaches, so that what they share cancels out. */
export type Costings = {
	/** The likely costs, kind by kind. */
	readonly parts: Readonly<Record<Approach, readonly CostPart[]>>;
	/** The same, added up. */
	readonly likely: CostLines;
	readonly draws: readonly CostLines[];
};

const drawCount = 400;

/**
 * Costs under the likely values and under 400 seeded draws. A draw takes each prior at a random share u of its
 * distribution: half lie below `likely`, nine in ten between `low` and `high` (log-uniform on either side, cut at the ends).
 */
export function drawCosts(situation: Situation, measured: Measurement | null, seed: number): Costings {
	const random = createRandom(seed);
	const partsOf = (approach: Approach, values: PriorValues): CostPart[] =>
		costParts(approach, { situation, values, measured });
	const likely = valuesOf(situation, (band) => band.likely);
	const lines = (values: PriorValues): CostLines => eachApproach((approach) => lineOf(partsOf(approach, values)));
	return {
		parts: eachApproach((approach) => partsOf(approach, likely)),
		likely: lines(likely),
		draws: Array.from({ length: drawCount }, () => lines(valuesOf(situation, (band) => drawnFrom(band, random())))),
	};
}

/** A value for each prior, the user's own bands before ours. */
function valuesOf(situation: Situation, pick: (band: Band) => number): PriorValues {
	const entries = priorIds.map((id: PriorId) => [id, pick(situation.prices[id] ?? priors[id])]);
	return Object.fromEntries(entries) as PriorValues;
}

/** The value at share `u` of a band's distribution, 0 ≤ u ≤ 1: `low` at 0.05, `likely` at 0.5, `high` at 0.95. */
function drawnFrom({ low, likely, high }: Band, u: number): number {
	const share = Math.min(1, Math.max(0, (u - 0.05) / 0.9));
	return share < 0.5 ? between(low, likely, share * 2) : between(likely, high, share * 2 - 1);
}

/** Along the logarithm, or straight where an end is 0. */
function between(from: number, to: number, share: number): number {
	return from > 0 ? from * (to / from) ** share : from + (to - from) * share;
}
