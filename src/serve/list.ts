import { z } from 'zod';
import type { KnowhowError } from '../core/error.ts';
import { wrongParameter } from './errors.ts';

/** The query of every list. */
export const pageQuery = z.object({
	limit: z.coerce.number().int().min(1).max(1000).default(20).describe('The most objects.'),
	order: z.enum(['asc', 'desc']).default('desc').describe('By the time they were made.'),
	after: z.string().min(1).optional().describe('Only what comes after the object with this id.'),
	before: z.string().min(1).optional().describe('Only what comes before the object with this id.'),
});

export type PageQuery = z.output<typeof pageQuery>;

export function listOf<T extends z.ZodType>(item: T) {
	return z.object({
		object: z.literal('list'),
		data: z.array(item),
		first_id: z.string().nullable(),
		last_id: z.string().nullable(),
		has_more: z.boolean(),
	});
}

export type Page<T> = {
	readonly object: 'list';
	readonly data: readonly T[];
	readonly first_id: string | null;
	readonly last_id: string | null;
	readonly has_more: boolean;
};

/** How a page is read: `before` goes the other way, and is turned round. One more than asked for tells whether there are more. */
export type Reading = { readonly order: 'asc' | 'desc'; readonly after?: string; readonly limit: number };

/**
 * A page of what `read` gives in order, null when it knows no such id. Where it begins at any id, since objects are removed while a
 * list is walked, `prefix` is what its ids begin with. Throws `invalid_argument` for both cursors at once, and for other ids.
 */
export async function page<T extends { readonly id: string }>(
	{ limit, order, after, before }: PageQuery,
	read: (reading: Reading) => Promise<readonly T[] | null>,
	prefix = '',
): Promise<Page<T>> {
	if (after !== undefined && before !== undefined) {
		throw wrongParameter('invalid_argument', 'before', 'A page is taken either after an object or before one.');
	}
	const isBackward = before !== undefined;
	const from = before ?? after;
	const direction = isBackward ? (order === 'asc' ? 'desc' : 'asc') : order;
	const isOther = from !== undefined && !from.startsWith(prefix);
	const found = isOther
		? null
		: await read({ order: direction, limit: limit + 1, ...(from === undefined ? {} : { after: from }) });
	if (found === null) throw unknownCursor(isBackward ? 'before' : 'after', from);
	const data = isBackward ? found.slice(0, limit).reverse() : found.slice(0, limit);
	return {
		object: 'list',
		data,
		first_id: data[0]?.id ?? null,
		last_id: data.at(-1)?.id ?? null,
		has_more: found.length > limit,
	};
}

/** Also for the id of something that the caller does not see. */
export function unknownCursor(param: 'after' | 'before', id = ''): KnowhowError {
	return wrongParameter('invalid_argument', param, `There is no "${id}" in this list.`, 'Begin it anew.');
}

/** `read` of `page` for what is in memory, given oldest first. */
export function readOf<T extends { readonly id: string }>(
	items: readonly T[],
): (reading: Reading) => Promise<readonly T[] | null> {
	return async ({ order, after, limit }) => {
		const sorted = order === 'asc' ? items : items.toReversed();
		const from = after === undefined ? 0 : sorted.findIndex(({ id }) => id === after) + 1;
		return after !== undefined && from === 0 ? null : sorted.slice(from, from + limit);
	};
}
