import { pageAt, type Chunk } from '../core/document.ts';
import { blocks, cells, headingText, type Block } from '../text/blocks.ts';
import { linkAround } from '../text/links.ts';
import { sentences, type Span } from '../text/sentences.ts';
import { countTokens, cutAt } from '../text/tokens.ts';
import type { Parsed, ParsedSection } from './parse/parse.ts';

/** A chunk before it has a document. */
export type ChunkDraft = Pick<Chunk, 'start' | 'end' | 'text' | 'headings' | 'page'>;

/** Every chunk repeats the headings it stands under; longer ones (a table of 10,000 columns) would cost more than the text. */
const maxHeading = 1000;

/** The smallest piece that is kept whole. */
type Unit = {
	readonly start: number;
	readonly end: number;
	/** Counted from the end of the unit before, so that the sum is never less than the chunk's own count. */
	readonly tokens: number;
	/** The headings it stands under; a heading's own text included. */
	readonly path: readonly string[];
	/** Front matter and headings say nothing by themselves. */
	readonly isContent: boolean;
	/** Must not end a chunk: a heading, a table's header, a line that ends with a colon. */
	readonly leadsOn: boolean;
	/** The header row of the table whose body row this is. */
	readonly header: string | null;
};

/** `largest`: the tokens of the largest section joined into this one. */
type Section = { readonly units: Unit[]; path: readonly string[]; tokens: number; largest: number };

/**
 * Cuts a text into chunks of at most `maxTokens` (by `countTokens`), along its structure. Every section begins a
 * chunk, save that headings without content of their own stay with the first section below them, and sections of a
 * few words (a tenth of the budget) stay with siblings as small. Table rows, code, list items and sentences are cut
 * only when one alone exceeds the budget, and then before a link and not inside it. Every non-space character lies in exactly one chunk; a chunk of several
 * sections has the headings they share; one that begins inside a table has the table's header row as its last heading.
 * Where the parser gives sections (code), those divide the text instead of its Markdown, and one that fits the budget
 * together with those below it is whole.
 */
export function chunk(
	parsed: Pick<Parsed, 'text' | 'pages' | 'sections'>,
	options: { readonly maxTokens: number },
): ChunkDraft[] {
	const { text, pages, sections: given } = parsed;
	const { maxTokens } = options;
	const sections =
		given === undefined ? sectionsOf(text, maxTokens) : joinNested(givenSections(text, given, maxTokens), maxTokens);
	return joinSmall(sections, maxTokens)
		.flatMap((section) => pack(section, maxTokens))
		.map((units) => toDraft(text, pages, units));
}

function sectionsOf(text: string, maxTokens: number): Section[] {
	const sections: Section[] = [];
	const above: { readonly level: number; readonly text: string }[] = [];
	let section: Section = { units: [], path: [], tokens: 0, largest: 0 };
	let header: string | null = null;
	let last = 0;
	for (const block of blocks(text)) {
		if (block.kind === 'heading') {
			const level = block.level ?? 1;
			while ((above.at(-1)?.level ?? 0) >= level) above.pop();
			above.push({ level, text: clipped(headingText(text.slice(block.start, block.end))) });
			if (section.units.length > 0) sections.push(section);
			section = {
				units: [],
				path: above.map((heading) => heading.text).filter((heading) => heading !== ''),
				tokens: 0,
				largest: 0,
			};
		}
		if (block.row === 'header') header = clipped(cells(text.slice(block.start, block.end)).join(' | '));
		else if (block.kind !== 'row') header = null;
		const isContent = block.kind !== 'heading' && block.kind !== 'front';
		const leads = leadsOn(text, block);
		for (const { start, end } of pieces(text, block, maxTokens)) {
			const tokens = countTokens(text, last, end);
			const isBody = block.row === 'body';
			section.units.push({
				start,
				end,
				tokens,
				path: section.path,
				isContent,
				leadsOn: leads,
				header: isBody ? header : null,
			});
			section.tokens += tokens;
			last = end;
		}
	}
	if (section.units.length > 0) sections.push(section);
	return sections;
}

