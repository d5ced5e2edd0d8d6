import { leavesOf, rank } from './condition.ts';
import { decide } from './decide.ts';
import { rules, type Verdict } from './rules.ts';
import { changeRates, type Field, type Situation, situationSchema } from './situation.ts';

/** The smallest change of one input alone that changes the verdict; `to` and `verdict` are null when no value does. */
export type Flip = {
	readonly input: Field;
	readonly from: unknown;
	readonly to: unknown;
	readonly verdict: Verdict | null;
};

/** The inputs that rules look at. */
export const decisiveFields: readonly Field[] = [
	...new Set(rules.flatMap(({ when }) => leavesOf(when)).map(({ field }) => field)),
];

/**
 * The nearest flip for each decisive input, found by trying: for a number or a change rate the values at which a rule
 * changes its answer, for the others every other value. Values without an order are equally near: each that flips is listed.
 */
export function flipsOf(situation: Situation): Flip[] {
	const { verdict } = decide(situation);
	return decisiveFields.flatMap((input): Flip[] => {
		const from = situation[input];
		const flipping = candidatesOf(input, from)
			.map((to) => ({ to, verdict: decide({ ...situation, [input]: to }).verdict }))
			.filter((flip) => flip.verdict !== verdict);
		const nearest = Math.min(...flipping.map(({ to }) => distance(from, to)));
		const flips = flipping.filter(({ to }) => distance(from, to) === nearest);
		if (flips.length === 0) return [{ input, from, to: null, verdict: null }];
		return flips.map((flip) => ({ input, from, ...flip }));
	});
}

/** Every value at which a verdict could change: both sides of each threshold, or all values of a small domain. */
function candidatesOf(field: Field, from: unknown): unknown[] {
	const values = typeof from === 'number' ? thresholdsOf(field) : domainOf(field);
	return values.filter((value) => value !== from);
}

/** Whole numbers on either side of the thresholds that rules have for this field. */
function thresholdsOf(field: Field): number[] {
	const found = rules
		.flatMap(({ when }) => leavesOf(when))
		.flatMap((leaf) =>
			leaf.field !== field ? [] : 'atLeast' in leaf ? [leaf.atLeast] : 'below' in leaf ? [leaf.below] : [],
		);
	return [...new Set(found as number[])].flatMap((threshold) => [threshold - 1, threshold]);
}

/** Every value that a field without numbers can take. */
export function domainOf(field: Field): readonly unknown[] {
	const inner = situationSchema.shape[field].unwrap();
	return 'options' in inner ? (inner.options as readonly unknown[]) : [true, false];
}

/** Steps for what has an order, 1 for what has none. */
function distance(from: unknown, to: unknown): number {
	const isOrdered = typeof from === 'number' || (changeRates as readonly unknown[]).includes(from);
	return isOrdered ? Math.abs(rank(to) - rank(from)) : 1;
}
