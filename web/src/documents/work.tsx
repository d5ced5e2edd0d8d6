import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect } from 'react';
import { statusQuery } from '../api/status.ts';
import { JobProgress } from '../jobs/job-progress.tsx';
import { useRunningJobs } from '../jobs/running-jobs.ts';
import { dismissJob, noteEnd, watchedJobs } from '../jobs/watched-jobs.ts';
import { useHeld } from '../state/held.ts';
import { UploadProgress } from './uploads/upload-progress.tsx';
import { isUnderWay } from './uploads/upload.ts';
import { uploads } from './uploads/uploads.ts';
import styles from './work.module.css';

/** What is being added, until it is dismissed; the lists follow as documents come. */
export function Work() {
	useRunningJobs();
	const jobs = useHeld(watchedJobs);
	const files = useHeld(uploads);
	const refresh = useRefresh();
	const completed = files.filter(({ state }) => state === 'completed').length;
	const isBusy = files.some(isUnderWay);
	useEffect(() => {
		if (completed > 0) refresh({ isLast: !isBusy });
	}, [completed, isBusy, refresh]);

	if (jobs.length + files.length === 0) return null;
	return (
		<div className={styles.work}>
			{jobs.toReversed().map(({ id, title }) => (
				<JobProgress
					key={id}
					job={id}
					title={title}
					onEnd={() => {
						noteEnd(id);
						refresh({ isLast: true });
					}}
					onDismiss={() => dismissJob(id)}
				/>
			))}
			<UploadProgress />
		</div>
	);
}

/** Reads the lists again; unless it is for the last time, not while they are being read already. */
function useRefresh() {
	const queries = useQueryClient();
	return useCallback(
		({ isLast }: { readonly isLast: boolean }): void => {
			for (const queryKey of [['documents'], statusQuery.queryKey]) {
				void queries.invalidateQueries({ queryKey }, { cancelRefetch: isLast });
			}
		},
		[queries],
	);
}
