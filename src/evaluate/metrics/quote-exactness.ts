import type { Citation } from '../../core/answer.ts';

type Quoted = Pick<Citation, 'quote' | 'start' | 'end' | 'documentId' | 'version'>;

/**
 * The share of citations whose quote is, character by character, what stands in the document between its offsets; null without
 * citations. `textOf` gives a document's text in that version, null when it is gone: such a quote is not exact.
 */
export function quoteExactness(
	citations: readonly Quoted[],
	textOf: (documentId: string, version: number) => string | null,
): number | null {
	if (citations.length === 0) return null;
	const exact = citations.filter(
		({ quote, start, end, documentId, version }) =>
			quote !== '' && textOf(documentId, version)?.slice(start, end) === quote,
	);
	return exact.length / citations.length;
}
