import { useMay } from '../api/may.ts';
import { FirstDocuments } from './first-documents.tsx';
import styles from './welcome.module.css';

/** A project without documents: what this is, and what to do. */
export function Welcome() {
	const mayAdd = useMay('write');
	return (
		<section className={styles.welcome}>
			<h1 className={styles.title}>Ask your documents</h1>
			<p className={styles.lead}>
				Knowhow answers from the documents you give it, shows the words it took each answer from, and says when they do
				not say.
			</p>
			{mayAdd ? (
				<FirstDocuments />
			) : (
				<p className={styles.note}>There are none for you yet. Whoever runs this server can add some.</p>
			)}
		</section>
	);
}
