import { Link } from 'wouter';
import { useMay } from '../api/may.ts';
import { Sources } from './sources.tsx';
import styles from './not-said.module.css';
import type { Citation } from './turn.ts';

/** The documents do not say: what comes closest, and what to do. */
export function NotSaid({ citations }: { readonly citations: readonly Citation[] }) {
	const mayAdd = useMay('write');
	return (
		<>
			<div className={styles.said}>
				<p className={styles.heading}>The documents do not say.</p>
				<p className={styles.advice}>
					{mayAdd ? (
						<>
							Ask in other words, or <Link href="/documents">add a document</Link> that says it.
						</>
					) : (
						'Ask in other words.'
					)}
				</p>
			</div>
			{citations.length > 0 && <Sources name="Closest passage" citations={citations} isAnswer={false} />}
		</>
	);
}