/** The paragraphs of each section given; lines where one is too large. */
function givenSections(text: string, given: readonly ParsedSection[], maxTokens: number): Section[] {
	const sections: Section[] = [];
	let last = 0;
	for (const [index, { start, headings }] of given.entries()) {
		const end = given[index + 1]?.start ?? text.length;
		const section: Section = { units: [], path: headings, tokens: 0, largest: 0 };
		for (const paragraph of split(text, { start: index === 0 ? 0 : start, end }, /\n[^\S\n]*(?=\n)/g)) {
			for (const piece of pieces(text, { kind: 'code', ...paragraph }, maxTokens)) {
				const tokens = countTokens(text, last, piece.end);
				section.units.push({ ...piece, tokens, path: headings, isContent: true, leadsOn: false, header: null });
				section.tokens += tokens;
				last = piece.end;
			}
		}
		if (section.units.length === 0) continue;
		const isHead = isBelow(headings, given[index + 1]?.headings ?? []) && section.tokens <= maxTokens / 10;
		// The first line of a class says nothing without a part of the class.
		const units = isHead && index > 0 ? section.units.map((unit) => ({ ...unit, isContent: false })) : section.units;
		sections.push({ ...section, units });
	}
	return sections;
}

/** A section takes in those below it where all of them fit the budget; the first, the whole file. */
function joinNested(sections: readonly Section[], maxTokens: number): Section[] {
	const joined: Section[] = [];
	for (let at = 0; at < sections.length;) {
		const section = sections[at] as Section;
		let tokens = section.tokens;
		let end = at + 1;
		if (at === 0 || section.path.length > 1) {
			while (end < sections.length && tokens <= maxTokens && isBelow(section.path, sections[end]?.path ?? [])) {
				tokens += sections[end]?.tokens ?? 0;
				end++;
			}
		}
		if (tokens > maxTokens) end = at + 1;
		const units = sections.slice(at, end).flatMap((each) => each.units);
		joined.push(end === at + 1 ? section : { ...section, units, tokens });
		at = end;
	}
	return joined;
}

function isBelow(above: readonly string[], path: readonly string[]): boolean {
	return above.every((heading, depth) => path[depth] === heading);
}

function clipped(heading: string): string {
	return heading.length <= maxHeading ? heading : heading.slice(0, maxHeading).toWellFormed();
}

function leadsOn(text: string, block: Block): boolean {
	if (block.kind === 'heading' || block.row === 'header' || block.row === 'delimiter') return true;
	return block.kind === 'paragraph' && text[block.end - 1] === ':';
}

/** The block itself when it fits; otherwise its lines (code), cuts (rows) or sentences (the rest), cut where still too long. */
function pieces(text: string, block: Block, maxTokens: number): Span[] {
	const { start, end } = block;
	if (end - start <= maxTokens || countTokens(text, start, end) <= maxTokens) return [{ start, end }];
	if (block.kind === 'row') return cuts(text, block, maxTokens);
	const parts = split(text, block, /\n/g);
	if (block.kind === 'code' || block.kind === 'front') return parts.flatMap((line) => cuts(text, line, maxTokens));
	return split(text, block, beforeItem)
		.flatMap((part) => sentencesOf(text, part))
		.flatMap((sentence) => cuts(text, sentence, maxTokens));
}

/** Line breaks that end a sentence: before an empty line or a list item. The others are wrapped text. */
const beforeItem = /\n(?=[ \t]*(?:\n|[-*+•][ \t]|\d{1,9}[.)][ \t]))/g;

function split(text: string, span: Span, separator: RegExp): Span[] {
	const found: Span[] = [];
	let from = span.start;
	separator.lastIndex = from;
	for (let match = separator.exec(text); match !== null && match.index < span.end; match = separator.exec(text)) {
		pushTrimmed(found, text, from, match.index);
		from = match.index + 1;
	}
	pushTrimmed(found, text, from, span.end);
	separator.lastIndex = 0;
	return found;
}

/** Long text is segmented in windows, because the segmenter's time grows faster than the text. */
const windowLength = 8192;

