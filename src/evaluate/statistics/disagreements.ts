import type { Scores } from './compare.ts';

export type Disagreement = {
	/** Which question, counted from 0. */
	readonly row: number;
	/** Largest value minus smallest. */
	readonly spread: number;
	/** The systems that have the largest and the smallest value, the first of equals. */
	readonly best: string;
	readonly worst: string;
};

/** The questions whose values lie furthest apart between systems, widest first, earlier questions first among equals; none that agree. */
export function disagreements(systems: ReadonlyMap<string, Scores>, limit = 20): Disagreement[] {
	const rows = Math.max(0, ...[...systems.values()].map((scores) => scores.length));
	return Array.from({ length: rows }, (_, row) => disagreementAt(row, systems))
		.filter((found) => found !== null)
		.sort((a, b) => b.spread - a.spread || a.row - b.row)
		.slice(0, limit);
}

function disagreementAt(row: number, systems: ReadonlyMap<string, Scores>): Disagreement | null {
	const known = [...systems].flatMap(([system, scores]) => {
		const value = scores[row] ?? null;
		return value === null ? [] : [{ system, value }];
	});
	const ordered = known.toSorted((a, b) => b.value - a.value);
	const best = ordered[0];
	const worst = known.toSorted((a, b) => a.value - b.value)[0];
	if (best === undefined || worst === undefined || best.value === worst.value) return null;
	return { row, spread: best.value - worst.value, best: best.system, worst: worst.system };
}
