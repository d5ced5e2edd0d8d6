import { basename } from 'node:path';
import { type Example, exampleSchema, type Split } from '../core/dataset.ts';
import { KnowhowError } from '../core/error.ts';
import { type Fault, faultCodes } from './checks/faults.ts';
import { difference, type JsonObject } from './difference.ts';
import { toExample } from './example.ts';
import { type FormatName, isFaulty, type RowFormat, type ShapeFault } from './formats/format.ts';
import { detectFormat, formatNamed } from './formats/formats.ts';
import { type RawRow, type RowFile, readRows } from './rows.ts';

/** An example with where it stands. */
export type Row = {
	/** The file's name, or what else it came from. */
	readonly file: string;
	/** Counted from 1; null where there are no lines. */
	readonly line: number | null;
	readonly example: Example;
};

/** A row that is left out, with the reasons. */
export type Rejected = {
	readonly file: string;
	readonly line: number | null;
	/** As it stood in its file; null for what came from the project itself, where it still is. */
	readonly row: unknown;
	readonly faults: readonly Pick<Fault, 'code' | 'message' | 'fix'>[];
};

export type ReadFile = {
	readonly file: string;
	readonly format: FormatName;
	readonly shape: Pick<RowFile, 'container' | 'around'>;
	readonly rows: readonly Row[];
	readonly rejected: readonly Rejected[];
	/** Of the rows that could not be read. */
	readonly faults: readonly Fault[];
};

export type ReadOptions = {
	/** Found by content when absent. */
	readonly format?: FormatName | undefined;
	/** What the rows are to be named after; the file's name when absent. */
	readonly name?: string | undefined;
	/** The file's content, when it has been read. */
	readonly text?: string | undefined;
};

/**
 * Reads a file of examples, whatever its format; rows that cannot be read come with line and reason. Throws `not_found`,
 * and `invalid_data` when the file is in no known format or holds no row at all.
 */
export async function readExamples(path: string, options: ReadOptions = {}): Promise<ReadFile> {
	const file = options.name ?? basename(path);
	const { rows: raw, ...shape } = await readRows(path, options.text);
	const objects = raw.flatMap(({ value }) => (value === null ? [] : [value]));
	if (raw.length === 0) throw new KnowhowError('invalid_data', `${path} holds no rows.`);
	if (objects.length === 0) {
		throw new KnowhowError(
			'invalid_data',
			`No row of ${path} can be read: line ${raw[0]!.line} ${raw[0]!.fault!.message}.`,
		);
	}
	const format = options.format ? formatNamed(options.format) : detectFormat(objects, path);
	const rows: Row[] = [];
	const rejected: Rejected[] = [];
	const faults: Fault[] = [];
	for (const row of raw) {
		const read = readRow(row, format, file);
		if (!Array.isArray(read)) {
			rows.push({ file, line: row.line, example: read as Example });
			continue;
		}
		const found = read.map((fault: ShapeFault) => toFault(fault, { file, line: row.line, example: null }));
		faults.push(...found);
		rejected.push({ file, line: row.line, row: row.value ?? row.raw, faults: found.map(reason) });
	}
	return { file, format: format.name, shape, rows, rejected, faults };
}

export function toFault({ code, message }: ShapeFault, at: Pick<Fault, 'file' | 'line' | 'example'>): Fault {
	const { severity, fix } = faultCodes[code];
	return { ...at, code, severity, message, fix };
}

export function reason({ code, message, fix }: Fault): Rejected['faults'][number] {
	return { code, message, fix };
}

function readRow({ value, fault, line }: RawRow, format: RowFormat, file: string): Example | readonly ShapeFault[] {
	if (value === null) return [fault!];
	const content = format.read(value);
	if (isFaulty(content)) return content;
	if (format.name === 'knowhow') return fromOwn(value, { file, line });
	const change = difference(format.write(content) ?? {}, value);
	return toExample(content, {
		origin: { kind: 'file', of: `${file}:${line}` },
		split: splitIn(value),
		group: textIn(value, 'group'),
		rest:
			change === null
				? null
				: { format: format.name, difference: change as NonNullable<Example['rest']>['difference'] },
	});
}

/** Knowhow's own rows keep where they came from. */
function fromOwn(value: JsonObject, { file, line }: { file: string; line: number }): Example | readonly ShapeFault[] {
	const origin = { kind: 'file', of: `${file}:${line}` } as const;
	const parsed = exampleSchema.safeParse({ origin, ...value });
	if (parsed.success) return toExample(parsed.data, parsed.data);
	return parsed.error.issues.map(({ path, message }) => ({
		code: 'wrong-type',
		message: `"${path.join('.')}": ${message}`,
	}));
}

/** Names of parts in files of other people. */
const splitNames: Readonly<Record<string, Split>> = {
	train: 'train',
	training: 'train',
	dev: 'dev',
	valid: 'dev',
	validation: 'dev',
	test: 'test',
};

function splitIn(row: JsonObject): Example['split'] {
	return splitNames[textIn(row, 'split')?.toLowerCase() ?? ''] ?? null;
}

function textIn(row: JsonObject, key: string): string | null {
	const value = row[key];
	return typeof value === 'string' && value !== '' ? value : null;
}
