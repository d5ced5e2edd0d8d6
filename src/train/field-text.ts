import { type RawRow, readRows } from '../collect/rows.ts';
import { KnowhowError } from '../core/error.ts';
import type { FieldSpan } from '../models/tags.ts';
import { tokensOf } from '../models/token-features.ts';

/** What the output of an extractor looks like. Paths are JSON pointers (RFC 6901). */
export type OutputShape = {
	/** Paths whose values are passages of the text. */
	readonly fields: readonly string[];
	/** Those that are lists, even of one value. */
	readonly lists: readonly string[];
	/** The path whose value names the kind of text (an intent), and is not in it; null when there is none. */
	readonly kind: string | null;
};

export type FieldText = {
	readonly text: string;
	readonly spans: readonly FieldSpan[];
	/** The value at the shape's `kind`. */
	readonly kind: string | null;
	readonly line: number;
};

export type FieldTexts = {
	readonly shape: OutputShape;
	readonly examples: readonly FieldText[];
	/** Rows that were left out: a value is not in their text, or not whole words of it. */
	readonly leftOut: readonly { readonly line: number; readonly reason: string }[];
};

/** Left-out rows above this share refuse the file. */
const mostLeftOut = 0.05;
const hint =
	'Each row needs a text and an output whose values are passages of it: {"text": "weather in Oslo", "output": {"city": "Oslo"}}.';

type Leaf = { readonly path: string; readonly value: string; readonly isList: boolean };
type Row = { readonly text: string; readonly leaves: readonly Leaf[]; readonly line: number };

/**
 * Reads texts with what is to be extracted: rows `{text, output}` (or `input`), the output an object or its JSON. A path whose
 * values are mostly passages of the texts is a field; one whose values mostly are not is the kind of text. With `shape`, that of a
 * trained extractor, rows are read by it. Throws `not_found`, and `invalid_data` with lines.
 */
export async function readFieldTexts(
	path: string,
	{ shape }: { readonly shape?: OutputShape } = {},
): Promise<FieldTexts> {
	return toFieldTexts((await readRows(path)).rows, path, shape);
}

/** As `readFieldTexts`, of rows of something that has this name. Throws `invalid_data` with lines. */
export function toFieldTexts(rows: readonly RawRow[], name: string, given?: OutputShape): FieldTexts {
	const faults: { line: number; reason: string }[] = [];
	const read: Row[] = [];
	for (const { line, value, fault } of rows) {
		const row = value === null ? (fault?.message ?? 'is no row') : toRow(value, line);
		if (typeof row === 'string') faults.push({ line, reason: row });
		else read.push(row);
	}
	if (faults.length > 0) throw refusal(name, faults);
	const shape = given ?? shapeOf(read);
	if (shape.fields.length === 0) throw new KnowhowError('invalid_data', `${name} has no values to find.`, { hint });
	const examples: FieldText[] = [];
	const leftOut: { line: number; reason: string }[] = [];
	for (const row of read) {
		const example = toExample(row, shape);
		if (typeof example === 'string') leftOut.push({ line: row.line, reason: example });
		else examples.push(example);
	}
	if (leftOut.length > mostLeftOut * read.length) throw refusal(name, leftOut);
	return { shape, examples, leftOut };
}

/** The row, or the reason why there is none. */
function toRow(value: Readonly<Record<string, unknown>>, line: number): Row | string {
	const text = value['text'] ?? value['input'];
	if (typeof text !== 'string') return 'has no text that is a string';
	if (text.trim() === '') return 'has an empty text';
	let output = value['output'];
	if (typeof output === 'string') {
		try {
			output = JSON.parse(output);
		} catch {
			return 'has an output that is not JSON';
		}
	}
	if (typeof output !== 'object' || output === null || Array.isArray(output)) return 'has no output that is an object';
	const leaves = [...leavesOf(output, '')];
	const odd = leaves.find(({ value: leaf }) => typeof leaf !== 'string');
	if (odd !== undefined) return `has a value at ${odd.path} that is not text`;
	return { text, leaves: leaves as Leaf[], line };
}

function* leavesOf(value: object, path: string): Generator<{ path: string; value: unknown; isList: boolean }> {
	for (const [key, item] of Object.entries(value)) {
		const below = `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
		if (Array.isArray(item)) for (const one of item) yield { path: below, value: one, isList: true };
		else if (typeof item === 'object' && item !== null) yield* leavesOf(item, below);
		else yield { path: below, value: item, isList: false };
	}
}

function shapeOf(rows: readonly Row[]): OutputShape {
	const counts = new Map<string, { all: number; found: number; lists: number }>();
	for (const { text, leaves } of rows) {
		for (const { path, value, isList } of leaves) {
			const count = counts.get(path) ?? { all: 0, found: 0, lists: 0 };
			counts.set(path, count);
			count.all++;
			if (value !== '' && text.includes(value)) count.found++;
			if (isList) count.lists++;
		}
	}
	const paths = [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
	const fields = paths.filter(([, { all, found }]) => 2 * found >= all).map(([path]) => path);
	const kinds = paths.filter(([path]) => !fields.includes(path)).map(([path]) => path);
	if (kinds.length > 1) {
		throw new KnowhowError('invalid_data', `The values of ${kinds.join(' and ')} are not in the texts.`, {
			hint: 'One path may name the kind of text; leave the others out.',
		});
	}
	const lists = paths
		.filter(([path, { all, lists: often }]) => fields.includes(path) && often === all)
		.map(([path]) => path);
	return { fields, lists, kind: kinds[0] ?? null };
}

function toExample({ text, leaves, line }: Row, { fields, kind }: OutputShape): FieldText | string {
	const boundaries = tokensOf(text);
	const starts = new Set(boundaries.map(({ start }) => start));
	const ends = new Set(boundaries.map(({ end }) => end));
	const spans: FieldSpan[] = [];
	// Long values first: they fit in fewer places.
	const values = leaves.filter(({ path }) => path !== kind).toSorted((a, b) => b.value.length - a.value.length);
	for (const { path, value } of values) {
		const field = fields.indexOf(path);
		if (field < 0) return `has ${path}, which the extractor does not know`;
		const start = place(text, value, (from, to) => {
			return starts.has(from) && ends.has(to) && spans.every((span) => span.end <= from || span.start >= to);
		});
		if (start === null) return `has at ${path} a value that is not whole words of its text`;
		spans.push({ field, start, end: start + value.length });
	}
	return { text, spans, kind: leaves.find(({ path }) => path === kind)?.value ?? null, line };
}

function place(text: string, value: string, fits: (from: number, to: number) => boolean): number | null {
	if (value === '') return null;
	for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
		if (fits(at, at + value.length)) return at;
	}
	return null;
}

function refusal(path: string, faults: readonly { readonly line: number; readonly reason: string }[]): KnowhowError {
	const spelled = faults.slice(0, 5).map(({ line, reason }) => `line ${line} ${reason}`);
	const others = faults.length > 5 ? `, and ${faults.length - 5} others` : '';
	return new KnowhowError('invalid_data', `${path}: ${spelled.join('; ')}${others}.`, { hint, details: { faults } });
}
