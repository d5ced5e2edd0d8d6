import { z } from 'zod';

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

/** A page of what `read` gives in order. */
export async function page<T extends { readonly id: string }>(
	{ limit, order, after, before }: PageQuery,
	read: (reading: Reading) => Promise<readonly T[]>,
): Promise<Page<T>> {
	const isBackward = before !== undefined && after === undefined;
	const from = isBackward ? before : after;
	const direction = isBackward ? (order === 'asc' ? 'desc' : 'asc') : order;
	const found = await read({ order: direction, limit: limit + 1, ...(from === undefined ? {} : { after: from }) });
	const data = isBackward ? found.slice(0, limit).reverse() : found.slice(0, limit);
	return {
		object: 'list',
		data,
		first_id: data[0]?.id ?? null,
		last_id: data.at(-1)?.id ?? null,
		has_more: found.length > limit,
	};
}

/** `read` of `page` for what is in memory, given oldest first. */
export function readOf<T extends { readonly id: string }>(
	items: readonly T[],
): (reading: Reading) => Promise<readonly T[]> {
	return async ({ order, after, limit }) => {
		const sorted = order === 'asc' ? items : items.toReversed();
		const from = after === undefined ? 0 : sorted.findIndex(({ id }) => id === after) + 1;
		return after !== undefined && from === 0 ? [] : sorted.slice(from, from + limit);
	};
}
