/** A span of a text, UTF-16 offsets, end exclusive. */
export type Span = { readonly start: number; readonly end: number };

let segmenter: Intl.Segmenter | undefined;

// A full stop after these ends no sentence (Unicode's rules break after them before a capital).
const abbreviation =
	/(?:^|[\s(])(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|No|Nos|Nr|Art|Abs|vs|etc|e\.g|i\.e|z\.\s?B|d\.\s?h|p|pp|ca|approx|Fig|Sec|Inc|Ltd|Co|Jr|Sr|al|Sra?|Ud|Uds)\.\s*$/;

/**
 * The sentences of `text.slice(start, end)` in order, trimmed, as spans of `text`. Unicode's rules (UAX 29), except that a line
 * break is a space (a wrapped paragraph is one text) and that an abbreviation ends nothing.
 */
export function sentences(text: string, start = 0, end = text.length): Span[] {
	segmenter ??= new Intl.Segmenter('und', { granularity: 'sentence' });
	const spans: Span[] = [];
	let from: number | null = null;
	for (const piece of segmenter.segment(text.slice(start, end).replaceAll('\n', ' '))) {
		from ??= start + piece.index;
		const to = start + piece.index + piece.segment.length;
		if (to < end && abbreviation.test(text.slice(Math.max(from, to - 24), to))) continue;
		push(text, from, to, spans);
		from = null;
	}
	if (from !== null) push(text, from, end, spans);
	return spans;
}

function push(text: string, start: number, end: number, spans: Span[]): void {
	while (start < end && isSpace(text.charCodeAt(start))) start++;
	while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
	if (end > start) spans.push({ start, end });
}

function isSpace(code: number): boolean {
	return code === 32 || (code >= 9 && code <= 13) || code === 160 || code === 0x3000 || code === 0xfeff;
}
