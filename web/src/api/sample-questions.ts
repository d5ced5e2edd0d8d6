import { queryOptions } from '@tanstack/react-query';
import { api, got } from './client.ts';

const source = 'sample/v1/';

/** Questions to try the sample documents with; none while the sample is not among the documents of the default collection. */
export const sampleQuestionsQuery = queryOptions({
	queryKey: ['documents', 'sample-questions'],
	queryFn: async () => {
		const query = { contains: source, limit: 1 };
		const { data } = await got(api.GET('/api/documents', { params: { query } }));
		return data.length === 0 ? [] : (await got(api.GET('/api/sample'))).questions;
	},
});
