import type { Document } from '../core/document.ts';
import type { Hit } from '../core/hit.ts';
import { blocks, cells, headingText, plainText, type Block } from '../text/blocks.ts';
import { sentences } from '../text/sentences.ts';

/** The smallest piece of evidence that can be an answer: a sentence, a table row, a step, a `key: value` line, code. */
export type Unit = {
	readonly kind: 'sentence' | 'row' | 'step' | 'line' | 'code';
	/** Position of its hit in the hits given. */
	readonly hit: number;
	/** Position among the units of its hit. */
	readonly order: number;
	/** UTF-16 offsets into the document's text. */
	readonly start: number;
	readonly end: number;
	/** What a reader sees: without Markdown markup, one line. */
	readonly plain: string;
	/** The headings it stands under, outermost first, without the title. */
	readonly headings: readonly string[];
	/** The paragraph that leads to a list (ends with a colon), or an empty string. */
	readonly lead: string;
	/** Rows only: the cells, and those of the header row (empty when unknown). */
	readonly cells: readonly string[];
	readonly header: readonly string[];
};

/** A hit with the document it was read from. */
export type Evidence = { readonly hit: Hit; readonly document: Document };

/** Code blocks of more lines are taken line by line. */
const wholeCodeLines = 8;

/** Everything in the hits that could be quoted as an answer, in the order of the hits and of their text. */
export function unitsOf(evidence: readonly Evidence[]): Unit[] {
	return evidence.flatMap(({ hit }, at) => unitsOfHit(hit, at));
}

/** What has been read above the current block. */
type Above = { headings: string[]; levels: number[]; header: readonly string[]; lead: string };
type Piece = Pick<Unit, 'kind' | 'start' | 'end' | 'plain'> & { readonly cells?: readonly string[] };

function unitsOfHit(hit: Hit, at: number): Unit[] {
	const text = hit.text;
	const found = blocks(text);
	const above: Above = { ...headingsOf(hit, found), levels: [], lead: '' };
	const units: Unit[] = [];
	for (const block of found) {
		const raw = text.slice(block.start, block.end);
		if (block.kind === 'heading') enter(above, block.level ?? 1, headingText(raw));
		if (block.row === 'header') above.header = cells(raw);
		for (const piece of piecesOf(text, block)) {
			// Markup alone says nothing that an answer could repeat.
			if (!/[\p{L}\p{N}]/u.test(piece.plain)) continue;
			units.push({
				cells: [],
				...piece,
				header: block.kind === 'row' ? above.header : [],
				hit: at,
				order: units.length,
				start: hit.start + piece.start,
				end: hit.start + piece.end,
				headings: [...above.headings],
				lead: above.lead,
			});
		}
		if (block.kind === 'paragraph' || block.kind === 'heading') above.lead = raw.endsWith(':') ? plainText(raw) : '';
	}
	return units;
}

/** The headings of a hit; the last one is the header row of a table when the hit begins inside one. */
function headingsOf(hit: Hit, found: readonly Block[]): { headings: string[]; header: readonly string[] } {
	const headings = hit.headings.filter((heading) => heading !== hit.document.title);
	const last = headings.at(-1);
	if (found[0]?.row !== 'body' || last === undefined || !last.includes(' | ')) return { headings, header: [] };
	return { headings: headings.slice(0, -1), header: cells(last) };
}

/** A heading inside the chunk replaces the ones of its level and below. */
function enter(above: Above, level: number, heading: string): void {
	while (above.levels.length > 0 && above.levels.at(-1)! >= level) {
		above.levels.pop();
		above.headings.pop();
	}
	if (above.headings.includes(heading)) return;
	above.levels.push(level);
	above.headings.push(heading);
	above.header = [];
}

function piecesOf(text: string, block: Block): Piece[] {
	const raw = text.slice(block.start, block.end);
	switch (block.kind) {
		case 'heading':
			return [];
		case 'row':
			return block.row === 'body' ? [row(block, raw)] : [];
		case 'step':
			return [{ kind: 'step', start: block.start, end: block.end, plain: plainItem(raw) }];
		case 'code':
			return code(text, block);
		case 'front':
			return lines(text, block).filter((line) => line.plain.includes(':'));
		default:
			return isKeyed(raw) ? keyedLines(text, block) : prose(text, block);
	}
}

function row(block: Block, raw: string): Piece {
	const found = cells(raw).map(plainText);
	return { kind: 'row', start: block.start, end: block.end, plain: found.filter(Boolean).join(' | '), cells: found };
}

const key = /^\s*(?:[-*+]\s+)?\**[\p{L}\p{N}_.\- ]{1,40}\**:\**\s+\S/u;

/** `key: value` lines, as JSON and YAML become: most of the lines, and more than a single sentence with a colon. */
function isKeyed(raw: string): boolean {
	const all = raw.split('\n').filter((line) => line.trim() !== '');
	const keyed = all.filter((line) => key.test(line));
	if (all.length === 1) return /^\s*[\p{L}\p{N}_.-]{1,40}: \S/u.test(raw);
	return keyed.length >= 2 ? keyed.length * 2 >= all.length : false;
}

/** One piece a `key: value`, with the lines its value wraps to. */
function keyedLines(text: string, block: Block): Piece[] {
	const found: { start: number; end: number }[] = [];
	for (const { start, end } of lines(text, block)) {
		if (found.length > 0 && !key.test(text.slice(start, end))) found.at(-1)!.end = end;
		else found.push({ start, end });
	}
	return found.map(({ start, end }) => ({ kind: 'line', start, end, plain: plainItem(text.slice(start, end)) }));
}

function lines(text: string, block: Block): Piece[] {
	const found: Piece[] = [];
	for (const match of text.slice(block.start, block.end).matchAll(/[^\n]+/g)) {
		const line = match[0].trim();
		if (line === '' || /^[-`~]{3,}/.test(line)) continue;
		const start = block.start + match.index + match[0].indexOf(line);
		found.push({ kind: 'line', start, end: start + line.length, plain: plainItem(line) });
	}
	return found;
}

function code(text: string, block: Block): Piece[] {
	const inside = lines(text, block).map((line) => ({
		...line,
		kind: 'code' as const,
		plain: text.slice(line.start, line.end),
	}));
	if (inside.length === 0 || inside.length > wholeCodeLines) return inside;
	const start = inside[0]!.start;
	const end = inside.at(-1)!.end;
	return [{ kind: 'code', start, end, plain: text.slice(start, end).replaceAll(/\s+/g, ' ') }];
}

function prose(text: string, block: Block): Piece[] {
	return sentences(text, block.start, block.end).map(({ start, end }) => ({
		kind: 'sentence',
		start,
		end,
		plain: plainItem(text.slice(start, end)),
	}));
}

/** Text as a reader sees it: without inline markup, the marks that begin a list item or block quote, and halves of marks that a cut left. */
export function plainItem(raw: string): string {
	const bare = raw
		.replaceAll(/^[ \t]*(?:>[ \t]?)+/gm, '')
		.replaceAll(/^[ \t]*(?:```|~~~).*$/gm, '')
		.replaceAll(/^\s*(?:[-*+•]|\d{1,9}[.)])\s+/gm, '');
	return plainText(bare).replaceAll(/\*\*|(?<!\w)__|__(?!\w)|^[*_](?=\S)|(?<=\S)\*$/g, '');
}
