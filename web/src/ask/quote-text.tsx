import styles from './quote-text.module.css';

/** A quote, without what made it a heading, a step or the row of a table where it stands. */
export function QuoteText({ quote }: { readonly quote: string }) {
	const lines = quote.split('\n').filter((line) => !/^[\s|:-]*$/.test(line));
	return (
		<span className={styles.quote}>
			{lines.map((line, i) => (
				<span key={i} className={styles.line} dir="auto">
					{cellsOf(line) ?? withoutMarkup(line)}
				</span>
			))}
		</span>
	);
}

function cellsOf(line: string): React.ReactNode {
	const row = /^\s*\|(.*)\|\s*$/.exec(line)?.[1];
	const cells = row?.split(/(?<!\\)\|/).map((cell) => cell.trim());
	return cells?.filter(Boolean).map((cell, i) => (
		<span key={i} className={styles.cell}>
			{cell}
		</span>
	));
}

function withoutMarkup(line: string): string {
	return line.replace(/^\s*(?:#{1,6}|[-*+>]|\d+[.)])\s+/, '');
}
