import { inlinePieces, type Piece, piece, piecesAround } from './markup.ts';
import type { TextBlock } from './text-blocks.ts';

/** Lines of a block that hang together: a point of a list, a line of a quote, or all of them. */
export type Row = {
	/** Offset in the text, UTF-16 units. */
	readonly start: number;
	readonly kind: TextBlock['kind'];
	/** Of a heading, 1 to 6; otherwise 0. */
	readonly level: number;
	/** Characters before the words of its first line, which the other lines stay behind. */
	readonly lead: number;
	readonly pieces: readonly Piece[];
};

/** A block as it is. */
export function plainRow({ start, text, kind }: TextBlock): Row {
	return { start, kind, level: 0, lead: 0, pieces: piece(text, start) };
}

/** A block of Markdown: the rows' pieces put together are the block again. */
export function markdownRows(block: TextBlock): readonly Row[] {
	const { start, text, kind } = block;
	if (text.length > longestBlock) return [plainRow(block)];
	if (kind === 'prose') return proseRows(block);
	const level = kind === 'heading' ? /^#*/.exec(text)![0].length : 0;
	return [{ start, kind, level, lead: 0, pieces: piecesOf[kind](text, start) }];
}

/** What is longer is data, not something to read. */
const longestBlock = 5000;

const piecesOf = {
	front: (text: string, start: number) => piece(text, start, ['mark']),
	code: (text: string, start: number) => piecesAround(/^[ \t]*(?:```|~~~).*/gm, text, start),
	heading: (text: string, start: number) =>
		piecesAround(/^#{1,6}[ \t]+|(?<![ \t])[ \t]+#+[ \t]*$/gm, text, start, inlinePieces),
	/** A line of nothing but pipes and dashes, and every other pipe. */
	table: (text: string, start: number) => piecesAround(/^[ \t]*\|[ \t|:-]*$|(?<!\\)\|/gm, text, start, inlinePieces),
	prose: (text: string, start: number) => piecesAround(rulers, text, start, inlinePieces),
} satisfies Record<TextBlock['kind'], (text: string, start: number) => readonly Piece[]>;

/** Lines that part what is above from what is below, or make what is above a heading. */
const rulers = /^[ \t]*(?:(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|-[ \t-]*|=+[ \t]*)$/gm;
const leads = /^(?![ \t]*([-*])[ \t]*(?:\1[ \t]*){2,}$)(?:[ \t]*(?:>|(?:[-+*]|\d{1,4}[.)])(?=[ \t])))+[ \t]*/gm;

/** Cuts before each line that begins as one of a quote or a list does. */
function proseRows({ start: begin, text, kind }: TextBlock): readonly Row[] {
	const found = [...text.matchAll(leads)].map(({ 0: lead, index }) => ({ lead, index }));
	const all = found[0]?.index === 0 ? found : [{ lead: '', index: 0 }, ...found];
	return all.map(({ lead, index }, i) => {
		const start = begin + index;
		const words = text.slice(index + lead.length, all[i + 1]?.index);
		const pieces = [...piece(lead, start, ['lead']), ...piecesOf.prose(words, start + lead.length)];
		return { start, kind, level: 0, lead: lead.length, pieces };
	});
}
