import { createHash } from 'node:crypto';
import { type DatasetSummary, type Example, type Split, splits } from '../core/dataset.ts';
import { checkRows, type CheckOptions, type Checked, inOrder } from './check.ts';
import type { Fault } from './checks/faults.ts';
import { fixRows } from './fix.ts';
import { toExample } from './example.ts';
import { reason, type Rejected, type Row } from './read-examples.ts';
import { splitExamples, type SplitOptions } from './split.ts';

/** Rows as they were found, with those that could not be read. */
export type Found = {
	readonly rows: readonly Row[];
	readonly rejected: readonly Rejected[];
	readonly faults: readonly Fault[];
};

export type CollectOptions = CheckOptions &
	SplitOptions & {
		/** Do what is safe before anything is left out. */
		readonly fix?: boolean | undefined;
	};

export type Collected = {
	/** Every example with its part. */
	readonly examples: readonly Example[];
	readonly rejected: readonly Rejected[];
	/** What was found in the beginning, before anything was mended. */
	readonly faults: readonly Fault[];
	readonly tokens: Checked['tokens'];
	readonly labels: Checked['labels'];
	/** Examples of which a text was changed. */
	readonly rewritten: number;
};

/** Checks, mends what is to be mended, leaves out what is wrong with the reasons, and divides the rest into parts. */
export async function collect(found: Found, options: CollectOptions): Promise<Collected> {
	const first = await checkRows(found.rows, options);
	const fixed =
		options.fix === true ? fixRows(found.rows, first.faults) : { rows: found.rows, removed: [], rewritten: 0 };
	const last = options.fix === true ? await checkRows(fixed.rows, options) : first;
	const { kept, rejected } = leaveOut(fixed.rows, last.faults);
	const parts = splitExamples(
		kept.map(({ example }) => example),
		options,
	);
	return {
		examples: kept.map(({ example }, at) => toExample(example, { ...example, split: parts[at]! })),
		rejected: [...found.rejected, ...fixed.removed, ...rejected],
		faults: inOrder([...found.faults, ...first.faults], [...found.rejected, ...found.rows]),
		tokens: last.tokens,
		labels: last.labels,
		rewritten: fixed.rewritten,
	};
}

function leaveOut(rows: readonly Row[], faults: readonly Fault[]): { kept: Row[]; rejected: Rejected[] } {
	const errors = Map.groupBy(
		faults.filter(({ severity, example }) => severity === 'error' && example !== null),
		({ file, line, example }) => `${file}:${line}:${example}`,
	);
	const kept = new Map<string, Row>();
	const rejected: Rejected[] = [];
	for (const row of rows) {
		const { file, line, example } = row;
		const all = errors.get(`${file}:${line}:${example.id}`) ?? [];
		// Of equal rows in one place the first stays.
		const found = all.filter(({ code }) => code !== 'duplicate' || kept.has(example.id));
		if (found.length === 0 && !kept.has(example.id)) kept.set(example.id, row);
		else if (found.length > 0) rejected.push({ file, line, row: rowOf(row), faults: found.map(reason) });
	}
	return { kept: [...kept.values()], rejected };
}

/** What came from the project is still there: text that an erasure has to find is not copied out of it. */
function rowOf({ example }: Row): unknown {
	return example.origin.kind === 'file' ? example : { id: example.id, origin: example.origin };
}

/** The version of a dataset: a hash of its examples and their parts, whatever their order. */
export function versionOf(examples: readonly Pick<Example, 'id' | 'split'>[]): string {
	const lines = examples.map(({ id, split }) => `${id} ${split}`).sort();
	return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 12);
}

/** Numbers of a dataset, for its record. */
export function countsOf(examples: readonly Example[]): Pick<DatasetSummary, 'counts' | 'origins'> {
	const inPart = (part: Split): number => examples.filter(({ split }) => split === part).length;
	const [train, dev, test] = splits.map(inPart) as [number, number, number];
	const origins: Record<string, number> = { interaction: 0, file: 0, document: 0, model: 0 };
	for (const { origin } of examples) origins[origin.kind]!++;
	return { counts: { train, dev, test }, origins: origins as DatasetSummary['origins'] };
}
