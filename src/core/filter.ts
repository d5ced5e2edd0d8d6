import { z } from 'zod';
import type { AttributeValue, DocumentSummary } from './document.ts';
import { KnowhowError } from './error.ts';

const value = z.union([z.string(), z.number(), z.boolean()]);
const order = z.union([z.string(), z.number()]);

/** What a filter may have at most, since every document of a collection is held against it. */
export const filterLimits = {
	/** Comparisons and groups of them. */
	parts: 64,
	/** Values of all lists of `in` and `nin`. */
	values: 10_000,
	/** Of all keys and values, in UTF-16 units. */
	characters: 1_000_000,
	/** Groups within groups, their comparisons included. */
	levels: 16,
} as const;

const shape: z.ZodType<Filter> = z.lazy(() =>
	z.union([
		z.strictObject({ type: z.enum(['eq', 'ne']), key: z.string().min(1), value }),
		z.strictObject({ type: z.enum(['gt', 'gte', 'lt', 'lte']), key: z.string().min(1), value: order }),
		z.strictObject({ type: z.enum(['in', 'nin']), key: z.string().min(1), value: z.array(value) }),
		z.strictObject({ type: z.enum(['and', 'or']), filters: z.array(shape) }),
	]),
);

/** OpenAI's filter shape: comparisons of one attribute, and `and` / `or` of filters; within `filterLimits`. */
export const filterSchema: z.ZodType<Filter> = z
	.unknown()
	.superRefine((input, context) => {
		const message = excessOf(input);
		if (message !== null) context.addIssue({ code: 'custom', message });
	})
	.pipe(shape);

export type Filter = Comparison | FilterGroup;

type Comparison =
	| { readonly type: 'eq' | 'ne'; readonly key: string; readonly value: AttributeValue }
	| { readonly type: 'gt' | 'gte' | 'lt' | 'lte'; readonly key: string; readonly value: string | number }
	| { readonly type: 'in' | 'nin'; readonly key: string; readonly value: readonly AttributeValue[] };

type FilterGroup = { readonly type: 'and' | 'or'; readonly filters: readonly Filter[] };

/** Checks a filter that came from outside, where it was called `param`. Throws `invalid_filter`. */
export function parseFilter(input: unknown, param = 'filter'): Filter {
	const excess = excessOf(input);
	if (excess !== null) throw new KnowhowError('invalid_filter', `${excess}.`, { details: { param } });
	const parsed = shape.safeParse(input);
	if (parsed.success) return parsed.data;
	throw new KnowhowError('invalid_filter', 'The filter is not in the documented shape.', {
		hint: 'Example: {"type":"and","filters":[{"type":"eq","key":"format","value":"pdf"},{"type":"gte","key":"year","value":2025}]}',
		details: { param, issues: z.prettifyError(parsed.error) },
	});
}

/** Which limit a filter breaks, null: none. Looks no further than to the first one. */
function excessOf(input: unknown): string | null {
	const { parts, values, characters, levels } = filterLimits;
	const found = { parts: 0, values: 0, characters: 0 };
	for (const { part, level } of partsOf(input)) {
		if (level > levels) return `The filter has more than ${levels} levels`;
		if (++found.parts > parts)
			return `The filter has more than ${parts} comparisons and groups; \`in\` takes many values`;
		const several = Array.isArray(part.value) ? (part.value as unknown[]) : [];
		found.values += several.length;
		if (found.values > values) return `The lists of the filter have more than ${values} values`;
		for (const text of [part.key, part.value, ...several])
			if (typeof text === 'string') found.characters += text.length;
		if (found.characters > characters) return `The filter has more than ${characters} characters`;
	}
	return null;
}

type Part = { readonly key?: unknown; readonly value?: unknown; readonly filters?: unknown };

function* partsOf(input: unknown, level = 1): Generator<{ readonly part: Part; readonly level: number }> {
	const part: Part = typeof input === 'object' && input !== null ? input : {};
	yield { part, level };
	if (Array.isArray(part.filters)) for (const each of part.filters as unknown[]) yield* partsOf(each, level + 1);
}

/** What passes both; null: everything does. */
export function bothFilters(a: Filter | null, b: Filter | null): Filter | null {
	if (a === null || b === null) return a ?? b;
	return { type: 'and', filters: [a, b] };
}

/** The keys that a filter can name of every document; an attribute of the same name goes before. */
const builtIn: ReadonlyMap<string, (document: DocumentSummary) => AttributeValue | undefined> = new Map([
	['source', ({ source }) => source],
	['title', ({ title }) => title],
	['format', ({ format }) => format],
	['language', ({ language }) => language ?? undefined],
	['date', ({ date }) => date ?? undefined],
	['document', ({ id }) => id],
]);

/** Whether a filter can name this key of every document. */
export function isBuiltIn(key: string): boolean {
	return builtIn.has(key);
}

type Test = (document: DocumentSummary) => boolean;

/**
 * Says of documents whether they pass a filter. A missing attribute equals nothing: `eq`, `in` and the orders are false,
 * `ne` and `nin` true. Orders compare numbers with numbers and strings with strings (so ISO dates work), else false.
 */
export function testOf(filter: Filter): Test {
	if (isGroup(filter)) {
		const tests = filter.filters.map(testOf);
		return filter.type === 'and'
			? (document) => tests.every((test) => test(document))
			: (document) => tests.some((test) => test(document));
	}
	const passes = comparison(filter);
	const valueOf = reader(filter.key);
	return (document) => passes(valueOf(document));
}

function isGroup(filter: Filter): filter is FilterGroup {
	return filter.type === 'and' || filter.type === 'or';
}

function comparison(filter: Comparison): (actual: AttributeValue | undefined) => boolean {
	switch (filter.type) {
		case 'eq':
			return (actual) => actual === filter.value;
		case 'ne':
			return (actual) => actual !== filter.value;
		case 'in':
		case 'nin': {
			const values = new Set<AttributeValue | undefined>(filter.value);
			return filter.type === 'in' ? (actual) => values.has(actual) : (actual) => !values.has(actual);
		}
		default:
			return (actual) => inOrder(filter.type, actual, filter.value);
	}
}

function reader(key: string): (document: DocumentSummary) => AttributeValue | undefined {
	const known = builtIn.get(key) ?? (() => undefined);
	return (document) => (Object.hasOwn(document.attributes, key) ? document.attributes[key] : known(document));
}

function inOrder(
	type: 'gt' | 'gte' | 'lt' | 'lte',
	actual: AttributeValue | undefined,
	wanted: string | number,
): boolean {
	if (actual === undefined || typeof actual !== typeof wanted) return false;
	if (type === 'gt') return actual > wanted;
	if (type === 'gte') return actual >= wanted;
	if (type === 'lt') return actual < wanted;
	return actual <= wanted;
}
