import { z } from 'zod';
import type { AttributeValue, DocumentSummary } from './document.ts';
import { KnowhowError } from './error.ts';

const value = z.union([z.string(), z.number(), z.boolean()]);
const order = z.union([z.string(), z.number()]);

/** OpenAI's filter shape: comparisons of one attribute, and `and` / `or` of filters. */
export const filterSchema: z.ZodType<Filter> = z.lazy(() =>
	z.union([
		z.strictObject({ type: z.enum(['eq', 'ne']), key: z.string().min(1), value }),
		z.strictObject({ type: z.enum(['gt', 'gte', 'lt', 'lte']), key: z.string().min(1), value: order }),
		z.strictObject({ type: z.enum(['in', 'nin']), key: z.string().min(1), value: z.array(value) }),
		z.strictObject({ type: z.enum(['and', 'or']), filters: z.array(filterSchema) }),
	]),
);

export type Filter = Comparison | FilterGroup;

type Comparison =
	| { readonly type: 'eq' | 'ne'; readonly key: string; readonly value: AttributeValue }
	| { readonly type: 'gt' | 'gte' | 'lt' | 'lte'; readonly key: string; readonly value: string | number }
	| { readonly type: 'in' | 'nin'; readonly key: string; readonly value: readonly AttributeValue[] };

type FilterGroup = { readonly type: 'and' | 'or'; readonly filters: readonly Filter[] };

/** Checks a filter that came from outside. Throws `invalid_filter`. */
export function parseFilter(input: unknown): Filter {
	const parsed = filterSchema.safeParse(input);
	if (parsed.success) return parsed.data;
	throw new KnowhowError('invalid_filter', 'The filter is not in the documented shape.', {
		hint: 'Example: {"type":"and","filters":[{"type":"eq","key":"format","value":"pdf"},{"type":"gte","key":"year","value":2025}]}',
		details: { issues: z.prettifyError(parsed.error) },
	});
}

/** What passes both; null: everything does. */
export function bothFilters(a: Filter | null, b: Filter | null): Filter | null {
	if (a === null || b === null) return a ?? b;
	return { type: 'and', filters: [a, b] };
}

/** The built-in keys a filter can name; they hide attributes of the same name. */
const builtIn = {
	source: (document: DocumentSummary) => document.source,
	title: (document: DocumentSummary) => document.title,
	format: (document: DocumentSummary) => document.format,
	language: (document: DocumentSummary) => document.language ?? undefined,
	date: (document: DocumentSummary) => document.date ?? undefined,
	document: (document: DocumentSummary) => document.id,
} as const;

/**
 * Whether a document passes a filter. A missing attribute equals nothing: `eq`, `in` and the orders are false,
 * `ne` and `nin` true. Orders compare numbers with numbers and strings with strings (so ISO dates work), else false.
 */
export function matches(filter: Filter, document: DocumentSummary): boolean {
	if (isGroup(filter)) {
		return filter.type === 'and'
			? filter.filters.every((part) => matches(part, document))
			: filter.filters.some((part) => matches(part, document));
	}
	const actual = valueOf(filter.key, document);
	switch (filter.type) {
		case 'eq':
			return actual === filter.value;
		case 'ne':
			return actual !== filter.value;
		case 'in':
			return actual !== undefined && filter.value.includes(actual);
		case 'nin':
			return actual === undefined || !filter.value.includes(actual);
		default:
			return inOrder(filter.type, actual, filter.value);
	}
}

function isGroup(filter: Filter): filter is FilterGroup {
	return filter.type === 'and' || filter.type === 'or';
}

function valueOf(key: string, document: DocumentSummary): AttributeValue | undefined {
	if (Object.hasOwn(builtIn, key)) return builtIn[key as keyof typeof builtIn](document);
	return Object.hasOwn(document.attributes, key) ? document.attributes[key] : undefined;
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