function sentencesOf(text: string, span: Span): Span[] {
	const found: Span[] = [];
	for (let at = span.start; at < span.end;) {
		const stop = at + windowLength >= span.end ? span.end : cutAt(text, at, at + windowLength, windowLength / 8);
		const window = sentences(text, at, stop);
		// The last sentence of a window may go on in the next one.
		const goesOn = stop < span.end && window.length > 1 ? window.pop() : undefined;
		for (const sentence of window) found.push(sentence);
		at = goesOn?.start ?? stop;
	}
	return found;
}

function cuts(text: string, span: Span, maxTokens: number): Span[] {
	const found: Span[] = [];
	for (let at = span.start; at < span.end;) {
		const most = cutAt(text, at, span.end, maxTokens);
		const link = most < span.end ? linkAround(text, most) : null;
		const cut = link !== null && link.start > at ? link.start : most;
		pushTrimmed(found, text, at, cut);
		at = cut;
	}
	return found;
}

function pushTrimmed(found: Span[], text: string, from: number, to: number): void {
	const slice = text.slice(from, to);
	const start = from + (slice.length - slice.trimStart().length);
	const end = to - (slice.length - slice.trimEnd().length);
	if (start < end) found.push({ start, end });
}

/** Joins what is too small to stand alone with what follows it; see `chunk`. */
function joinSmall(sections: readonly Section[], maxTokens: number): Section[] {
	const joined: Section[] = [];
	for (const section of sections) {
		const before = joined.at(-1);
		if (before === undefined || !mayJoin(before, section, maxTokens)) {
			joined.push({ ...section, units: [...section.units], largest: section.tokens });
			continue;
		}
		for (const unit of section.units) before.units.push(unit);
		before.tokens += section.tokens;
		before.path = section.path;
		before.largest = Math.max(before.largest, section.tokens);
	}
	return joined;
}

function mayJoin(before: Section, section: Section, maxTokens: number): boolean {
	const isBare = before.units.every((unit) => !unit.isContent);
	if (isBare && isBelow(before.path, section.path) && before.tokens <= maxTokens / 4) return true;
	const tiny = maxTokens / 10;
	const isSibling =
		before.path.length === section.path.length &&
		sharedPath([before.path, section.path]).length === section.path.length - 1;
	return (
		isSibling && before.largest <= tiny && section.tokens <= tiny && before.tokens + section.tokens <= maxTokens / 2
	);
}

/** Fills chunks evenly: a section of 1.2 budgets becomes two chunks of 0.6. */
function pack(section: Section, maxTokens: number): Unit[][] {
	const share = section.tokens / Math.ceil(section.tokens / maxTokens);
	const chunks: Unit[][] = [];
	let current: Unit[] = [];
	let tokens = 0;
	for (const unit of section.units) {
		if (current.length > 0 && (tokens >= share || tokens + unit.tokens > maxTokens)) {
			const carried = takeLeading(current);
			chunks.push(current);
			current = carried;
			tokens = carried.reduce((sum, each) => sum + each.tokens, 0);
			if (tokens + unit.tokens > maxTokens && current.length > 0) {
				chunks.push(current);
				current = [];
				tokens = 0;
			}
		}
		current.push(unit);
		tokens += unit.tokens;
	}
	if (current.length > 0) chunks.push(current);
	return chunks;
}

/** Takes the units off the end that belong to what follows; leaves at least one. */
function takeLeading(units: Unit[]): Unit[] {
	let keep = units.length;
	while (keep > 0 && units[keep - 1]?.leadsOn === true) keep--;
	return keep === 0 ? [] : units.splice(keep);
}

function toDraft(text: string, pages: readonly number[], units: readonly Unit[]): ChunkDraft {
	const first = units[0] as Unit;
	const { start } = first;
	const { end } = units.at(-1) as Unit;
	const content = units.filter((unit) => unit.isContent);
	const path = sharedPath((content.length > 0 ? content : units.slice(-1)).map((unit) => unit.path));
	const headings = first.header === null ? path : [...path, first.header];
	return { start, end, text: text.slice(start, end), headings, page: pageAt(pages, start) };
}

function sharedPath(paths: readonly (readonly string[])[]): readonly string[] {
	const first = paths[0] ?? [];
	let length = first.length;
	for (const path of paths) {
		if (path === first) continue;
		let same = 0;
		while (same < length && path[same] === first[same]) same++;
		length = same;
	}
	return length === first.length ? first : first.slice(0, length);
}
