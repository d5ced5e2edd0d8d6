/** Whole lines of a text that are shown alike. */
export type TextBlock = {
	/** Offset in the text, UTF-16 units. */
	readonly start: number;
	readonly text: string;
	/** `front`: the front matter of Markdown. */
	readonly kind: 'front' | 'heading' | 'table' | 'code' | 'prose';
};

/** So long a block becomes at most, unless a line is longer: few enough for a text of 1 MB, small enough to be laid out alone. */
const blockLength = 2000;
const manyLines = /[^\n]*\n|[^\n]+$/g;

/** At the very beginning, lines of YAML between two of dashes. */
const frontMatter = /^---[ \t]*\n(?=[\w"'#-][^\n]*:|---[ \t]*(?:\n|$))[^]*?(?<=\n)(?:---|\.\.\.)[ \t]*(?:\n|$)/;

/** Cuts a text into blocks, which put together are the text again. Headings and tables are told by their lines, as Markdown writes them. */
export function textBlocks(text: string, { isMarkdown = false } = {}): readonly TextBlock[] {
	const blocks: { start: number; text: string; kind: TextBlock['kind'] }[] = [];
	const front = isMarkdown ? (frontMatter.exec(text)?.[0] ?? '') : '';
	if (front !== '') blocks.push({ start: 0, text: front, kind: 'front' });
	let fence: string | null = null;
	let isAfterBlank = false;
	for (const [line] of text.slice(front.length).matchAll(manyLines)) {
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
