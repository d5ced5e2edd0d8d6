// Tables of the browser lay out every row; this one has only those in sight.
/* oxlint-disable jsx-a11y/prefer-tag-over-role */
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type Dispatch, type SetStateAction, useCallback, useState } from 'react';
import { useMedia } from '../components/use-media.ts';
import type { ListedDocument } from './document.ts';
import { DocumentRow } from './document-row.tsx';
import styles from './document-table.module.css';
import { SelectionBox } from './selection-box.tsx';
import type { Column, Sort } from './sort-documents.ts';
import { useTableKeys } from './use-table-keys.ts';
import { useWindow } from './use-window.ts';

type Props = {
	readonly documents: readonly ListedDocument[];
	readonly sort: Sort;
	readonly onSort: (sort: Sort) => void;
	/** The ids of those that are selected. */
	readonly selection: ReadonlySet<string>;
	readonly onSelect: Dispatch<SetStateAction<ReadonlySet<string>>>;
};

const columns: readonly { readonly id: Column; readonly name: string }[] = [
	{ id: 'title', name: 'Title' },
	{ id: 'source', name: 'Source' },
	{ id: 'format', name: 'Format' },
	{ id: 'chunks', name: 'Passages' },
	{ id: 'updated', name: 'Updated' },
];

/**
 * Documents to open and to select: a table, on phones rows of two lines. Only the rows in sight are in the page, whatever
 * their number; the focus stays on the table, which tells which row is active.
 */
export function DocumentTable({ documents, sort, onSort, selection, onSelect }: Props) {
	const rowHeight = useMedia('(max-width: 48rem)') ? 64 : 44;
	const { scroller, first, last, onScroll, show } = useWindow(documents.length, rowHeight);
	const [active, setActive] = useState(0);
	const toggle = useCallback(
		(id: string): void =>
			onSelect((now) => {
				const next = new Set(now);
				if (!next.delete(id)) next.add(id);
				return next;
			}),
		[onSelect],
	);
	const selectAll = (isAll: boolean): void => onSelect(new Set(isAll ? documents.map(({ id }) => id) : []));
	const onKeyDown = useTableKeys({
		documents,
		active,
		rowsInSight: last - first,
		onMove: (row) => {
			setActive(row);
			show(row);
		},
		onToggle: toggle,
		onSelectAll: selectAll,
	});
	const isActiveInSight = active >= first && active < last && active < documents.length;
	return (
		<div
			ref={scroller}
			className={styles.table}
			role="grid"
			aria-label="Documents"
			aria-multiselectable
			aria-rowcount={documents.length + 1}
			aria-activedescendant={isActiveInSight ? rowId(documents[active]!) : undefined}
			tabIndex={0}
			onScroll={onScroll}
			onKeyDown={onKeyDown}
		>
			<div role="rowgroup" className={styles.head}>
				<div role="row" aria-rowindex={1} className={styles.row}>
					<div role="columnheader" className={styles.check}>
						<SelectionBox
							label="Select all"
							state={selection.size === 0 ? 'none' : selection.size < documents.length ? 'some' : 'all'}
							onChange={selectAll}
						/>
					</div>
					{columns.map((column) => (
						<HeaderCell key={column.id} {...column} sort={sort} onSort={onSort} />
					))}
				</div>
			</div>
			<div role="rowgroup" className={styles.body} style={{ height: documents.length * rowHeight }}>
				{documents.slice(first, last).map((document, at) => (
					<DocumentRow
						key={document.id}
						id={rowId(document)}
						document={document}
						index={first + at}
						height={rowHeight}
						isActive={first + at === active}
						isSelected={selection.has(document.id)}
						onToggle={toggle}
					/>
				))}
			</div>
		</div>
	);
}

function rowId({ id }: ListedDocument): string {
	return `row-${id}`;
}

type HeaderCellProps = Pick<Props, 'sort' | 'onSort'> & { readonly id: Column; readonly name: string };

function HeaderCell({ id, name, sort, onSort }: HeaderCellProps) {
	const direction = sort.column === id ? sort.direction : null;
	const turned = direction === 'ascending' ? 'descending' : 'ascending';
	return (
		<div role="columnheader" aria-sort={direction ?? 'none'} className={styles.cell} data-column={id}>
			<button type="button" className={styles.sort} onClick={() => onSort({ column: id, direction: turned })}>
				{name}
				{direction === 'ascending' && <ArrowUp aria-hidden size={15} />}
				{direction === 'descending' && <ArrowDown aria-hidden size={15} />}
			</button>
		</div>
	);
}
