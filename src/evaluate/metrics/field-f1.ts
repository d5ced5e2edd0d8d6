import { parseJson } from './json-validity.ts';

/**
 * F1 over the fields of a JSON answer: 2 · right / (fields of the answer + fields of the gold answer). A field is a path with its value
 * (`/slots/[]/name = "city"`), right when the gold answer has it too, as often. Places in lists do not count, an empty object or list
 * is a field of its own; strings are compared exactly. 0 for an answer that is not JSON; null when the gold answer is not.
 */
export function fieldF1(answer: string, gold: string): number | null {
	const wanted = parseJson(gold);
	if (wanted === undefined) return null;
	const given = parseJson(answer);
	if (given === undefined) return 0;
	const expected = countFields(wanted);
	const found = countFields(given);
	let right = 0;
	for (const [field, count] of found) right += Math.min(count, expected.get(field) ?? 0);
	return (2 * right) / (total(found) + total(expected));
}

function countFields(value: unknown): Map<string, number> {
	const counts = new Map<string, number>();
	for (const field of fields(value, '')) counts.set(field, (counts.get(field) ?? 0) + 1);
	return counts;
}

function* fields(value: unknown, path: string): Generator<string> {
	if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) {
		yield `${path} = ${JSON.stringify(value)}`;
	} else if (Array.isArray(value)) {
		for (const item of value) yield* fields(item, `${path}/[]`);
	} else {
		for (const [name, item] of Object.entries(value)) yield* fields(item, `${path}/${JSON.stringify(name)}`);
	}
}

function total(counts: ReadonlyMap<string, number>): number {
	return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
