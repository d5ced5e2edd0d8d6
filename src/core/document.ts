import type { Readers } from './access.ts';

/** The kinds of file that can be read. All but code become Markdown-flavoured text (see `text/blocks.ts`). */
export type Format =
	| 'markdown'
	| 'html'
	| 'pdf'
	| 'docx'
	| 'pptx'
	| 'xlsx'
	| 'odt'
	| 'odp'
	| 'ods'
	| 'epub'
	| 'eml'
	| 'csv'
	| 'json'
	| 'rst'
	| 'asciidoc'
	| 'subtitles'
	| 'code'
	| 'text';

export type AttributeValue = string | number | boolean;
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** One text from one source. Its id is minted once; a rename changes only `source`. All offsets into `text` are UTF-16 units. */
export type Document = {
	readonly id: string;
	/** The id (not the name) of its collection. */
	readonly collection: string;
	/** Where it came from: a path relative to the project (absolute outside of it) with `/`, or a URL. Unique in the collection. */
	readonly source: string;
	readonly title: string;
	/** Well-formed UTF-16 without NUL. */
	readonly text: string;
	/** 1, 2, 3, … */
	readonly version: number;
	/** SHA-256 over the source bytes and the settings that shape text and chunks, lower-case hex: equal means nothing to do. */
	readonly hash: string;
	readonly format: Format;
	/** ISO 639-1 code of the text's main language, null when unsure. */
	readonly language: string | null;
	/** The date (YYYY-MM-DD) the document states of itself, null when it states none. */
	readonly date: string | null;
	readonly attributes: Attributes;
	readonly readers: Readers;
	/** Offset in `text` at which each page begins (`pages[0]` is page 1); empty for formats without pages. */
	readonly pages: readonly number[];
	/** Milliseconds since the epoch at which this version was committed. */
	readonly updatedAt: number;
};

/** Everything about a document but its text: what filters, listings and the index need. */
export type DocumentSummary = Omit<Document, 'text' | 'pages'>;

/** A document in a list, with how many chunks it has. */
export type ListedDocument = DocumentSummary & { readonly chunks: number };

/** What an index needs of a text that is no document of a store: one of a dataset, or one given by hand. Everybody may read it. */
export function bareSummary(id: string, title: string, language: string | null): DocumentSummary {
	return {
		id,
		collection: '',
		source: id,
		title,
		version: 1,
		hash: '',
		format: 'text',
		language,
		date: null,
		attributes: {},
		readers: 'everyone',
		updatedAt: 0,
	};
}

/** The passage that is indexed and cited: `text === document.text.slice(start, end)`. */
export type Chunk = {
	/** `document:version:start-end`, never reused. */
	readonly id: string;
	readonly document: string;
	readonly version: number;
	readonly start: number;
	readonly end: number;
	readonly text: string;
	/** The headings above it, outermost first. A chunk that continues a table has the table's header row as its last heading. */
	readonly headings: readonly string[];
	/** The page on which it starts, counted from 1; null for formats without pages. */
	readonly page: number | null;
};

/** `document:version:start-end`. */
export function chunkId(document: string, version: number, start: number, end: number): string {
	return `${document}:${version}:${start}-${end}`;
}

/** What is indexed and embedded for a chunk: title, headings and text, one a line. Derived, never stored. */
export function indexedText(title: string, chunk: Pick<Chunk, 'headings' | 'text'>): string {
	return [title, ...chunk.headings.filter((heading) => heading !== title), chunk.text].join('\n');
}

/** The page (from 1) that holds `offset`, null when there are no pages. */
export function pageAt(pages: readonly number[], offset: number): number | null {
	if (pages.length === 0) return null;
	let low = 0;
	let high = pages.length;
	while (high - low > 1) {
		const middle = (low + high) >> 1;
		if ((pages[middle] as number) <= offset) low = middle;
		else high = middle;
	}
	return low + 1;
}

/** The whole text of a `bareSummary` as its only chunk. */
export function bareChunk(document: string, text: string, row: number): Chunk & { readonly row: number } {
	return { id: document, document, version: 1, start: 0, end: text.length, text, headings: [], page: null, row };
}
