import type { FollowedJob } from './followed-job.ts';
import type { Job } from './job.ts';

/** How far a job is, or how it ended, in one line. */
export function noteOf(followed: FollowedJob | undefined): string {
	if (followed?.job == null) return followed?.isLost ? lost : 'Starting';
	const { job, latest, isLost } = followed;
	if (isLost) return lost;
	const counted = countsOf(job);
	if (job.status === 'running') return [counted, latest].filter(Boolean).join(' · ');
	return [statusNames[job.status], counted].filter(Boolean).join(' · ');
}

const statusNames = {
	queued: 'Waiting for its turn',
	succeeded: 'Done',
	failed: 'Failed',
	cancelled: 'Cancelled',
} as const;

const lost = 'The connection is gone; trying again';

function countsOf({ progress, status }: Job): string {
	if (progress === null) return status === 'running' ? 'Looking for files' : '';
	const { files, done, added, updated, unchanged, removed, failed } = progress;
	const isRunning = status === 'running';
	const counts = [
		isRunning && `${number(done)}${files === null ? '' : ` of ${number(files)}`} files`,
		...Object.entries({ added, updated, unchanged, removed, failed }).map(
			([name, count]) => count > 0 && `${number(count)} ${name}`,
		),
	].filter((part) => part !== false);
	return counts.length === 0 && !isRunning ? 'nothing to read' : counts.join(' · ');
}

function number(count: number): string {
	return count.toLocaleString('en-GB');
}
