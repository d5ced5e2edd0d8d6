import { z } from 'zod';
import type { JsonObject } from '../difference.ts';
import { toContent } from '../example.ts';
import { readBy, type RowFormat } from './format.ts';

const rowSchema = z.looseObject({ text: z.string(), output: z.record(z.string(), z.json()) });

/** A text and the fields that are to be found in it, as extractors learn from it. The answer is the JSON of the fields. */
export const fields: RowFormat = {
	name: 'fields',
	describe: 'fields: {"text", "output": {…}}',
	matches: ({ text, output }) => typeof text === 'string' && isObject(output),
	read: (row) =>
		readBy(rowSchema, row, ({ text, output }) => toContent({ query: text, answer: JSON.stringify(output) })),
	write: ({ query, answer }) => {
		const output = parsed(answer);
		return isObject(output) && JSON.stringify(output) === answer ? { text: query, output } : null;
	},
};

function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Undefined for what is no JSON. */
function parsed(answer: string | null): unknown {
	try {
		return JSON.parse(answer ?? '') as unknown;
	} catch {
		return undefined;
	}
}
