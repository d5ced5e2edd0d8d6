import { useQuery } from '@tanstack/react-query';
import { EmptyState } from '../components/empty-state.tsx';
import { Failure } from '../components/failure.tsx';
import { Loading } from '../components/loading.tsx';
import { counted } from './document.ts';
import { chunksQuery } from './document-parts.ts';
import styles from './passages.module.css';

/** The passages that are searched and cited, one below the other, each with the headings that it stands under. */
export function Passages({ document }: { readonly document: string }) {
	const { data, error, isPending, refetch } = useQuery(chunksQuery(document));
	if (isPending) return <Loading what="Reading the passages" />;
	if (error !== null) return <Failure error={error} again={() => void refetch()} />;
	if (data.data.length === 0) return <EmptyState title="It has no passages" />;
	return (
		// So that it can be scrolled with the keyboard.
		// oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
		<section className={styles.scroller} tabIndex={0} aria-label="Passages">
			<p className={styles.note}>
				{counted(data.data.length, 'passage')}. Each is searched and cited by itself, together with the headings above
				it.
			</p>
			<ol className={styles.passages}>
				{data.data.map(({ id, headings, text, page }, at) => (
					<li key={id} className={styles.passage}>
						<p className={styles.about}>
							<span className={styles.number}>{at + 1}</span>
							<span className={styles.headings} dir="auto">
								{headings.join(' › ')}
							</span>
							<span>
								{page !== null && `Page ${page} · `}
								{counted(wordsOf(text), 'word')}
							</span>
						</p>
						<p className={styles.text} dir="auto">
							{text}
						</p>
					</li>
				))}
			</ol>
		</section>
	);
}

function wordsOf(text: string): number {
	return text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
}
