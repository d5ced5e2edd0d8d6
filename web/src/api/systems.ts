import { queryOptions } from '@tanstack/react-query';
import { api, got } from './client.ts';

/** The systems that answer, `rag` first. */
export const systemsQuery = queryOptions({
	queryKey: ['systems'],
	queryFn: async () => (await got(api.GET('/api/systems'))).data,
});
