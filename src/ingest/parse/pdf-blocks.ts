import { toTable } from '../../text/blocks.ts';
import { mainSize, median, type Line, type Segment } from './pdf-layout.ts';

/** What is left of the pages after headers and footers: Markdown for each page. */
export function toMarkdown(pages: readonly (readonly Line[])[]): string[] {
	const lines = pages.flat();
	const body = mainSize(lines.map((line) => ({ size: line.size, length: lengthOf(line) })));
	const levels = headingLevels(lines, body);
	const leading = median(lines.flatMap((line, index) => distance(lines[index - 1], line, body) ?? []));
	const style = {
		body,
		levels,
		boldLevel: boldLevel(lines, levels),
		leading: leading === 0 ? body * 1.2 : leading,
		hyphens: hyphensOf(lines),
	};
	return pages.map((page) => blocksOf(page, style).join('\n\n'));
}

type Style = {
	/** Font size of running text. */
	readonly body: number;
	/** Heading level by font size. */
	readonly levels: ReadonlyMap<number, number>;
	/** Heading level of bold lines of the size of running text; null where bold print means nothing. */
	readonly boldLevel: number | null;
	/** Usual distance between baselines of running text. */
	readonly leading: number;
	readonly hyphens: Hyphens;
};

function lengthOf(line: Line): number {
	return line.segments.reduce((sum, segment) => sum + segment.text.length, 0);
}

/** Baseline to baseline of two lines of running text in one column; null for any others. */
function distance(above: Line | undefined, line: Line, body: number): number | null {
	if (above === undefined || above.column !== line.column || above.size !== body || line.size !== body) return null;
	const between = line.y - above.y;
	return between > body * 0.8 && between < body * 2.2 ? between : null;
}

/** Sizes clearly above that of running text, the largest first, are levels 1 to 4. */
function headingLevels(lines: readonly Line[], body: number): Map<number, number> {
	const sizes = new Set(
		lines.filter((line) => line.size >= body * 1.12 && lengthOf(line) <= 200).map((line) => line.size),
	);
	const levels = new Map<number, number>();
	let level = 0;
	let last = Number.POSITIVE_INFINITY;
	for (const size of [...sizes].sort((a, b) => b - a)) {
		if (size < last * 0.96) level++;
		levels.set(size, Math.min(Math.max(level, 1), 4));
		last = size;
	}
	return levels;
}

/** Bold lines are headings one level below those of larger print, unless much of the document is bold. */
function boldLevel(lines: readonly Line[], levels: ReadonlyMap<number, number>): number | null {
	const bold = lines.reduce((sum, line) => sum + (line.isBold ? lengthOf(line) : 0), 0);
	const all = lines.reduce((sum, line) => sum + lengthOf(line), 0);
	return bold === 0 || bold > all * 0.25 ? null : Math.max(0, ...levels.values()) + 1;
}

/** The level of the heading that a line is (part of), null for running text. */
function levelOf(line: Line, style: Style): number | null {
	const level = style.levels.get(line.size);
	if (level !== undefined) return level;
	return line.isBold && line.size >= style.body * 0.98 && line.segments.length === 1 ? style.boldLevel : null;
}

function blocksOf(page: readonly Line[], style: Style): string[] {
	const blocks: string[] = [];
	for (let at = 0; at < page.length;) {
		const table = tableAt(page, at, style);
		if (table !== null) {
			blocks.push(table.markdown);
			at = table.end;
			continue;
		}
		const end = paragraphEnd(page, at, style);
		const text = paragraph(page.slice(at, end), style);
		if (text !== '') appendBlock(blocks, text);
		at = end;
	}
	return blocks;
}

/** Items of one list are one block, so that they stay a list. */
function appendBlock(blocks: string[], text: string): void {
	const last = blocks.at(-1);
	const isItem = /^(?:- |\d{1,3}[.)] )/.test(text);
	if (isItem && last !== undefined && /^(?:- |\d{1,3}[.)] )/.test(last)) blocks[blocks.length - 1] = `${last}\n${text}`;
	else blocks.push(text);
}

const bullet = /^(?:[•●○◦▪■□‣⁃∙·►➢❖✓✔\u0080-\u009F\uE000-\uF8FF]|[-–—*](?= ))\s*/;
const marker =
	/^(?:[•●○◦▪■□‣⁃∙·►➢❖✓✔\u0080-\u009F\uE000-\uF8FF–—*-]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)]|\(?[ivx]{1,4}[.)])$/;
const itemStart =
	/^(?:[•●○◦▪■□‣⁃∙·►➢❖✓✔\u0080-\u009F\uE000-\uF8FF]|[-–—*] |\(?\d{1,3}[.)] |\(?[a-z][.)] |\(?[ivx]{1,4}[.)] )/;

function textOf(line: Line): string {
	return line.segments.map((segment) => segment.text).join(' ');
}

