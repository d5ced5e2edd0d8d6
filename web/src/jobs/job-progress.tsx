import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useEffectEvent } from 'react';
import { nextStep } from '../api/advice.ts';
import { api, got } from '../api/client.ts';
import { Button } from '../components/button.tsx';
import { Failure } from '../components/failure.tsx';
import { ProgressBar } from '../components/progress-bar.tsx';
import { FileFailures } from './file-failures.tsx';
import { type FollowedJob, followedJobQuery } from './followed-job.ts';
import { hasEnded, type Job, sourcesOf } from './job.ts';
import { noteOf } from './job-note.ts';
import { WorkItem } from './work-item.tsx';

type Props = {
	/** The id of the job. */
	readonly job: string;
	/** What it does; its sources when absent. */
	readonly title?: string | undefined;
	/** Called once, when it has ended, however it did. */
	readonly onEnd?: (job: Job) => void;
	/** Offered once it has ended. */
	readonly onDismiss?: () => void;
};

/** How far an ingest is: a bar, counts, what could not be read and why, and a way to stop it. */
export function JobProgress({ job: id, title, onEnd, onDismiss }: Props) {
	const { data, error, refetch } = useQuery(followedJobQuery(id));
	const cancelling = useMutation({
		mutationFn: () => got(api.POST('/api/jobs/{job}/cancel', { params: { path: { job: id } } })),
	});
	const job = data?.job ?? null;
	const isOver = job !== null && hasEnded(job);
	const end = useEffectEvent(() => onEnd?.(job!));
	useEffect(() => {
		if (isOver) end();
	}, [isOver]);

	const name = title ?? (job === null ? 'Ingest' : sourcesOf(job));
	const note = noteOf(data);
	return (
		<WorkItem
			title={name}
			note={note}
			outcome={isOver ? `${name}: ${note}` : null}
			onDismiss={isOver || error !== null ? onDismiss : undefined}
			actions={
				!isOver &&
				error === null && (
					<Button size="small" isDisabled={cancelling.isPending} onPress={() => cancelling.mutate()}>
						Cancel
					</Button>
				)
			}
		>
			{!isOver && error === null && <Bar followed={data} name={name} />}
			{error !== null && <Failure error={error} again={() => void refetch()} />}
			{cancelling.error !== null && <Failure error={cancelling.error} />}
			{job?.error && <Failure error={textOf(job.error)} />}
			<FileFailures failures={data?.failures ?? []} />
		</WorkItem>
	);
}

function textOf({ code, message, hint }: NonNullable<Job['error']>): string {
	return [message, nextStep(code, hint)].filter(Boolean).join(' ');
}

function Bar({ followed, name }: { readonly followed: FollowedJob | undefined; readonly name: string }) {
	const { files = null, done = 0 } = followed?.job?.progress ?? {};
	return <ProgressBar label={`Progress of ${name}`} value={done} max={files} />;
}
