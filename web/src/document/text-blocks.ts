/** Whole lines of a text that are shown alike. */
export type TextBlock = {
	/** Offset in the text, UTF-16 units. */
	readonly start: number;
	readonly text: string;
	readonly kind: 'heading' | 'table' | 'code' | 'prose';
};

/** So long a block becomes at most, unless a line is longer: few enough for a text of 1 MB, small enough to be laid out alone. */
const blockLength = 2000;
const manyLines = /[^\n]*\n|[^\n]+$/g;

/** Cuts a text into blocks, which put together are the text again. Headings and tables are told by their lines, as Markdown writes them. */
export function textBlocks(text: string): readonly TextBlock[] {
	const blocks: { start: number; text: string; kind: TextBlock['kind'] }[] = [];
	let fence: string | null = null;
	let isAfterBlank = false;
	for (const [line] of text.matchAll(manyLines)) {
		const mark = /^\s*(```+|~~~+)/.exec(line)?.[1] ?? null;
		const kind = fence !== null || mark !== null ? 'code' : kindOf(line);
		if (fence === null) fence = mark;
		else if (mark !== null && mark.startsWith(fence)) fence = null;
		const last = blocks.at(-1);
		// Blank lines stay with what stands before them, so that a block begins with words.
		const isBlank = kind === 'prose' && line.trim() === '';
		if (last !== undefined && (isBlank || (!isAfterBlank && belongs(last, kind)))) last.text += line;
		else blocks.push({ start: last === undefined ? 0 : last.start + last.text.length, text: line, kind });
		isAfterBlank = isBlank;
	}
	return blocks;
}

function kindOf(line: string): TextBlock['kind'] {
	if (/^#{1,6}\s/.test(line)) return 'heading';
	return /^\s*\|.*\|\s*$/.test(line) ? 'table' : 'prose';
}

function belongs(last: { readonly text: string; readonly kind: string }, kind: TextBlock['kind']): boolean {
	return kind === last.kind && kind !== 'heading' && last.text.length < blockLength;
}
