import { watchedJobs } from '../jobs/watched-jobs.ts';
import { useHeld } from '../state/held.ts';
import { isSettled } from './uploads/upload.ts';
import { uploads } from './uploads/uploads.ts';

/** Whether documents are on their way. */
export function useIsAdding(): boolean {
	const jobs = useHeld(watchedJobs);
	const files = useHeld(uploads);
	return jobs.some(({ hasEnded }) => hasEnded !== true) || files.some((file) => !isSettled(file));
}