function paragraphEnd(page: readonly Line[], start: number, style: Style): number {
	let end = start + 1;
	const first = page[start] as Line;
	const isItem = itemStart.test(textOf(first));
	for (; end < page.length; end++) {
		const above = page[end - 1] as Line;
		const line = page[end] as Line;
		if (!continues(above, line, style) || tableAt(page, end, style) !== null) break;
		// The first line of a paragraph is set in; under a list marker all the others are.
		if (!isItem && line.left > above.left + line.size && end - start > 1) break;
		if (isItem && line.left < first.left - 1) break;
	}
	return end;
}

function continues(above: Line, line: Line, style: Style): boolean {
	if (Math.abs(above.size - line.size) > 0.6) return false;
	if (itemStart.test(textOf(line))) return false;
	const isHeading = levelOf(line, style) !== null;
	if (isHeading !== (levelOf(above, style) !== null)) return false;
	if (above.column !== line.column) return !isHeading && isUnfinished(textOf(above)) && /^\p{Ll}/u.test(textOf(line));
	const between = line.y - above.y;
	if (between < 0 || between > Math.max(isHeading ? line.size * 1.5 : style.leading * 1.25, line.size * 1.25))
		return false;
	// A line that stops well before the column's end and closes a sentence ends its paragraph.
	const isShort = above.right < Math.max(above.right, line.right) - line.size * 8;
	return isHeading || !(isShort && /[.!?:。！？：]["')\]」』”）]?$/.test(textOf(above)));
}

function isUnfinished(text: string): boolean {
	return /[\p{L}\p{N},;-]$/u.test(text);
}

function paragraph(lines: readonly Line[], style: Style): string {
	let text = '';
	for (const line of lines) text = joinLines(text, textOf(line), style.hyphens);
	text = text.trim();
	const level = levelOf(lines[0] as Line, style);
	if (level !== null && !itemStart.test(text) && text.length <= 200 && /[\p{L}\p{N}]/u.test(text))
		return `${'#'.repeat(level)} ${text}`;
	if (bullet.test(text)) return `- ${text.replace(bullet, '')}`;
	// What would be read as structure was none in the PDF.
	return text.replace(/^(#{1,6} |>|```|\|)/, '\\$1');
}

/** How a document breaks words, to tell `oper-\nate` from `well-\nknown`. */
export type Hyphens = {
	/** Every word of the document in lower case, those with hyphens whole. */
	readonly words: ReadonlySet<string>;
	/** Whether words are divided at line ends at all; where few lines end in a hyphen, it belongs to the word. */
	readonly divides: boolean;
};

function hyphensOf(lines: readonly Line[]): Hyphens {
	const words = new Set(
		lines.flatMap((line) =>
			textOf(line)
				.toLowerCase()
				.split(/[^\p{L}\p{N}-]+/u),
		),
	);
	const divided = lines.filter((line) => /\p{L}[-‐]$/u.test(textOf(line))).length;
	return { words, divides: divided > lines.length * 0.03 };
}

/** What is written without spaces: Chinese and Japanese, with their punctuation; Korean is not. */
const unspaced = String.raw`[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\u3000-\u30FF\uFF01-\uFF60]`;
const unspacedEnd = new RegExp(`${unspaced}$`, 'u');
const unspacedStart = new RegExp(`^${unspaced}`, 'u');

/** Joins what a line break divided: words with a space, halves of words without, dropping the hyphen that is no part of the word. */
export function joinLines(above: string, line: string, { words, divides }: Hyphens): string {
	if (above === '') return line;
	if (above.endsWith('\u00AD')) return above.slice(0, -1) + line;
	if (unspacedEnd.test(above) && unspacedStart.test(line)) return above + line;
	const head = /([\p{L}-]*\p{L})[-‐]$/u.exec(above)?.[1];
	const tail = /^\p{Ll}+/u.exec(line)?.[0];
	if (head === undefined || tail === undefined) return `${above}${/\p{L}-$/u.test(above) ? '' : ' '}${line}`;
	const isOne = words.has((head + tail).toLowerCase());
	const isCompound = head.includes('-') || words.has(`${head}-${tail}`.toLowerCase());
	return isOne || (divides && !isCompound) ? above.slice(0, -1) + line : above + line;
}

/** Rows of at least two segments that stand below each other in the same columns; null where there is no such table. */
function tableAt(page: readonly Line[], start: number, style: Style): { markdown: string; end: number } | null {
	if (!isRow(page[start])) return null;
	let end = start;
	let rows = 0;
	for (; end < page.length; end++) {
		const line = page[end] as Line;
		const above = page[end - 1];
		if (end > start && (above === undefined || line.column !== above.column || line.y - above.y > style.leading * 3.2))
			break;
		if (isRow(line)) rows++;
		else if (!isInside(page, start, end, style)) break;
	}
	while (end > start && !isRow(page[end - 1])) end--;
	if (rows < 2) return null;
	const lines = page.slice(start, end);
	const columns = columnsOf(lines);
	if (columns.length < 2 || columns.length > 20) return null;
	const grid = gridOf(lines, columns, style);
	return grid === null ? null : { markdown: toTable(grid[0] ?? [], grid.slice(1)), end };
}

/** Two segments or more, of which the first is more than a list marker. */
function isRow(line: Line | undefined): boolean {
	if (line === undefined || line.segments.length < 2) return false;
	return !(line.segments.length === 2 && marker.test((line.segments[0] as Segment).text));
}

/** A line of one segment is part of a table when it lies in one of its columns: a cell that wraps, or a row that only has a label. */
function isInside(page: readonly Line[], start: number, at: number, style: Style): boolean {
	const line = page[at] as Line;
	if (line.segments.length !== 1 || (style.levels.get(line.size) ?? null) !== null) return false;
	const columns = columnsOf(page.slice(start, at));
	const home = columns.filter((column) => line.left < column.right && line.right > column.left);
	const next = columns.find((column) => column.left > line.left && column !== home[0]);
	if (home.length > 1 || (next !== undefined && line.right > next.left)) return false;
	if (line.y - (page[at - 1] as Line).y <= line.size * 1.6 && home.length === 1) return true;
	const row = page.slice(at + 1, at + 3).find(isRow);
	return row !== undefined && row.column === line.column && Math.abs(line.left - row.left) < line.size * 3;
}

type Column = { left: number; right: number };

/** Segments that overlap sideways are in one column; rows with few segments do not count, for headers span columns. */
function columnsOf(lines: readonly Line[]): Column[] {
	const most = Math.max(...lines.map((line) => line.segments.length));
	const segments = lines
		.filter((line) => isRow(line) && line.segments.length >= most * 0.75)
		.flatMap((line) => line.segments)
		.sort((a, b) => a.left - b.left);
	const columns: Column[] = [];
	for (const { left, right } of segments) {
		const last = columns.at(-1);
		if (last === undefined || left >= last.right) columns.push({ left, right });
		else last.right = Math.max(last.right, right);
	}
	return columns;
}

/** Cells by row and column; null when many rows put two segments in one column, which tables do not. */
function gridOf(lines: readonly Line[], columns: readonly Column[], style: Style): string[][] | null {
	const grid: string[][] = [];
	const wrapGap = wrapGapOf(lines);
	let collisions = 0;
	let isHeader = true;
	for (const [index, line] of lines.entries()) {
		const cells = columns.map(() => '');
		for (const segment of line.segments) {
			const spanned = columnsUnder(segment, columns);
			if (cells[spanned[0] ?? 0] !== '') collisions++;
			for (const column of isHeader ? spanned : spanned.slice(0, 1)) {
				cells[column] = joinLines(cells[column] ?? '', segment.text, style.hyphens);
			}
		}
		const above = grid.at(-1);
		const gap = line.y - (lines[index - 1]?.y ?? line.y);
		// Lines of a header that leave the first column free say together what the other columns are.
		const isOne =
			above !== undefined &&
			// Lines of a header that leave the first column free say together what the other columns are.
			((isHeader && cells[0] === '') ||
				isWrapped(cells, above, gap, line.size, wrapGap) ||
				endsLabel(cells, above, gap, line.size));
		if (!isOne) grid.push(cells);
		else
			for (const [column, cell] of cells.entries())
				if (cell !== '') above[column] = joinLines(above[column] ?? '', cell, style.hyphens);
		isHeader &&= grid.length === 1 && grid[0]?.[0] === '';
	}
	return collisions > lines.length * 0.3 || grid.length < 2 ? null : grid;
}

/** The columns that a segment stands over; the nearest when it stands between two. */
function columnsUnder(segment: Segment, columns: readonly Column[]): number[] {
	const under = [...columns.keys()].filter((index) => {
		const { left, right } = columns[index] as Column;
		return segment.left < right && segment.right > left;
	});
	if (under.length > 0) return under;
	const away = columns.map(({ left, right }) => Math.max(left - segment.right, segment.left - right));
	return [away.indexOf(Math.min(...away))];
}

/** The distance of lines within a cell, where it is clearly less than that of rows; else 0. */
function wrapGapOf(lines: readonly Line[]): number {
	const gaps = lines.slice(1).map((line, index) => line.y - (lines[index] as Line).y);
	const least = Math.min(...gaps);
	return Math.max(...gaps) > least * 1.25 ? least * 1.1 : 0;
}

/** Whether a line ends the label that fills the line above by itself, and brings the row's other cells. */
function endsLabel(cells: readonly string[], above: readonly string[], gap: number, size: number): boolean {
	const isLabel = above.every((cell, column) => (cell === '') === column > 0);
	return isLabel && gap <= size * 1.6 && !above[0]?.endsWith(':') && /^\p{Ll}/u.test(cells[0] ?? '');
}

/** Whether a line goes on in the cells of the row above: it fills fewer of them, and not with numbers. */
function isWrapped(
	cells: readonly string[],
	above: readonly string[],
	gap: number,
	size: number,
	wrapGap: number,
): boolean {
	const filled = cells.filter((cell) => cell !== '');
	if (gap > size * 1.6 || filled.some((cell) => /^[$€£(+-]*\s?\d[\d.,]*\s?[%)]*$/.test(cell))) return false;
	if (cells[0] === '') return true;
	return gap <= wrapGap && filled.length < above.filter((cell) => cell !== '').length;
}
