import { useState } from 'react';
import { nextStep } from '../api/advice.ts';
import { Button } from '../components/button.tsx';
import styles from './file-failures.module.css';
import type { FileFailure } from './job.ts';

const shownAtFirst = 5;

/** Files that could not be read: why, and what to do about each. */
export function FileFailures({ failures }: { readonly failures: readonly FileFailure[] }) {
	const [isWhole, setIsWhole] = useState(false);
	if (failures.length === 0) return null;
	const shown = isWhole ? failures : failures.slice(0, shownAtFirst);
	return (
		<>
			<ul className={styles.failures} aria-label="Files that could not be read">
				{shown.map((failure, at) => (
					<li key={at}>
						<Failed failure={failure} />
					</li>
				))}
			</ul>
			{shown.length < failures.length && (
				<Button kind="quiet" size="small" onPress={() => setIsWhole(true)}>
					Show all {failures.length}
				</Button>
			)}
		</>
	);
}

function Failed({ failure: { path, code, message, hint } }: { readonly failure: FileFailure }) {
	const next = nextStep(code, hint);
	return (
		<>
			<p className={styles.path}>
				{path} <code className={styles.code}>{code}</code>
			</p>
			<p>{message}</p>
			{next !== null && <p className={styles.hint}>{next}</p>}
		</>
	);
}
