import { useMemo } from 'react';
import type { Document } from '../api/document.ts';
import styles from './document-text.module.css';
import type { Span } from './place.ts';
import { type TextBlock, textBlocks } from './text-blocks.ts';

type Props = { readonly document: Document; readonly quote: Span | null };

/** The text as it was read, character by character, with the quote marked and in the middle. Sections out of sight are not laid out. */
export function DocumentText({ document: { text, format }, quote }: Props) {
	const sections = useMemo(() => inSections(textBlocks(text)), [text]);
	return (
		<section
			className={styles.text}
			// So that the keyboard scrolls it.
			// oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
			tabIndex={0}
			aria-label="Text"
			data-code={format === 'code'}
		>
			{sections.map((blocks) => (
				<div key={blocks[0]?.start} className={styles.section}>
					{blocks.map((block) => (
						<Block key={block.start} block={block} quote={quote} />
					))}
				</div>
			))}
		</section>
	);
}

function Block({ block: { start, text, kind }, quote }: { readonly block: TextBlock; readonly quote: Span | null }) {
	const from = Math.max(0, (quote?.start ?? 0) - start);
	const to = Math.min(text.length, (quote?.end ?? 0) - start);
	if (quote === null || to <= from) return <div className={styles[kind]}>{text}</div>;
	return (
		<div className={styles[kind]}>
			{text.slice(0, from)}
			<mark key={`${from}-${to}`} ref={quote.start >= start ? bringToMiddle : null}>
				{text.slice(from, to)}
			</mark>
			{text.slice(to)}
		</div>
	);
}

/** Neighbours together, about four screens of them: each alone would cost more than it spares. */
function inSections(blocks: readonly TextBlock[]): readonly (readonly TextBlock[])[] {
	const sections = Map.groupBy(blocks, ({ start }) => Math.floor(start / 8000));
	return [...sections.values()];
}

function bringToMiddle(mark: HTMLElement | null): void {
	mark?.scrollIntoView({ block: 'center' });
}
