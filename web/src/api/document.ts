import { queryOptions } from '@tanstack/react-query';
import { api, got } from './client.ts';
import { request } from './request.ts';
import type { paths } from './schema.d.ts';

/** A document with its text. */
export type Document = paths['/api/documents/{document}']['get']['responses'][200]['content']['application/json'];

export function documentQuery(id: string) {
	return queryOptions({
		queryKey: ['documents', id, 'text'],
		queryFn: () => got(api.GET('/api/documents/{document}', { params: { path: { document: id } } })),
	});
}

/** The bytes that a version of a document was made of. */
export function documentContentQuery(id: string, version: number) {
	return queryOptions({
		queryKey: ['documents', id, 'content', version],
		queryFn: async () => {
			const response = await request(`/api/documents/${encodeURIComponent(id)}/content`);
			return new Uint8Array(await response.arrayBuffer());
		},
		// Megabytes, perhaps.
		gcTime: 60_000,
	});
}
