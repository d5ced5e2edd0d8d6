import { type Decision, decide, strengthOf } from './decide.ts';
import { decisiveFields, domainOf } from './flips.ts';
import { createRandom } from './random.ts';
import type { Field, Situation } from './situation.ts';

const draws = 1000;

/** How often a field that nobody told keeps its default in a draw. */
const keepDefault = 0.95;

/** A number that was told is taken as right within this factor. */
const told = 1.3;

/** One that was not told may be off by this one. */
const untold = 10;

/**
 * How sure the verdict is, 0 to 1: the share of 1,000 situations near this one (seeded) that get the same verdict, times
 * the strength of the weakest rule that it rests on. Near means: told numbers within a factor of 1.3; of what was not
 * told, numbers within a factor of 10 and one in twenty of the rest another value.
 */
export function confidenceOf(
	decision: Decision,
	situation: Situation,
	isTold: (field: Field) => boolean,
	seed: number,
): number {
	const random = createRandom(seed);
	let same = 0;
	for (let draw = 0; draw < draws; draw++) {
		if (decide(nearby(situation, isTold, random)).verdict === decision.verdict) same++;
	}
	return Math.round((same / draws) * strengthOf(decision, situation) * 100) / 100;
}

function nearby(situation: Situation, isTold: (field: Field) => boolean, random: () => number): Situation {
	const drawn = decisiveFields.map((field) => [field, drawnValue(situation[field], field, isTold(field), random)]);
	return { ...situation, ...Object.fromEntries(drawn) } as Situation;
}

function drawnValue(value: unknown, field: Field, isKnown: boolean, random: () => number): unknown {
	if (typeof value === 'number') {
		const factor = (isKnown ? told : untold) ** (2 * random() - 1);
		return Math.round(value * factor);
	}
	if (isKnown || random() < keepDefault) return value;
	const others = domainOf(field).filter((one) => one !== value);
	return others[Math.floor(random() * others.length)];
}
