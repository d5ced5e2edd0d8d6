/** A run of characters as a PDF places it. Units: points; y grows downwards. */
export type Glyphs = {
	readonly text: string;
	readonly x: number;
	/** The baseline. */
	readonly y: number;
	readonly width: number;
	/** Font size. */
	readonly size: number;
	readonly isRightToLeft: boolean;
	readonly isBold: boolean;
};

/** A stretch of a line without a gap wider than words have. */
export type Segment = {
	readonly text: string;
	readonly left: number;
	readonly right: number;
	readonly y: number;
	readonly size: number;
	/** All of it is bold; so for lines. */
	readonly isBold: boolean;
};

/** Segments on one baseline within one column, from left to right (right to left in such text). */
export type Line = {
	readonly segments: readonly Segment[];
	readonly left: number;
	readonly right: number;
	readonly y: number;
	readonly size: number;
	readonly isBold: boolean;
	/** Counts the columns of text of a page in reading order; lines of different columns never form a paragraph by distance. */
	readonly column: number;
};

/** In font sizes: a gap from which two runs are two words, and one from which they are two segments. */
const wordGap = 0.17;
const segmentGap = 1.1;

/**
 * The lines of a page in reading order. Rows of glyphs are split where a gutter divides the page into columns of
 * running text; above and below such a stretch, lines that cross the gutter come first and last, as people read them.
 * Columns of a table are no gutter: their cells do not fill their width.
 */
export function linesOf(glyphs: readonly Glyphs[]): Line[] {
	const counter = { column: 0 };
	return ordered(rowsOf(glyphs), counter, 0);
}

type Row = { readonly segments: Segment[]; readonly y: number };

function rowsOf(glyphs: readonly Glyphs[]): Row[] {
	const sorted = glyphs.filter(({ text }) => text.trim() !== '').sort((a, b) => a.y - b.y || a.x - b.x);
	const groups: Glyphs[][] = [];
	let largest = 0;
	for (const glyph of sorted) {
		const group = groups.at(-1);
		const base = group?.[0];
		// Superscripts and subscripts stand on a line of their own a little off; larger print decides what is near.
		if (group !== undefined && base !== undefined && glyph.y - base.y <= Math.max(largest, glyph.size) * 0.45) {
			group.push(glyph);
			largest = Math.max(largest, glyph.size);
		} else {
			groups.push([glyph]);
			largest = glyph.size;
		}
	}
	return groups.map((group) => ({ segments: segmentsOf(group), y: median(group.map(({ y }) => y)) }));
}

function segmentsOf(row: readonly Glyphs[]): Segment[] {
	const size = mainSize(row.map((glyph) => ({ size: glyph.size, length: glyph.text.length })));
	const isRightToLeft = row.filter((glyph) => glyph.isRightToLeft).length > row.length / 2;
	const inOrder = row.toSorted((a, b) => (isRightToLeft ? b.x + b.width - (a.x + a.width) : a.x - b.x));
	const segments: Segment[] = [];
	const y = median(row.map((glyph) => glyph.y));
	for (const glyph of inOrder) {
		const last = segments.at(-1);
		const right = glyph.x + glyph.width;
		const gap = last === undefined ? 0 : isRightToLeft ? last.left - right : glyph.x - last.right;
		// Accounts set the currency at the left edge of the cell and the amount at its right.
		const isAmount = last !== undefined && /^[$€£¥]$/.test(last.text) && gap < 8 * size;
		if (last === undefined || (gap > segmentGap * size && !isAmount)) {
			segments.push({ text: glyph.text, left: glyph.x, right, y, size: glyph.size, isBold: glyph.isBold });
			continue;
		}
		// Bold print is sometimes made by printing twice.
		if (gap < -0.8 * glyph.width && last.text.endsWith(glyph.text)) continue;
		const isApart =
			gap > wordGap * Math.min(size, glyph.size) && !last.text.endsWith(' ') && !glyph.text.startsWith(' ');
		segments[segments.length - 1] = {
			text: last.text + (isApart ? ' ' : '') + glyph.text,
			left: Math.min(last.left, glyph.x),
			right: Math.max(last.right, right),
			y,
			isBold: last.isBold && (glyph.isBold || glyph.text.trim() === ''),
			size: last.text.trim().length >= glyph.text.trim().length ? last.size : glyph.size,
		};
	}
	return segments.map((segment) => ({ ...segment, text: segment.text.replaceAll(/\s+/g, ' ').trim() }));
}

