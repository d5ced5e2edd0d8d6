import { useState } from 'react';
import { Button } from '../components/button.tsx';
import { dateText } from '../document/date-text.ts';
import { QuoteText } from './quote-text.tsx';
import { useShownQuote } from './shown-quote.ts';
import styles from './sources.module.css';
import type { Citation } from './turn.ts';

const shownAtFirst = 3;

type Props = {
	readonly name: string;
	readonly citations: readonly Citation[];
	/** False: they answer nothing, and are only what comes closest. */
	readonly isAnswer?: boolean;
};

/** What an answer was taken from: the documents with their quotes, in the order of the answer. */
export function Sources({ name, citations, isAnswer = true }: Props) {
	const [isAll, setAll] = useState(false);
	const quotes = distinct(citations);
	const shown = isAll ? quotes : quotes.slice(0, shownAtFirst);
	const byDocument = [...Map.groupBy(shown, ({ documentId }) => documentId).values()];
	return (
		<section className={styles.sources} aria-label={name}>
			<h3 className={styles.heading}>{name}</h3>
			{byDocument.map((held) => (
				<Source key={held[0]!.documentId} citations={held} isAnswer={isAnswer} />
			))}
			{quotes.length > shown.length && (
				<div className={styles.more}>
					<Button kind="quiet" size="small" onPress={() => setAll(true)}>
						Show all {quotes.length} quotes
					</Button>
				</div>
			)}
		</section>
	);
}

function Source({ citations, isAnswer }: { readonly citations: readonly Citation[]; readonly isAnswer: boolean }) {
	const { title, source, date } = citations[0]!;
	return (
		<div className={styles.source}>
			<p className={styles.about}>
				<strong dir="auto">{title}</strong>
				<span className={styles.path} dir="auto">
					{source}
				</span>
				{date !== null && <span className={styles.date}>{dateText(date)}</span>}
			</p>
			<ul className={styles.quotes}>
				{citations.map((citation) => (
					<li key={`${citation.marker} ${citation.start}`}>
						<Quoted citation={citation} isAnswer={isAnswer} />
					</li>
				))}
			</ul>
		</div>
	);
}

function Quoted({ citation, isAnswer }: { readonly citation: Citation; readonly isAnswer: boolean }) {
	const { isShown, show } = useShownQuote();
	const { marker, quote, page, supported, title } = citation;
	const number = marker.replaceAll(/\D/g, '');
	if (quote === null) return <p className={styles.erased}>This quote was erased with its document.</p>;
	return (
		<button type="button" className={styles.quoted} aria-expanded={isShown(citation)} onClick={() => show(citation)}>
			<span className={styles.number}>
				<span className="visually-hidden">Open quote </span>
				{number}
				<span className="visually-hidden"> in {title}: </span>
			</span>
			<span className={styles.words}>
				<QuoteText quote={quote} />
				{page !== null && <span className={styles.page}> Page {page}</span>}
				{isAnswer && !supported && <span className={styles.unsupported}> Does not support what is said</span>}
			</span>
		</button>
	);
}

/** Each quote once for a marker. */
function distinct(citations: readonly Citation[]): readonly Citation[] {
	const seen = new Map(citations.map((each) => [`${each.marker} ${each.documentId} ${each.start} ${each.end}`, each]));
	return [...seen.values()];
}
