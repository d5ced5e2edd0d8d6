import { useQuery } from '@tanstack/react-query';
import { Failure } from '../components/failure.tsx';
import { Loading } from '../components/loading.tsx';
import { counted } from './document.ts';
import { versionsQuery } from './document-parts.ts';
import { momentText } from './time-text.ts';
import styles from './versions.module.css';

/** What a document has been, the current version first; the text of an earlier one where it was kept. */
export function Versions({ document }: { readonly document: string }) {
	const { data, error, isPending, refetch } = useQuery(versionsQuery(document));
	if (isPending) return <Loading what="Reading the versions" />;
	if (error !== null) return <Failure error={error} again={() => void refetch()} />;
	const versions = data.data.toReversed();
	return (
		<div className={styles.scroller}>
			<ol className={styles.versions}>
				{versions.map(({ version, updatedAt, characters, chunks, text }, at) => (
					<li key={version} className={styles.version}>
						<p className={styles.name}>
							Version {version}
							{at === 0 && <span className={styles.current}>current</span>}
						</p>
						<p className={styles.note}>
							{momentText(updatedAt)} · {counted(characters, 'character')} · {counted(chunks, 'passage')}
						</p>
						{at > 0 &&
							(text === null ? <p className={styles.note}>Its text was not kept.</p> : <Earlier text={text} />)}
					</li>
				))}
			</ol>
			<p className={styles.note}>
				A file that is read again after it changed becomes a new version. The texts of earlier ones are kept when the
				setting ingest.keepVersions says so.
			</p>
		</div>
	);
}

function Earlier({ text }: { readonly text: string }) {
	return (
		<details>
			<summary className={styles.summary}>Show its text</summary>
			<p className={styles.text} dir="auto">
				{text}
			</p>
		</details>
	);
}
