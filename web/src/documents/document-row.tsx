// Tables of the browser lay out every row; this one has only those in sight.
/* oxlint-disable jsx-a11y/prefer-tag-over-role */
import { memo } from 'react';
import { Link } from 'wouter';
import { counted, type ListedDocument } from './document.ts';
import styles from './document-table.module.css';
import { SelectionBox } from './selection-box.tsx';
import { sourceText } from './source.ts';
import { dayText } from './time-text.ts';

type Props = {
	/** Of its element. */
	readonly id: string;
	readonly document: ListedDocument;
	/** From 0. */
	readonly index: number;
	/** Pixels. */
	readonly height: number;
	readonly isActive: boolean;
	readonly isSelected: boolean;
	readonly onToggle: (document: string) => void;
};

/** One document in the table; on phones its second line says what the other columns do. */
export const DocumentRow = memo(function DocumentRow({
	id,
	document,
	index,
	height,
	isActive,
	isSelected,
	onToggle,
}: Props) {
	const { title, source, format, chunks, updatedAt } = document;
	const updated = dayText(updatedAt);
	return (
		<div
			id={id}
			role="row"
			aria-rowindex={index + 2}
			aria-selected={isSelected}
			className={styles.row}
			data-active={isActive || undefined}
			style={{ height, transform: `translateY(${index * height}px)` }}
		>
			<div role="gridcell" className={styles.check}>
				<SelectionBox
					label={`Select ${title}`}
					state={isSelected ? 'all' : 'none'}
					onChange={() => onToggle(document.id)}
					isTabStop={false}
				/>
			</div>
			<div role="gridcell" className={styles.cell} data-column="title">
				<Link href={`/documents/${document.id}`} className={styles.link} dir="auto" tabIndex={-1}>
					{title}
				</Link>
				<span className={styles.note}>
					{format} · {counted(chunks, 'passage')} · {updated}
				</span>
			</div>
			<div role="gridcell" className={styles.cell}>
				<bdi>{sourceText(source)}</bdi>
			</div>
			<div role="gridcell" className={styles.cell}>
				{format}
			</div>
			<div role="gridcell" className={styles.cell}>
				{chunks}
			</div>
			<div role="gridcell" className={styles.cell}>
				{updated}
			</div>
		</div>
	);
});
