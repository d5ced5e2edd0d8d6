import { useQuery } from '@tanstack/react-query';
import { sampleQuestionsQuery } from '../api/sample-questions.ts';
import styles from './examples.module.css';

/** Questions to begin with, where the sample is loaded. */
export function Examples({ onAsk }: { readonly onAsk: (question: string) => void }) {
	const { data: questions = [] } = useQuery(sampleQuestionsQuery);
	if (questions.length === 0) return null;
	return (
		<section className={styles.examples} aria-label="Examples">
			<h2 className={styles.heading}>Try the sample. It does not answer the last one.</h2>
			<ul className={styles.list}>
				{questions.map(({ question }) => (
					<li key={question}>
						<button type="button" className={styles.example} onClick={() => onAsk(question)}>
							{question}
						</button>
					</li>
				))}
			</ul>
		</section>
	);
}
