import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import Papa from 'papaparse';
import { LineCounter, isMap, isSeq, parseDocument } from 'yaml';
import { KnowhowError } from '../core/error.ts';
import { type Json, type JsonObject, isObject } from './difference.ts';
import type { ShapeFault } from './formats/format.ts';

export const containers = ['jsonl', 'json', 'yaml', 'csv', 'tsv'] as const;
/** How rows lie in a file. */
export type Container = (typeof containers)[number];

/** One row of a file as it stands there, or what keeps it from being read. */
export type RawRow = {
	/** The line on which it begins, counted from 1. */
	readonly line: number;
	readonly value: JsonObject | null;
	/** Its text, when it could not be read. */
	readonly raw: string | null;
	readonly fault: ShapeFault | null;
};

export type RowFile = {
	readonly container: Container;
	/** What stands around the list of rows in a JSON or YAML file, and the list's key; null when the file is the list. */
	readonly around: { readonly key: string; readonly value: JsonObject } | null;
	readonly rows: readonly RawRow[];
};

/** Keys under which a JSON or YAML file has its list of rows. */
const listKeys = ['tests', 'data', 'examples', 'rows', 'items', 'train', 'samples'];

/** Reads a file of rows (`.gz`: packed), or `text` in its place. Throws `not_found`, and `invalid_data` when it has no rows. */
export async function readRows(path: string, text?: string): Promise<RowFile> {
	const content = (text ?? (await textOf(path))).replace(/^\uFEFF/, '');
	if (content.trim() === '') throw new KnowhowError('invalid_data', `${path} is empty.`);
	const container = containerOf(path, content);
	if (container === 'jsonl') return { container, around: null, rows: jsonLines(content) };
	if (container === 'json') return { container, ...jsonDocument(content, path) };
	if (container === 'yaml') return { container, ...yamlDocument(content, path) };
	return { container, around: null, rows: table(content, container) };
}

/** Bytes that a packed file may unpack to; a text cannot be much longer. */
const mostUnpacked = 2 ** 29;

async function textOf(path: string): Promise<string> {
	let bytes: Buffer;
	try {
		bytes = await readFile(path);
	} catch (cause) {
		throw new KnowhowError('not_found', `${path} could not be read.`, { cause, hint: 'Is the path right?' });
	}
	try {
		return (path.endsWith('.gz') ? gunzipSync(bytes, { maxOutputLength: mostUnpacked }) : bytes).toString('utf8');
	} catch (cause) {
		throw new KnowhowError('invalid_data', `${path} could not be unpacked.`, { cause });
	}
}

/** By content where that is certain, else by the extension. */
function containerOf(path: string, content: string): Container {
	const extension = /\.(\w+)(?:\.gz)?$/.exec(path)?.[1]?.toLowerCase();
	if (extension === 'jsonl' || extension === 'ndjson') return 'jsonl';
	if (extension === 'yaml' || extension === 'yml') return 'yaml';
	if (extension === 'csv') return 'csv';
	if (extension === 'tsv') return 'tsv';
	const start = content.trimStart();
	if (start.startsWith('[')) return 'json';
	if (!start.startsWith('{')) return extension === 'json' ? 'json' : 'csv';
	return isJson(start.slice(0, start.search(/\r?\n|$/))) && start.trimEnd().includes('\n') ? 'jsonl' : 'json';
}

function isJson(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}

function jsonLines(content: string): RawRow[] {
	// Not at U+2028, which JSON allows inside of strings.
	return content.split('\n').flatMap((raw, at) => (raw.trim() === '' ? [] : [jsonRow(raw, at + 1)]));
}

function jsonRow(raw: string, line: number): RawRow {
	try {
		return toRow(JSON.parse(raw) as Json, line);
	} catch (error) {
		const message = `is not JSON: ${(error as Error).message.replace(/, "[\s\S]*$/, '').replaceAll(/\p{C}/gu, '?')}`;
		return { line, value: null, raw, fault: { code: 'not-json', message } };
	}
}

/** Levels of a row beyond which nobody means what it says; what reads it calls itself for each. */
const deepest = 100;

function isTooDeep(value: Json): boolean {
	let level: Json[] = [value];
	for (let depth = 0; level.length > 0; depth++) {
		if (depth > deepest) return true;
		level = level.flatMap((inside) => (typeof inside === 'object' && inside !== null ? Object.values(inside) : []));
	}
	return false;
}

