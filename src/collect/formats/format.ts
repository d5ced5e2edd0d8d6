import type { z } from 'zod';
import type { Content } from '../example.ts';
import type { JsonObject } from '../difference.ts';
import type { FaultCode } from '../checks/faults.ts';

export const formatNames = [
	'knowhow',
	'openai',
	'openai-preference',
	'sharegpt',
	'preference',
	'alpaca',
	'prompt-completion',
	'ragas',
	'openai-evals',
	'promptfoo',
	'rated-answers',
	'labelled',
	'fields',
	'question-answer',
] as const;
export type FormatName = (typeof formatNames)[number];

/** What is wrong with the shape of a row. */
export type ShapeFault = { readonly code: FaultCode; readonly message: string };

/**
 * One file format, as what a row of it is. `read` takes what `matches` took or any other object and tells what is wrong;
 * `write` gives the plainest row that says the content, null when the format is made of something that it lacks. What a
 * row says besides is kept apart (`difference.ts`), so that reading and writing a row changes nothing.
 */
export type RowFormat = {
	readonly name: FormatName;
	/** One line for people. */
	readonly describe: string;
	/** An object that is surely, or most likely, a row of this format. */
	matches(row: JsonObject): boolean;
	read(row: JsonObject): Content | readonly ShapeFault[];
	write(content: Content): JsonObject | null;
};

/** The key of a row that is the first of these names, whatever its capitals: headers of tables are often written large. */
export function keyOf(row: JsonObject, names: readonly string[]): string | undefined {
	const keys = Object.keys(row);
	for (const name of names) {
		const key = keys.find((found) => found.toLowerCase() === name);
		if (key !== undefined) return key;
	}
	return undefined;
}

/** Whether reading failed. */
export function isFaulty(read: Content | readonly ShapeFault[]): read is readonly ShapeFault[] {
	return Array.isArray(read);
}

/** Parses by a schema; fields that are absent and fields of another type are told apart. */
export function readBy<T>(
	schema: z.ZodType<T>,
	row: unknown,
	toContent: (value: T) => Content | readonly ShapeFault[],
): Content | readonly ShapeFault[] {
	const parsed = schema.safeParse(row);
	return parsed.success ? toContent(parsed.data) : parsed.error.issues.map((issue) => toFault(issue, row));
}

function toFault({ code, path, message }: z.core.$ZodIssue, row: unknown): ShapeFault {
	const field = path.join('.');
	const found = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], row);
	if (found === undefined) return { code: 'missing-field', message: `"${field}" is missing` };
	if (path.at(-1) === 'role' || path.at(-1) === 'from') {
		return { code: 'unknown-role', message: `"${field}" is ${JSON.stringify(found)}, which is no role` };
	}
	const expected = /expected (\w+)/.exec(message)?.[1];
	const unknown = code === 'invalid_union' || code === 'custom' ? 'is not of a type that the format has' : message;
	const what = expected === undefined ? unknown : `is not of the type ${expected}`;
	return { code: 'wrong-type', message: `"${field}" ${what}` };
}