function ordered(rows: readonly Row[], counter: { column: number }, depth: number): Line[] {
	const gutter = depth < 3 ? gutterOf(rows) : null;
	if (gutter === null) {
		const column = counter.column++;
		return rows.map((row) => toLine(row.segments, column));
	}
	const lines: Line[] = [];
	let left: Row[] = [];
	let right: Row[] = [];
	const flush = (): void => {
		if (left.length > 0) lines.push(...ordered(left, counter, depth + 1));
		if (right.length > 0) lines.push(...ordered(right, counter, depth + 1));
		left = [];
		right = [];
	};
	for (const row of rows) {
		const before = row.segments.filter((segment) => segment.right <= gutter + 1);
		const after = row.segments.filter((segment) => segment.left >= gutter - 1);
		if (before.length + after.length < row.segments.length) {
			flush();
			lines.push(toLine(row.segments, counter.column++));
			continue;
		}
		if (before.length > 0) left.push({ segments: before, y: row.y });
		if (after.length > 0) right.push({ segments: after, y: row.y });
	}
	flush();
	return lines;
}

/** The x that divides the rows into two columns of running text; null when they are not so set. */
function gutterOf(rows: readonly Row[]): number | null {
	const segments = rows.flatMap((row) => row.segments);
	if (rows.length < 6) return null;
	const start = Math.min(...segments.map((segment) => segment.left));
	const end = Math.max(...segments.map((segment) => segment.right));
	let best: { at: number; crossing: number } | null = null;
	for (const at of candidates(segments, start, end)) {
		const crossing = segments.filter((segment) => segment.left < at - 1 && segment.right > at + 1).length;
		if (crossing > segments.length * 0.3 || (best !== null && crossing >= best.crossing)) continue;
		const left = segments.filter((segment) => segment.right <= at + 1);
		const right = segments.filter((segment) => segment.left >= at - 1);
		if (isRunningText(left) && isRunningText(right) && overlap(left, right)) best = { at, crossing };
	}
	return best?.at ?? null;
}

/** Right columns begin where many segments begin. */
function candidates(segments: readonly Segment[], start: number, end: number): number[] {
	const counts = new Map<number, number>();
	for (const { left } of segments) {
		const share = (left - start) / (end - start);
		if (share > 0.2 && share < 0.8) counts.set(Math.round(left), (counts.get(Math.round(left)) ?? 0) + 1);
	}
	return [...counts]
		.filter(([, count]) => count >= 3)
		.sort((a, b) => b[1] - a[1])
		.slice(0, 12)
		.map(([left]) => left - 2);
}

/** Lines that mostly fill their column, or many of several words, which cells of a table are not. */
function isRunningText(segments: readonly Segment[]): boolean {
	if (segments.length < 4) return false;
	const left = quantile(
		segments.map((segment) => segment.left),
		0.1,
	);
	const right = quantile(
		segments.map((segment) => segment.right),
		0.9,
	);
	const full = segments.filter((segment) => segment.right - segment.left >= (right - left) * 0.7).length;
	const words = segments.reduce((sum, segment) => sum + segment.text.split(' ').length, 0) / segments.length;
	return (full >= segments.length * 0.5 && words >= 3) || (segments.length >= 10 && words >= 5);
}

/** Columns stand beside each other, not one below the other. */
function overlap(left: readonly Segment[], right: readonly Segment[]): boolean {
	const bottom = Math.min(Math.max(...left.map(({ y }) => y)), Math.max(...right.map(({ y }) => y)));
	const top = Math.max(Math.min(...left.map(({ y }) => y)), Math.min(...right.map(({ y }) => y)));
	return bottom - top > 3 * (left[0]?.size ?? 10);
}

function toLine(segments: readonly Segment[], column: number): Line {
	return {
		segments,
		left: Math.min(...segments.map((segment) => segment.left)),
		right: Math.max(...segments.map((segment) => segment.right)),
		y: segments[0]?.y ?? 0,
		size: mainSize(segments.map((segment) => ({ size: segment.size, length: segment.text.length }))),
		isBold: segments.every((segment) => segment.isBold),
		column,
	};
}

/** The size that most characters have, to a tenth of a point. */
export function mainSize(runs: readonly { readonly size: number; readonly length: number }[]): number {
	const lengths = new Map<number, number>();
	for (const { size, length } of runs) {
		const rounded = Math.round(size * 10) / 10;
		lengths.set(rounded, (lengths.get(rounded) ?? 0) + length);
	}
	let best = 0;
	let most = 0;
	for (const [size, length] of lengths) if (length > most) [best, most] = [size, length];
	return best;
}

export function median(values: readonly number[]): number {
	return quantile(values, 0.5);
}

function quantile(values: readonly number[], share: number): number {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
