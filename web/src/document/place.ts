import type { Quote } from './quote-params.ts';

/** Offsets in the text of a document as it is now, UTF-16 units. */
export type Span = { readonly start: number; readonly end: number };

type Versioned = { readonly text: string; readonly version: number };

/** Where a quote stands now, and what has become of its document since. */
type Place = { readonly span: Span | null; readonly state: 'same' | 'changed' | 'no-longer-says' };

/** Of a changed document the nearest place that says the same. */
export function placeOf(quote: Quote | undefined, { text, version }: Versioned): Place {
	if (quote === undefined) return { span: null, state: 'same' };
	const { start, end, version: quoted = version, text: said } = quote;
	if (quoted === version) return { span: end <= text.length ? { start, end } : null, state: 'same' };
	const found = said === undefined ? null : nearest(text, said, start);
	if (found === null) return { span: null, state: 'no-longer-says' };
	return { span: { start: found, end: found + said!.length }, state: 'changed' };
}

function nearest(text: string, said: string, start: number): number | null {
	const before = text.lastIndexOf(said, start);
	const after = text.indexOf(said, start);
	if (before < 0 && after < 0) return null;
	if (before < 0 || after < 0) return Math.max(before, after);
	return start - before < after - start ? before : after;
}
