import type { ListedDocument } from './document.ts';
import { sourceText } from './source.ts';

export type Column = 'title' | 'source' | 'format' | 'chunks' | 'updated';
export type Sort = { readonly column: Column; readonly direction: 'ascending' | 'descending' };

/** What the address has for an order: `updated`, or `-updated` with the last one first. By title when it has none that there is. */
export function parseSort(text: string | null): Sort {
	const [, minus, name] = /^(-?)(\w+)$/.exec(text ?? '') ?? [];
	const column = columns.find((column) => column === name) ?? 'title';
	return { column, direction: column === name && minus === '-' ? 'descending' : 'ascending' };
}

export function sortText({ column, direction }: Sort): string {
	return `${direction === 'ascending' ? '' : '-'}${column}`;
}

type Compare = (a: ListedDocument, b: ListedDocument) => number;

const names = new Intl.Collator('en-GB', { numeric: true, sensitivity: 'base' });

const ascending: Readonly<Record<Column, Compare>> = {
	title: (a, b) => names.compare(a.title, b.title),
	source: (a, b) => names.compare(sourceText(a.source), sourceText(b.source)),
	format: (a, b) => names.compare(a.format, b.format),
	chunks: (a, b) => a.chunks - b.chunks,
	updated: (a, b) => a.updatedAt - b.updatedAt,
};

const columns = Object.keys(ascending) as Column[];

type Page = readonly ListedDocument[];

const sortedPages = new WeakMap<Page, Map<string, Page>>();

/**
 * All documents of these pages, sorted. A page is sorted once: as more come, sorted pages are merged, which the sort of
 * the engine does in a few comparisons for each document.
 */
export function sortDocuments(pages: readonly Page[], sort: Sort): readonly ListedDocument[] {
	const compare = compareBy(sort);
	const sorted = pages.map((page) => sortedPage(page, sort, compare));
	return sorted.length === 1 ? sorted[0]! : sorted.flat().sort(compare);
}

function sortedPage(page: Page, { column, direction }: Sort, compare: Compare): Page {
	const known = sortedPages.get(page) ?? new Map<string, Page>();
	const sorted = known.get(`${column} ${direction}`) ?? page.toSorted(compare);
	sortedPages.set(page, known.set(`${column} ${direction}`, sorted));
	return sorted;
}

function compareBy({ column, direction }: Sort): Compare {
	const compare = ascending[column];
	return direction === 'ascending' ? compare : (a, b) => compare(b, a);
}
