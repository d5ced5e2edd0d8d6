import styles from './citation-chip.module.css';
import { useShownQuote } from './shown-quote.ts';
import type { Citation } from './turn.ts';

type Props = { readonly number: string; readonly citation: Citation | null };

/** Opens the document at the quote. Until the citation has come it is its number only. */
export function CitationChip({ number, citation }: Props) {
	const { isShown, show } = useShownQuote();
	if (citation === null) return <span className={styles.chip}>{number}</span>;
	return (
		<button
			type="button"
			className={styles.chip}
			aria-label={nameOf(number, citation)}
			aria-expanded={isShown(citation)}
			data-supported={citation.supported}
			title={citation.title}
			onClick={() => show(citation)}
		>
			{number}
		</button>
	);
}

function nameOf(number: string, { title, page, supported }: Citation): string {
	const place = page === null ? title : `${title}, page ${page}`;
	return `Citation ${number}: ${place}${supported ? '' : ' (does not support this)'}`;
}
