import { Check, CircleAlert } from 'lucide-react';
import { isLasting, sayError } from '../../api/advice.ts';
import { Button } from '../../components/button.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { WorkItem } from '../../jobs/work-item.tsx';
import { useHeld } from '../../state/held.ts';
import { counted } from '../document.ts';
import { isSettled, isUnderWay, type Upload } from './upload.ts';
import styles from './upload-progress.module.css';
import { dismissUploads, stopWaiting, tryAgain, uploads } from './uploads.ts';

/** Of a large folder, those that are done and those that wait are told by their number beyond this. */
const mostQuiet = 20;
const stateNames = {
	waiting: 'Waiting',
	sending: 'Sending',
	reading: 'Reading',
	completed: 'Added',
	failed: 'Not added',
} as const satisfies Record<Upload['state'], string>;

/** Every file on its way, with what went wrong, and a way to try it again where that may help. */
export function UploadProgress() {
	const all = useHeld(uploads);
	if (all.length === 0) return null;
	const settled = all.filter(isSettled);
	const failed = all.filter(({ state }) => state === 'failed');
	const isOver = settled.length === all.length;
	const title = counted(all.length, 'file');
	const note = [
		isOver ? 'Done' : `Adding · ${settled.length} of ${all.length}`,
		`${settled.length - failed.length} added`,
		failed.length > 0 && `${failed.length} not added`,
	]
		.filter(Boolean)
		.join(' · ');
	return (
		<WorkItem
			title={title}
			note={note}
			outcome={isOver ? `${title}: ${note}` : null}
			onDismiss={isOver ? dismissUploads : undefined}
			actions={
				all.some(({ state }) => state === 'waiting') && (
					<Button size="small" onPress={stopWaiting}>
						Stop
					</Button>
				)
			}
		>
			{!isOver && <ProgressBar label="Progress of the files" value={settled.length} max={all.length} />}
			<ul className={styles.files} aria-label="Files">
				{shownOf(all).map((upload) => (
					<Line key={upload.id} upload={upload} />
				))}
			</ul>
		</WorkItem>
	);
}

/** What failed and what is under way, then some of the others. */
function shownOf(all: readonly Upload[]): Upload[] {
	const isLoud = (upload: Upload): boolean => upload.state === 'failed' || isUnderWay(upload);
	return [...all.filter(isLoud), ...all.filter((upload) => !isLoud(upload)).slice(-mostQuiet)];
}

function Line({ upload }: { readonly upload: Upload }) {
	const { path, state, error } = upload;
	return (
		<li className={styles.file}>
			<span className={styles.path} title={path}>
				{path}
			</span>
			<span className={styles.state} data-state={state}>
				{state === 'completed' && <Check aria-hidden size={15} />}
				{state === 'failed' && <CircleAlert aria-hidden size={15} />}
				{stateNames[state]}
			</span>
			{error !== null && (
				<div className={styles.error}>
					<p>{sayError(error)}</p>
					{!isLasting(error.code) && (
						<Button size="small" aria-label={`Try again: ${path}`} onPress={() => tryAgain(upload)}>
							Try again
						</Button>
					)}
				</div>
			)}
		</li>
	);
}
