type Marked = { readonly marker: string; readonly answerStart: number };
type Stretch = { readonly start: number; readonly end: number };

/** What supports an answer, and where nothing does. */
export type Evidence<Citation extends Marked> = {
	readonly citations: readonly Citation[];
	/** In order; they do not overlap. */
	readonly unsupported: readonly Stretch[];
};

/** A run of an answer's text, or a marker in it. */
export type Piece<Citation> = {
	readonly text: string;
	/** No quote supports it. */
	readonly isUnsupported: boolean;
	/** `[1]`, and the citation that it stands for once that has come. */
	readonly marker: { readonly number: string; readonly citation: Citation | null } | null;
};

/** Cuts `text`, which begins at `start` of the answer, at its markers and where support begins and ends. */
export function answerPieces<Citation extends Marked>(
	text: string,
	start: number,
	{ citations, unsupported }: Evidence<Citation>,
): readonly Piece<Citation>[] {
	return text.split(/(\[\d+\])/).flatMap((part, i, parts): readonly Piece<Citation>[] => {
		const at = start + parts.slice(0, i).join('').length;
		const number = /^\[(\d+)\]$/.exec(part)?.[1];
		// A chip does not begin a line.
		if (number === undefined) return supportedPieces(part.replace(/ $/, '\u00A0'), at, unsupported);
		return [{ text: part, isUnsupported: false, marker: { number, citation: citationAt(part, at, citations) } }];
	});
}

function supportedPieces(text: string, start: number, unsupported: readonly Stretch[]): readonly Piece<never>[] {
	const end = start + text.length;
	const edges = unsupported.flatMap((span) => [span.start, span.end]).filter((edge) => edge > start && edge < end);
	return [start, ...edges].flatMap((from, i) => {
		const piece = text.slice(from - start, (edges[i] ?? end) - start);
		const isUnsupported = unsupported.some((span) => span.start <= from && from < span.end);
		return piece === '' ? [] : [{ text: piece, isUnsupported, marker: null }];
	});
}

/** The same marker may stand behind several sentences, each with its own quote: the one that begins last before it. */
function citationAt<Citation extends Marked>(
	marker: string,
	at: number,
	citations: readonly Citation[],
): Citation | null {
	const same = citations.filter((citation) => citation.marker === marker);
	return same.findLast(({ answerStart }) => answerStart <= at) ?? same[0] ?? null;
}
