import Papa from 'papaparse';
import { stringify } from 'yaml';
import { KnowhowError } from '../core/error.ts';
import type { Example } from '../core/dataset.ts';
import { applyDifference, type Json, type JsonObject } from './difference.ts';
import type { Content } from './example.ts';
import { type FormatName, isFaulty } from './formats/format.ts';
import { formatNamed } from './formats/formats.ts';
import type { Container, RowFile } from './rows.ts';

export type WrittenExamples = {
	readonly text: string;
	/** Rows written. */
	readonly written: number;
	/** Examples that the format cannot hold, by id, because they lack what it is made of. */
	readonly left: readonly string[];
	/** Of those written, how many lost a field that the format has no room for, by field. */
	readonly lost: Readonly<Record<string, number>>;
};

/** The container that a format has when nobody asks for another. */
export function defaultContainer(format: FormatName): Container {
	return format === 'promptfoo' ? 'yaml' : 'jsonl';
}

/**
 * Examples as a file of a format. Those read from the same format come out as they were, with all that their rows said
 * besides. Throws `invalid_argument` for cells of a table that would have to hold a list.
 */
export function writeExamples(
	examples: readonly Example[],
	{ format: name, container, around = null }: { format: FormatName; container: Container; around?: RowFile['around'] },
): WrittenExamples {
	const format = formatNamed(name);
	const rows: JsonObject[] = [];
	const left: string[] = [];
	const lost: Record<string, number> = {};
	for (const example of examples) {
		const { rest } = example;
		const plain = format.write(example) ?? (rest?.format === name ? {} : null);
		if (plain === null) {
			left.push(example.id);
			continue;
		}
		for (const field of lostFields(example, format.read(plain))) lost[field] = (lost[field] ?? 0) + 1;
		rows.push((rest?.format === name ? applyDifference(plain, rest.difference) : plain) as JsonObject);
	}
	return { text: joined(rows, container, around), written: rows.length, left, lost };
}

const fields = ['query', 'earlier', 'steps', 'answer', 'rejected', 'label', 'positives', 'negatives'] as const;

/** What reading the row again does not give back. */
function lostFields(example: Example, read: ReturnType<ReturnType<typeof formatNamed>['read']>): string[] {
	if (isFaulty(read)) return ['query'];
	const said = (content: Content, field: (typeof fields)[number]): string => JSON.stringify(content[field]);
	return fields.filter((field) => said(example, field) !== said(read, field));
}

function joined(rows: readonly JsonObject[], container: Container, around: RowFile['around']): string {
	if (container === 'jsonl') return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
	if (container === 'csv' || container === 'tsv') return table(rows, container === 'csv' ? ',' : '\t');
	const whole: Json = around === null ? rows : { ...around.value, [around.key]: rows };
	return container === 'json' ? `${JSON.stringify(whole, null, '\t')}\n` : stringify(whole, { lineWidth: 0 });
}

function table(rows: readonly JsonObject[], delimiter: string): string {
	const header = [...new Set(rows.flatMap((row) => Object.keys(row)))];
	const nested = rows
		.flatMap((row) => Object.entries(row))
		.find(([, value]) => typeof value === 'object' && value !== null);
	if (nested) {
		throw new KnowhowError('invalid_argument', `A table has no room for the field "${nested[0]}", which is a list.`, {
			hint: 'Write JSON lines instead: name a file that ends in .jsonl.',
		});
	}
	const cells = rows.map((row) => header.map((name) => row[name] ?? ''));
	return `${Papa.unparse([header, ...cells], { delimiter, newline: '\n' })}\n`;
}
