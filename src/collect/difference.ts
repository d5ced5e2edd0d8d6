/** A JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/**
 * What turns one JSON value into another, itself JSON: `{set}` replaces it, `{gone: true}` leaves it out of its object,
 * `{in}` changes what is in an object or in an array of the same length, by key. Null: nothing to do.
 */
export function difference(from: Json, to: Json): Json {
	if (isEqualJson(from, to)) return null;
	const isSameLength = Array.isArray(from) && Array.isArray(to) && from.length === to.length;
	const areObjects = isObject(from) && isObject(to);
	if (!isSameLength && !areObjects) return { set: to };
	const [before, after] = [from as JsonObject, to as JsonObject];
	const changed: Record<string, Json> = {};
	for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
		if (!Object.hasOwn(after, key)) define(changed, key, { gone: true });
		else if (!Object.hasOwn(before, key)) define(changed, key, { set: after[key]! });
		else {
			const inside = difference(before[key]!, after[key]!);
			if (inside !== null) define(changed, key, inside);
		}
	}
	return { in: changed };
}

/** `applyDifference(a, difference(a, b))` equals `b`. What does not fit (the value has changed since) is passed over. */
export function applyDifference(value: Json, change: Json): Json {
	if (!isObject(change)) return value;
	if (Object.hasOwn(change, 'set')) return change['set']!;
	const inside = change['in'];
	if (!isObject(inside)) return value;
	if (Array.isArray(value)) return value.map((item, at) => applyDifference(item, inside[String(at)] ?? null));
	if (!isObject(value)) return value;
	const changed: Record<string, Json> = {};
	for (const key of new Set([...Object.keys(value), ...Object.keys(inside)])) {
		const step = Object.hasOwn(inside, key) ? inside[key]! : null;
		if (isObject(step) && step['gone'] === true) continue;
		if (Object.hasOwn(value, key)) define(changed, key, applyDifference(value[key]!, step));
		else if (isObject(step) && Object.hasOwn(step, 'set')) define(changed, key, step['set']!);
	}
	return changed;
}

/** Assignment would take the key `__proto__` for the prototype. */
function define(object: Record<string, Json>, key: string, value: Json): void {
	Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

export function isObject(value: Json | undefined): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether two JSON values are equal, whatever the order of keys. */
function isEqualJson(a: Json, b: Json): boolean {
	if (a === b) return true;
	if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
	if (Array.isArray(a) !== Array.isArray(b)) return false;
	const [left, right] = [a as JsonObject, b as JsonObject];
	const keys = Object.keys(left);
	if (keys.length !== Object.keys(right).length) return false;
	return keys.every((key) => Object.hasOwn(right, key) && isEqualJson(left[key]!, right[key]!));
}
