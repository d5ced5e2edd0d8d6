import type { Citation } from '../core/answer.ts';
import { pageAt } from '../core/document.ts';
import { words } from '../text/words.ts';
import type { Evidence } from './units.ts';

/** One cited piece of an answer before markers and offsets exist. */
export type Statement = {
	/** Wording of ours before it, such as the document and its date. */
	readonly lead: string;
	/** What the answer says: the quote without markup. */
	readonly text: string;
	readonly evidence: Evidence;
	/** The quote, UTF-16 offsets into the document's text. */
	readonly start: number;
	readonly end: number;
};

export type Written = { readonly text: string; readonly citations: readonly Citation[] };

/** Puts statements into one text with a marker behind each, and ties each to its quote. */
export function write(
	statements: readonly Statement[],
	options: { readonly intro: string; readonly separator: ' ' | '\n'; readonly supported: boolean },
): Written {
	let text = options.intro;
	const citations = statements.map((statement, i) => {
		if (text !== '') text += options.separator;
		text += statement.lead;
		const answerStart = text.length;
		text += statement.text;
		const answerEnd = text.length;
		const marker = `[${i + 1}]`;
		text += ` ${marker}`;
		return cite(statement, { marker, answerStart, answerEnd, supported: options.supported });
	});
	return { text, citations };
}

export function cite(
	{ evidence: { hit, document }, start, end }: Statement,
	span: Pick<Citation, 'marker' | 'answerStart' | 'answerEnd' | 'supported'>,
): Citation {
	return {
		marker: span.marker,
		answerStart: span.answerStart,
		answerEnd: span.answerEnd,
		quote: document.text.slice(start, end),
		chunk: hit.chunk,
		source: document.source,
		title: document.title,
		documentId: document.id,
		version: document.version,
		date: document.date,
		start,
		end,
		page: pageAt(document.pages, start),
		supported: span.supported,
	};
}

/** Words as a reader counts them: by spaces, or by the dictionary where a script writes none; the larger of both. */
export function countWords(text: string): number {
	return Math.max(words(text).length, text.split(/\s+/).filter(Boolean).length);
}
