import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import { api, got } from '../api/client.ts';

/** The most that the server gives at once. */
const pageSize = 1000;

/** The documents of a collection, those with `contains` in their title or source, page by page in the server's order. */
export function documentsQuery(collection: string, contains: string) {
	return infiniteQueryOptions({
		queryKey: ['documents', 'list', collection, contains],
		queryFn: ({ pageParam, signal }) =>
			got(
				api.GET('/api/documents', {
					signal,
					params: {
						query: {
							collection,
							limit: pageSize,
							...(contains === '' ? {} : { contains }),
							...(pageParam === null ? {} : { after: pageParam }),
						},
					},
				}),
			),
		initialPageParam: null as string | null,
		getNextPageParam: ({ data, has_more }) => (has_more ? (data.at(-1)?.id ?? null) : null),
		placeholderData: keepPreviousData,
	});
}
