import { Fragment } from 'react';
import { dateText } from '../document/date-text.ts';
import { CitationChip } from './citation-chip.tsx';
import styles from './conflicts.module.css';
import type { Citation, Outcome } from './turn.ts';

type Props = { readonly conflicts: Outcome['conflicts']; readonly citations: readonly Citation[] };

/** Where documents state different values for one thing, newest first. */
export function Conflicts({ conflicts, citations }: Props) {
	return (
		<section className={styles.conflicts} aria-label="Disagreement">
			<h3 className={styles.heading}>These documents disagree</h3>
			{conflicts.map(({ markers, values }, i) => (
				<dl key={i} className={styles.values}>
					{values.map((value, i) => (
						<Fragment key={i}>
							<dt dir="auto">{value}</dt>
							<dd>
								<Where citation={citations.find(({ marker }) => marker === markers[i]) ?? null} />
							</dd>
						</Fragment>
					))}
				</dl>
			))}
			<p className={styles.note}>The newest document comes first. Read them before you rely on one.</p>
		</section>
	);
}

function Where({ citation }: { readonly citation: Citation | null }) {
	if (citation === null) return null;
	const { marker, title, date } = citation;
	return (
		<>
			<bdi>{title}</bdi>{' '}
			<span className={styles.date}>
				{date === null ? 'without a date' : dateText(date)}{' '}
				<CitationChip number={marker.replaceAll(/\D/g, '')} citation={citation} />
			</span>
		</>
	);
}
