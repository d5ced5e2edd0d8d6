import type { Validator } from './json-schema.ts';

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
