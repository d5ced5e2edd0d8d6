import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, got } from '../api/client.ts';
import { statusQuery } from '../api/status.ts';
import { watchJob } from '../jobs/watched-jobs.ts';

type Wanted = {
	readonly sources: string[];
	readonly sitemaps: string[];
	readonly collection: string;
	readonly sync: boolean;
};

/** Begins to read pages, files and folders, and shows the job that does it. */
export function useBeginIngest() {
	const queries = useQueryClient();
	return useMutation({
		mutationFn: (body: Wanted) => got(api.POST('/api/ingest', { body })),
		onSuccess: ({ id }) => {
			watchJob({ id });
			// The first one of a project makes its collection.
			return queries.invalidateQueries(statusQuery);
		},
	});
}
