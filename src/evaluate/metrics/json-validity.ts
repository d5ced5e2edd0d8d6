import { z } from 'zod';
import { KnowhowError } from '../../core/error.ts';

/** Whether a value is what a schema asks for. */
export type Validator = (value: unknown) => boolean;

/**
 * A JSON Schema (draft 2020-12, 7 or 4) as a function. Keywords of conditions (`if`, `not`, `dependent…`, `unevaluated…`) and references
 * to other files are not understood: they throw `invalid_data`, so that no schema is half applied. Unknown keywords are remarks.
 */
export function parseJsonSchema(schema: unknown): Validator {
	try {
		const parsed = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
		return (value) => parsed.safeParse(value).success;
	} catch (cause) {
		throw new KnowhowError('invalid_data', `The JSON Schema cannot be applied: ${(cause as Error).message}`, {
			hint: 'Leave out if/then/else, not, dependent… and unevaluated…, and keep $ref within the schema (#/$defs/…).',
			cause,
		});
	}
}

/** 1 when the whole text is JSON and the schema accepts it, else 0. Code fences and words around the JSON make it 0. */
export function jsonValidity(text: string, accepts: Validator = () => true): number {
	const value = parseJson(text);
	return value !== undefined && accepts(value) ? 1 : 0;
}

/** Undefined when the text is not JSON. */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
}
