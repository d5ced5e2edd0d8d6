import type { Goal } from '../core/dataset.ts';
import { contradictionFaults, duplicateFaults, overlapFaults, similarPairs, toCompared } from './checks/duplicates.ts';
import type { Fault } from './checks/faults.ts';
import { goalRules, maxTokensOfNone } from './checks/goal-rules.ts';
import { labelFaults } from './checks/labels.ts';
import { type Lookup, staleFaults } from './checks/stale.ts';
import { exampleTokens, structureFaults } from './checks/structure.ts';
import { textFaults } from './checks/text-checks.ts';
import { wholeFaults } from './checks/whole.ts';
import { type Row, toFault } from './read-examples.ts';

export type CheckOptions = {
	/** What the examples are for; without one what every goal needs. */
	readonly goal?: Goal | null | undefined;
	/** The most tokens of an example; that of the goal when absent. */
	readonly maxTokens?: number | undefined;
	/** Where documents are looked up; without it nothing is called stale. */
	readonly document?: Lookup | undefined;
};

export type Checked = {
	/** In order of files and lines; those of all rows together come last. */
	readonly faults: readonly Fault[];
	/** Tokens of an example (`text/tokens.ts`); zero without any. */
	readonly tokens: { readonly total: number; readonly median: number; readonly most: number };
	/** Examples by label; empty where there are no labels. */
	readonly labels: Readonly<Record<string, number>>;
};

/** Everything that is wrong with examples, by themselves and together, before anything is spent on them. */
export async function checkRows(rows: readonly Row[], options: CheckOptions = {}): Promise<Checked> {
	const { goal = null, document } = options;
	const maxTokens = options.maxTokens ?? (goal === null ? maxTokensOfNone : goalRules[goal].maxTokens);
	const faults: Fault[] = [];
	for (const { file, line, example } of rows) {
		const found = [
			...structureFaults(example, { goal, maxTokens }),
			...textFaults(example),
			...(document ? await staleFaults(example, document) : []),
		];
		faults.push(...found.map((fault) => toFault(fault, { file, line, example: example.id })));
	}
	const compared = rows.map(toCompared);
	const pairs = similarPairs(compared);
	faults.push(
		...duplicateFaults(compared, pairs),
		...overlapFaults(compared, pairs),
		...contradictionFaults(compared),
		...labelFaults(rows, goal),
		...wholeFaults(rows, goal),
	);
	return { faults: inOrder(faults, rows), tokens: tokensOf(rows), labels: labelCounts(rows) };
}

/** By file as the files came, then by line; a fault without a line comes last. */
export function inOrder(faults: readonly Fault[], rows: readonly Pick<Row, 'file'>[]): Fault[] {
	const files = new Map([...new Set(rows.map(({ file }) => file))].map((file, at) => [file, at]));
	const line = (fault: Fault): number => fault.line ?? Infinity;
	return [...faults].sort((a, b) => {
		if (line(a) === Infinity && line(b) === Infinity) return 0;
		if (line(a) === Infinity || line(b) === Infinity) return line(a) === Infinity ? 1 : -1;
		return (files.get(a.file) ?? Infinity) - (files.get(b.file) ?? Infinity) || line(a) - line(b) || 0;
	});
}

function tokensOf(rows: readonly Row[]): Checked['tokens'] {
	const counts = rows.map(({ example }) => exampleTokens(example)).sort((a, b) => a - b);
	const total = counts.reduce((sum, count) => sum + count, 0);
	return { total, median: counts[counts.length >> 1] ?? 0, most: counts.at(-1) ?? 0 };
}

function labelCounts(rows: readonly Row[]): Record<string, number> {
	const labels = rows.flatMap(({ example }) => (example.label === null ? [] : [example.label]));
	const counts = [...Map.groupBy(labels, (label) => label)].map(([label, same]) => [label, same.length] as const);
	return Object.fromEntries(counts.sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)));
}
