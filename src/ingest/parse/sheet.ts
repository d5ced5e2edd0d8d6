import { toTable } from '../../text/blocks.ts';

/** A row of a sheet and its cells that hold something, in order of column; both count from 0. */
export type SheetRow = { readonly index: number; readonly cells: ReadonlyMap<number, string> };
export type Merge = { readonly top: number; readonly left: number; readonly bottom: number; readonly right: number };

/** Cells written by merging; a file may claim any number. */
const maxMerged = 1_000_000;
/** A larger table that is nearly empty is written as lines: its empty cells alone could fill the memory. */
const maxCells = 2_000_000;
/** A cell longer than this is a remark, not an entry of a list. */
const longCell = 60;

/**
 * A sheet as Markdown. Empty rows divide it; rows of one cell above a table are its title; parts beside each other that
 * each have a row of headers are tables of their own; empty columns are dropped. A cell merged downwards is repeated in
 * every row that says something else.
 */
export function sheetText(rows: readonly SheetRow[], merges: readonly Merge[]): string {
	const filled = repeatMerged(rows, merges).filter(({ cells }) => cells.size > 0);
	const bands: SheetRow[][] = [];
	for (const row of filled) {
		const band = bands.at(-1);
		if (band !== undefined && band.at(-1)?.index === row.index - 1) band.push(row);
		else bands.push([row]);
	}
	return bands.flatMap(bandBlocks).join('\n\n');
}

/** A cell merged downwards written into every row below it that says something else. */
export function repeatMerged(rows: readonly SheetRow[], merges: readonly Merge[]): SheetRow[] {
	if (merges.length === 0) return [...rows];
	const places = new Map(rows.map(({ index }, place) => [index, place]));
	const filled = rows.map(({ index, cells }) => ({ index, cells: new Map(cells) }));
	let written = 0;
	for (const { top, left, bottom } of merges) {
		const from = places.get(top);
		const text = from === undefined ? undefined : rows[from]?.cells.get(left);
		if (from === undefined || text === undefined) continue;
		for (let place = from + 1; place < filled.length; place++) {
			const row = filled[place] as { index: number; cells: Map<number, string> };
			if (row.index > bottom || ++written > maxMerged) break;
			if (row.cells.size > 0) row.cells.set(left, text);
		}
	}
	return filled.map(({ index, cells }) => ({
		index,
		cells: new Map([...cells].toSorted(([one], [two]) => one - two)),
	}));
}

/** Rows without an empty one between them. */
function bandBlocks(band: readonly SheetRow[]): string[] {
	const wide = band.findIndex(({ cells }) => cells.size > 1);
	const lines = (rows: readonly SheetRow[]): string[] =>
		rows.map(({ cells }) =>
			[...cells.values()]
				.join(' ')
				.replaceAll(/\s*\n\s*/g, '\n')
				.trim(),
		);
	if (wide === -1) {
		const found = lines(band);
		const isList = found.length > 2 && found.every((line) => line.length <= longCell);
		return isList
			? [
					toTable(
						found.slice(0, 1),
						found.slice(1).map((line) => [line]),
					),
				]
			: found;
	}
	const rows = band.slice(wide);
	return [...lines(band.slice(0, wide)), ...partsOf(rows).map((columns) => tableOf(rows, columns))];
}

/**
 * The columns used, in groups: one, unless the groups between empty columns are tables that begin at different rows.
 * Those that begin at the same row may be one table with a gap, whose rows must not be torn apart.
 */
function partsOf(rows: readonly SheetRow[]): number[][] {
	const used = new Set(rows.flatMap(({ cells }) => [...cells.keys()]));
	const columns = [...used].toSorted((one, two) => one - two);
	const groups: number[][] = [];
	for (const column of columns) {
		const group = groups.at(-1);
		if (group?.at(-1) === column - 1) group.push(column);
		else groups.push([column]);
	}
	if (groups.length > 20) return [columns];
	const tops = groups.map((group) => rows.findIndex(({ cells }) => group.some((column) => cells.has(column))));
	const areTables = groups.every((group, index) => hasHeader(rows.slice(tops[index]), group));
	return areTables && new Set(tops).size > 1 ? groups : [columns];
}

/** Whether the first row names most of the columns, and another follows. */
function hasHeader(rows: readonly SheetRow[], columns: readonly number[]): boolean {
	const header = columns.map((column) => rows[0]?.cells.get(column)).filter((text) => text !== undefined);
	return (
		rows.length > 1 &&
		header.length > 1 &&
		header.length >= columns.length / 2 &&
		header.every((text) => /\p{L}/u.test(text))
	);
}

function tableOf(rows: readonly SheetRow[], columns: readonly number[]): string {
	const filled = rows.reduce((sum, { cells }) => sum + cells.size, 0);
	if (rows.length * columns.length > maxCells && filled < (rows.length * columns.length) / 20) {
		return rows
			.map(({ cells }) => [...cells.values()].map((cell) => cell.replaceAll(/\s+/g, ' ')).join('; '))
			.join('\n');
	}
	const grid = rows
		.map(({ cells }) => columns.map((column) => cells.get(column) ?? ''))
		.filter((row) => row.some((cell) => cell !== ''));
	return toTable(grid[0] ?? [], grid.slice(1));
}
