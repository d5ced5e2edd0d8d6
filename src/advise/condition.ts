import { changeRates, type Field, type Situation } from './situation.ts';

/** A test of a situation, as data, so that rules can be read, drawn and searched. */
export type Condition =
	/** One of these values; for lists, that one of these is in it. */
	| { readonly field: Field; readonly is: boolean | string | readonly string[] }
	/** For numbers and for `changeRate`, whose order is that of `changeRates`. */
	| { readonly field: Field; readonly atLeast: number | string }
	| { readonly field: Field; readonly below: number | string }
	/** For lists: whether one of the elements is not this. */
	| { readonly field: Field; readonly hasOtherThan: string }
	| { readonly all: readonly Condition[] }
	| { readonly any: readonly Condition[] }
	| { readonly not: Condition };

/** Whether the condition is true of the situation. */
export function holds(condition: Condition, situation: Situation): boolean {
	if ('all' in condition) return condition.all.every((part) => holds(part, situation));
	if ('any' in condition) return condition.any.some((part) => holds(part, situation));
	if ('not' in condition) return !holds(condition.not, situation);
	const value = situation[condition.field];
	if ('is' in condition) return [value].flat().some((one) => [condition.is].flat().includes(one as string));
	if ('hasOtherThan' in condition) return (value as readonly string[]).some((one) => one !== condition.hasOtherThan);
	if ('atLeast' in condition) return rank(value) >= rank(condition.atLeast);
	return rank(value) < rank(condition.below);
}

/** The conditions without parts that this one is made of. */
export function leavesOf(
	condition: Condition,
): Exclude<Condition, { all: unknown } | { any: unknown } | { not: unknown }>[] {
	if ('all' in condition) return condition.all.flatMap(leavesOf);
	if ('any' in condition) return condition.any.flatMap(leavesOf);
	if ('not' in condition) return leavesOf(condition.not);
	return [condition];
}

/** A number itself, a change rate's place in its order. */
export function rank(value: unknown): number {
	return typeof value === 'number' ? value : changeRates.indexOf(value as (typeof changeRates)[number]);
}
