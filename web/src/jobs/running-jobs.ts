import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, got } from '../api/client.ts';
import { hasEnded } from './job.ts';
import { watchJob } from './watched-jobs.ts';

/** Watches the ingests that were begun elsewhere, or before the page was loaded, and go on. */
export function useRunningJobs(): void {
	const { data } = useQuery({
		queryKey: ['running-jobs'],
		queryFn: () => got(api.GET('/api/jobs', { params: { query: { kind: 'ingest' } } })),
	});
	useEffect(() => {
		for (const job of data?.data ?? []) if (!hasEnded(job)) watchJob({ id: job.id });
	}, [data]);
}