function toRow(value: Json, line: number): RawRow {
	if (isTooDeep(value)) {
		const message = `is nested deeper than ${deepest}`;
		return { line, value: null, raw: null, fault: { code: 'wrong-type', message } };
	}
	if (isObject(value)) return { line, value, raw: null, fault: null };
	const what = Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`;
	return { line, value: null, raw: JSON.stringify(value), fault: { code: 'not-an-object', message: `is ${what}` } };
}

function jsonDocument(content: string, path: string): Omit<RowFile, 'container'> {
	const whole = parsedJson(content, path);
	if (Array.isArray(whole)) {
		const lines = itemLines(content, content.indexOf('['));
		return { around: null, rows: whole.map((value: Json, at) => toRow(value, lines[at]!)) };
	}
	const key = isObject(whole) ? listKeys.find((name) => Array.isArray(whole[name])) : undefined;
	if (key === undefined) return { around: null, rows: [toRow(whole, 1)] };
	const list = (whole as JsonObject)[key] as readonly Json[];
	const from = content.indexOf('[', new RegExp(`"${key}"\\s*:\\s*\\[`).exec(content)?.index ?? 0);
	const lines = itemLines(content, from);
	return { around: { key, value: whole as JsonObject }, rows: list.map((value, at) => toRow(value, lines[at] ?? 1)) };
}

function parsedJson(content: string, path: string): Json {
	try {
		return JSON.parse(content) as Json;
	} catch (cause) {
		const at = /position (\d+)/.exec((cause as Error).message)?.[1];
		const line = at === undefined ? null : content.slice(0, Number(at)).split('\n').length;
		throw new KnowhowError('invalid_data', `${path}${line === null ? '' : `:${line}`} is not JSON.`, { cause });
	}
}

/** The lines on which the items of the JSON array at `from` begin. */
function itemLines(content: string, from: number): number[] {
	const lines: number[] = [];
	let line = content.slice(0, from).split('\n').length;
	let depth = 0;
	let isNext = false;
	for (let at = from; at < content.length; at++) {
		const sign = content[at]!;
		if (sign === '\n') line++;
		if (/\s/.test(sign)) continue;
		if (isNext && sign !== ']') lines.push(line);
		isNext = (sign === '[' && depth === 0) || (sign === ',' && depth === 1);
		if (sign === '"') at = stringEnd(content, at);
		else if (sign === '[' || sign === '{') depth++;
		else if ((sign === ']' || sign === '}') && --depth === 0) break;
	}
	return lines;
}

/** The offset of the quote that closes the string which opens at `from`. */
function stringEnd(content: string, from: number): number {
	for (let at = from + 1; at < content.length; at++) {
		if (content[at] === '\\') at++;
		else if (content[at] === '"') return at;
	}
	return content.length;
}

function yamlDocument(content: string, path: string): Omit<RowFile, 'container'> {
	const counter = new LineCounter();
	const document = parseDocument(content, { lineCounter: counter });
	const [error] = document.errors;
	if (error) {
		throw new KnowhowError('invalid_data', `${path}:${error.linePos?.[0].line ?? 1} is not YAML: ${error.code}.`, {
			cause: error,
		});
	}
	const whole = document.toJS() as Json;
	const key = isObject(whole) ? listKeys.find((name) => Array.isArray(whole[name])) : undefined;
	const list =
		key === undefined ? document.contents : isMap(document.contents) ? document.contents.get(key, true) : null;
	if (!isSeq(list)) {
		throw new KnowhowError('invalid_data', `${path} holds no list of rows.`, {
			hint: `A YAML file is a list, or has one under ${listKeys.join(', ')}.`,
		});
	}
	const values = (key === undefined ? whole : (whole as JsonObject)[key]) as readonly Json[];
	const rows = values.map((value, at) => {
		const start = (list.items[at] as { range?: readonly number[] } | null)?.range?.[0] ?? 0;
		return toRow(value, counter.linePos(start).line);
	});
	return { around: key === undefined ? null : { key, value: whole as JsonObject }, rows };
}

/** Rows of cells under a header, as objects of strings; an empty cell is left out. */
function table(content: string, container: 'csv' | 'tsv'): RawRow[] {
	const rows: RawRow[] = [];
	let header: string[] | null = null;
	let [at, line] = [0, 1];
	Papa.parse<string[]>(content, {
		delimiter: container === 'tsv' ? '\t' : '',
		delimitersToGuess: [',', ';', '\t', '|'],
		step: ({ data, errors, meta }) => {
			const raw = content.slice(at, meta.cursor);
			if (data.some((cell) => cell.trim() !== '')) {
				if (header === null) header = data.map((name) => name.trim());
				else rows.push(tableRow({ data, header, line, raw, isUnclosed: errors.some(({ type }) => type === 'Quotes') }));
			}
			line += raw.split('\n').length - 1;
			at = meta.cursor;
		},
	});
	return rows;
}

type Cells = {
	readonly data: readonly string[];
	readonly header: readonly string[];
	readonly line: number;
	readonly raw: string;
	readonly isUnclosed: boolean;
};

function tableRow({ data, header, line, raw, isUnclosed }: Cells): RawRow {
	const failed = (code: 'unclosed-quote' | 'cell-count', message: string): RawRow => ({
		line,
		value: null,
		raw: raw.trimEnd(),
		fault: { code, message },
	});
	if (isUnclosed) return failed('unclosed-quote', 'a quote is opened and not closed as it should be');
	if (data.length !== header.length) {
		return failed('cell-count', `has ${data.length} cells, the header ${header.length}`);
	}
	const cells = header.flatMap((name, column) => (data[column] === '' ? [] : [[name, data[column]!] as const]));
	return { line, value: Object.fromEntries(cells), raw: null, fault: null };
}
