import { type CSSProperties, memo, startTransition, useEffect, useMemo, useRef, useState } from 'react';
import type { Document } from '../api/document.ts';
import styles from './document-text.module.css';
import { type Piece, piecesBetween } from './markup.ts';
import type { Span } from './place.ts';
import { markdownRows, plainRow, type Row } from './rows.ts';
import { type TextBlock, textBlocks } from './text-blocks.ts';
import { useIsNear } from './use-is-near.ts';

type Props = { readonly document: Document; readonly quote: Span | null };

/** Of a longer document what lies further down is made ready when it comes near. */
const readyAhead = 25;

/**
 * The text as it was read, character by character, with the quote marked and in the middle. The marks of Markdown are quiet, and what they
 * mean is shown. Sections out of sight are not laid out, and are but characters at first: in time they are made ready one by one, so that
 * what is found or selected in them stays so.
 */
export function DocumentText({ document: { text, format }, quote }: Props) {
	const isMarkdown = format === 'markdown';
	const sections = useMemo(() => inSections(textBlocks(text, { isMarkdown })), [text, isMarkdown]);
	const [ready, setReady] = useState(0);
	useEffect(() => {
		if (ready < Math.min(sections.length, readyAhead)) startTransition(() => setReady(ready + 1));
	}, [ready, sections]);
	return (
		<section
			className={styles.text}
			// So that the keyboard scrolls it.
			// oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
			tabIndex={0}
			aria-label="Text"
			data-code={format === 'code'}
		>
			{sections.map((blocks, i) => (
				<Section
					key={blocks[0]?.start}
					blocks={blocks}
					quote={quote !== null && holds(blocks, quote) ? quote : null}
					isMarkdown={isMarkdown}
					isReady={i < ready}
				/>
			))}
		</section>
	);
}

type SectionProps = {
	readonly blocks: readonly TextBlock[];
	/** Null also where another section has it. */
	readonly quote: Span | null;
	readonly isMarkdown: boolean;
	readonly isReady: boolean;
};

const Section = memo(function Section({ blocks, quote, isMarkdown, isReady }: SectionProps) {
	const section = useRef<HTMLDivElement>(null);
	const isNear = useIsNear(section);
	// With the quote at once, so that what is scrolled to stays where it is.
	const isShown = isReady || isNear || quote !== null;
	const content = useMemo(() => {
		if (!isShown) return blocks.map(({ text }) => text).join('');
		return blocks.flatMap((block) => (isMarkdown ? markdownRows(block) : plainRow(block)));
	}, [blocks, isShown, isMarkdown]);
	return (
		<div ref={section} className={styles.section}>
			{typeof content === 'string' ? content : content.map((row) => <Line key={row.start} row={row} quote={quote} />)}
		</div>
	);
});

type LineProps = { readonly row: Row; readonly quote: Span | null };

function Line({ row, quote }: LineProps) {
	const { kind, level, lead } = row;
	return (
		<div
			className={lead > 0 ? `${styles[kind]} ${styles.led}` : styles[kind]}
			style={lead > 0 ? ({ '--lead': `${lead}ch` } as CSSProperties) : undefined}
			data-level={level > 0 ? level : undefined}
			dir={isWritten(kind) ? 'auto' : undefined}
		>
			<Marked row={row} quote={quote} />
		</div>
	);
}

/** Code and the columns of tables run from left to right, whatever they are about. */
function isWritten(kind: Row['kind']): boolean {
	return kind === 'prose' || kind === 'heading';
}

function Marked({ row: { start, pieces }, quote }: LineProps) {
	const marked = quote === null ? [] : piecesBetween(pieces, quote.start, quote.end);
	if (quote === null || marked.length === 0) return <Pieces pieces={pieces} />;
	return (
		<>
			<Pieces pieces={piecesBetween(pieces, 0, quote.start)} />
			<mark key={`${quote.start}-${quote.end}`} ref={quote.start >= start ? bringToMiddle : null}>
				<Pieces pieces={marked} />
			</mark>
			<Pieces pieces={piecesBetween(pieces, quote.end, Infinity)} />
		</>
	);
}

function Pieces({ pieces }: { readonly pieces: readonly Piece[] }) {
	return pieces.map(({ start, text, kinds }) =>
		kinds.length === 0 ? (
			text
		) : (
			<span key={start} className={kinds.map((kind) => styles[kind === 'code' ? 'inline' : kind]).join(' ')}>
				{text}
			</span>
		),
	);
}

function holds(blocks: readonly TextBlock[], { start, end }: Span): boolean {
	const last = blocks.at(-1)!;
	return start < last.start + last.text.length && end > blocks[0]!.start;
}

/** Neighbours together, about four screens of them: each alone would cost more than it spares. */
function inSections(blocks: readonly TextBlock[]): readonly (readonly TextBlock[])[] {
	const sections = Map.groupBy(blocks, ({ start }) => Math.floor(start / 8000));
	return [...sections.values()];
}

function bringToMiddle(mark: HTMLElement | null): void {
	mark?.scrollIntoView({ block: 'center' });
}
