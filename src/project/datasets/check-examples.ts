import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Checked, checkRows, inOrder } from '../../collect/check.ts';
import type { Fault } from '../../collect/checks/faults.ts';
import type { Lookup } from '../../collect/checks/stale.ts';
import { fixRows } from '../../collect/fix.ts';
import type { FormatName } from '../../collect/formats/format.ts';
import { type ReadFile, readExamples } from '../../collect/read-examples.ts';
import { type Container, containers } from '../../collect/rows.ts';
import { defaultContainer, writeExamples, type WrittenExamples } from '../../collect/write-examples.ts';
import type { Goal } from '../../core/dataset.ts';
import { KnowhowError } from '../../core/error.ts';
import { countCodes, writeRejects } from './collect.ts';
import { fromFile } from './collect-from.ts';

export type CheckFilesOptions = {
	/** Found by content when absent. */
	readonly format?: FormatName | undefined;
	readonly goal?: Goal | undefined;
	/** The most tokens of an example; that of the goal when absent. */
	readonly maxTokens?: number | undefined;
	/** Where documents are looked up; without it nothing is called stale. */
	readonly document?: Lookup | undefined;
};

export type CheckReport = {
	readonly files: readonly string[];
	/** Rows, those that could not be read included. */
	readonly rows: number;
	/** In order of files and lines. */
	readonly faults: readonly Fault[];
	readonly counts: Readonly<Record<string, number>>;
	readonly tokens: Checked['tokens'];
	readonly labels: Checked['labels'];
};

/** Checks files together, so that what is in two of them is found. Throws `not_found` and `invalid_data`. */
export async function checkFiles(paths: readonly string[], options: CheckFilesOptions = {}): Promise<CheckReport> {
	const read = [];
	for (const path of paths) read.push((await fromFile(path, options.format)).found);
	const rows = read.flatMap((found) => found.rows);
	const unread = read.flatMap((found) => found.rejected);
	const checked = await checkRows(rows, options);
	const order = paths.map((path) => ({ file: basename(path) }));
	const faults = inOrder([...read.flatMap((found) => found.faults), ...checked.faults], order);
	const { tokens, labels } = checked;
	return { files: [...paths], rows: rows.length + unread.length, faults, counts: countCodes(faults), tokens, labels };
}

export type FixReport = {
	readonly file: string;
	readonly written: number;
	/** Rows of which a text was changed. */
	readonly rewritten: number;
	readonly rejected: number;
	/** The file of the rows that were left out; null when there were none. */
	readonly rejects: string | null;
};

/**
 * Writes a file again, in its own format, with what is safe done to it. Rows that could not be read and those that are said
 * twice go to `OUT.rejected.jsonl` with the reasons; all others stay, so that nothing is lost that a person could mend.
 */
export async function fixFile(path: string, out: string, options: CheckFilesOptions = {}): Promise<FixReport> {
	const read = await readExamples(path, { format: options.format });
	const { faults } = await checkRows(read.rows, options);
	const fixed = fixRows(read.rows, faults);
	const { text, written } = writeAs(read, fixed.rows);
	await writeFile(out, text);
	const rejected = [...read.rejected, ...fixed.removed];
	const rejects = await writeRejects(rejected, `${out}.rejected.jsonl`);
	return { file: out, written, rewritten: fixed.rewritten, rejected: rejected.length, rejects };
}

function writeAs({ format, shape }: ReadFile, rows: ReadFile['rows']): WrittenExamples {
	return writeExamples(
		rows.map(({ example }) => example),
		{ format, ...shape },
	);
}

export type ConvertReport = Omit<WrittenExamples, 'text' | 'left'> & {
	readonly from: FormatName;
	readonly to: FormatName;
	readonly file: string;
	/** Rows that could not be read, or that the new format cannot hold. */
	readonly rejected: number;
	readonly rejects: string | null;
};

/** Writes a file of one format in another; its extension says how the rows lie in it. Throws `not_found`, `invalid_data`. */
export async function convertFile(
	path: string,
	out: string,
	{ from, to }: { readonly from?: FormatName | undefined; readonly to: FormatName },
): Promise<ConvertReport> {
	const read = await readExamples(path, { format: from });
	const examples = read.rows.map(({ example }) => example);
	const around = read.format === to ? read.shape.around : null;
	const { text, written, left, lost } = writeExamples(examples, {
		format: to,
		container: containerOf(out, to),
		around,
	});
	await writeFile(out, text);
	const cannot = new Set(left);
	const why = {
		code: 'missing-field' as const,
		message: `has not what a row of ${to} is made of`,
		fix: 'Choose another format.',
	};
	const unheld = read.rows
		.filter(({ example }) => cannot.has(example.id))
		.map(({ file, line, example }) => ({ file, line, row: example, faults: [why] }));
	const rejected = [...read.rejected, ...unheld];
	const rejects = await writeRejects(rejected, `${out}.rejected.jsonl`);
	return { from: read.format, to, file: out, written, lost, rejected: rejected.length, rejects };
}

/** By the extension of a file that is to be written. Throws `invalid_argument` for one that is not known. */
export function containerOf(path: string, format: FormatName): Container {
	const extension = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase();
	if (extension === undefined) return defaultContainer(format);
	const known: Readonly<Record<string, Container>> = { ndjson: 'jsonl', yml: 'yaml' };
	const container = known[extension] ?? containers.find((name) => name === extension);
	if (container) return container;
	throw new KnowhowError('invalid_argument', `${path} does not say how rows shall lie in it.`, {
		hint: `Give it one of the extensions ${containers.map((name) => `.${name}`).join(', ')}.`,
	});
}
