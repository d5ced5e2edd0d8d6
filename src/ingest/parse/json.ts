import { KnowhowError } from '../../core/error.ts';
import { toTable } from '../../text/blocks.ts';
import type { ParsedBody } from './parse.ts';

type Scalar = string | number | boolean | null;
type Json = Scalar | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

/** A list of objects is a table while it has at most so many keys and cells so short; beyond that, headings and lines. */
const maxColumns = 12;
const maxCell = 200;
/** Headings deeper than this become lines with the path as their key. */
const maxDepth = 6;

/**
 * JSON and JSON lines as text that reads and searches well: lists of flat objects as tables, objects as `key: value`
 * lines, nested ones under headings of their keys. The title is a top-level `title` or `name`.
 */
export function parseJson(source: string, path: string): ParsedBody {
	const text = source.startsWith('\uFEFF') ? source.slice(1) : source;
	const value = /\.(?:jsonl|ndjson)$/i.test(path) ? parseLines(text, path) : parseWhole(text, path);
	const title = isObject(value) ? (value['title'] ?? value['name']) : null;
	const out: string[] = [];
	write(out, value, 1, '');
	return { title: typeof title === 'string' && title.length <= 200 ? title : null, text: out.join('\n').trim() };
}

function parseWhole(text: string, path: string): Json {
	try {
		return JSON.parse(text) as Json;
	} catch (error) {
		// A .json file of one object a line is common.
		const first = text.slice(0, text.indexOf('\n') + 1).trim();
		if (first.endsWith('}') && isJson(first)) return parseLines(text, path);
		throw invalid(path, error);
	}
}

function parseLines(text: string, path: string): Json {
	const rows: Json[] = [];
	for (const [index, line] of text.split('\n').entries()) {
		if (line.trim() === '') continue;
		try {
			rows.push(JSON.parse(line) as Json);
		} catch (error) {
			throw invalid(`${path}, line ${index + 1}`, error);
		}
	}
	return rows;
}

function isJson(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}

function invalid(where: string, cause: unknown): KnowhowError {
	const reason = cause instanceof Error ? cause.message.replace(/, ?".*$|: ?".*$/s, '') : 'unknown reason';
	return new KnowhowError('unreadable_file', `${where} is no JSON: ${reason}.`, {
		hint: 'Check the file with a JSON validator.',
	});
}

/** Writes a value at a heading depth from 1; `key` is what it is called, empty for list items and the whole. */
function write(out: string[], value: Json, depth: number, key: string): void {
	if (isList(value)) writeList(out, value, depth, key);
	else if (isObject(value)) writeObject(out, value, depth);
	else writeLine(out, key, value);
}

function writeObject(out: string[], value: JsonObject, depth: number): void {
	const nested: [string, Json][] = [];
	for (const [key, each] of Object.entries(value)) {
		if (isScalar(each)) writeLine(out, key, each);
		else if (isList(each) && each.length > 0 && each.every(isShort)) writeLine(out, key, each.join(', '));
		else if (!isEmpty(each)) nested.push([key, each]);
	}
	for (const [key, each] of nested) {
		heading(out, depth, key);
		write(out, each, depth + 1, key);
	}
}

function writeList(out: string[], list: readonly Json[], depth: number, key: string): void {
	if (list.every(isShort)) {
		for (const each of list) out.push(`- ${oneLine(String(each))}`);
		return;
	}
	const rows = list.map(flatten);
	const columns = columnsOf(rows);
	if (columns !== null) {
		out.push(
			toTable(
				columns,
				rows.map((row) => columns.map((column) => cellOf(row?.[column]))),
			),
		);
		return;
	}
	for (const [index, each] of list.entries()) {
		if (isScalar(each)) {
			writeLine(out, '', each);
			continue;
		}
		heading(out, depth, labelOf(each, key, index));
		write(out, each, depth + 1, key);
	}
}

/** An object of short values, with those of objects inside it under keys such as `address.city`; null when it is no row. */
function flatten(value: Json): Record<string, Json> | null {
	if (!isObject(value)) return null;
	const row: Record<string, Json> = {};
	for (const [key, each] of Object.entries(value)) {
		if (isFlat(each)) row[key] = each;
		else if (!isObject(each) || !Object.values(each).every(isFlat)) return null;
		else for (const [inner, cell] of Object.entries(each)) row[`${key}.${inner}`] = cell;
	}
	return row;
}

/** The keys of rows in order of appearance; null when they make no table. */
function columnsOf(rows: readonly (Record<string, Json> | null)[]): string[] | null {
	const columns = new Set<string>();
	for (const row of rows) {
		if (row === null) return null;
		for (const key of Object.keys(row)) columns.add(key);
		if (columns.size > maxColumns) return null;
	}
	return columns.size === 0 ? null : [...columns];
}

/** What a list item is called: the value that names it, else its place. */
function labelOf(item: Json, key: string, index: number): string {
	if (isObject(item)) {
		for (const name of ['title', 'name', 'label', 'question', 'id', 'key', 'slug']) {
			const value = item[name];
			if ((typeof value === 'string' && value.trim() !== '' && value.length <= 120) || typeof value === 'number') {
				return String(value);
			}
		}
	}
	return `${key === '' ? 'Item' : key} ${index + 1}`;
}

/** Strings of several lines become a paragraph of their own under their key. */
function writeLine(out: string[], key: string, value: string | number | boolean | null): void {
	if (value === null || value === '') return;
	const text = String(value).trim();
	const label = key === '' ? '' : `${oneLine(key)}: `;
	if (!text.includes('\n')) out.push(`${label}${text}\n`);
	else out.push(`${label.trim()}\n\n${text}\n`);
}

function heading(out: string[], depth: number, text: string): void {
	out.push(`\n${'#'.repeat(Math.min(depth, maxDepth))} ${oneLine(text)}\n`);
}

function oneLine(text: string): string {
	return text.replaceAll(/\s+/g, ' ').trim();
}

function cellOf(value: Json | undefined): string {
	if (isList(value)) return value.filter(isScalar).join(', ');
	return value === undefined || value === null || !isScalar(value) ? '' : String(value);
}

function isList(value: Json | undefined): value is readonly Json[] {
	return Array.isArray(value);
}

function isObject(value: Json | undefined): value is JsonObject {
	return typeof value === 'object' && value !== null && !isList(value);
}

function isScalar(value: Json): value is Scalar {
	return typeof value !== 'object' || value === null;
}

function isShort(value: Json): value is Scalar {
	return isScalar(value) && String(value).length <= maxCell && !String(value).includes('\n');
}

function isFlat(value: Json): boolean {
	return isShort(value) || (isList(value) && value.every(isShort) && value.join(', ').length <= maxCell);
}

function isEmpty(value: Json): boolean {
	return isList(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}
