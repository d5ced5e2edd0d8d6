import { queryOptions } from '@tanstack/react-query';
import { api, got } from '../api/client.ts';

const pathOf = (document: string) => ({ params: { path: { document } } });

export function chunksQuery(document: string) {
	return queryOptions({
		queryKey: ['documents', document, 'chunks'],
		queryFn: () => got(api.GET('/api/documents/{document}/chunks', pathOf(document))),
	});
}

export function versionsQuery(document: string) {
	return queryOptions({
		queryKey: ['documents', document, 'versions'],
		queryFn: () => got(api.GET('/api/documents/{document}/versions', pathOf(document))),
	});
}

/** Who may read it, of those who reach its collection. */
export function accessQuery(document: string) {
	return queryOptions({
		queryKey: ['documents', document, 'access'],
		queryFn: () => got(api.GET('/api/documents/{document}/access', pathOf(document))),
	});
}
