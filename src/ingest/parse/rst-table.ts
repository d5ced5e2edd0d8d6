/** Whether a line can begin a table: `+---+---+` (grid) or `=== ===` (simple). */
export function isTableBorder(line: string): boolean {
	return /^\+(?:-+\+)+$/.test(line) || /^=+(?: +=+)+$/.test(line);
}

/**
 * The table that begins at `at`, as rows of cells, and the line after it; null when it is none. A cell over several
 * rows or columns is repeated in each row and stands in the first of its columns.
 */
export function tableRows(lines: readonly string[], at: number): { rows: string[][]; end: number } | null {
	return lines[at]?.startsWith('+') === true ? gridTable(lines, at) : simpleTable(lines, at);
}

function gridTable(lines: readonly string[], at: number): { rows: string[][]; end: number } | null {
	let end = at;
	while (end < lines.length && /^[+|]/.test(lines[end] ?? '')) end++;
	const drawn = lines.slice(at, end);
	if (drawn.length < 3) return null;
	const columns = columnsOf(drawn);
	const rows: string[][] = [];
	let parts: string[][] = columns.map(() => []);
	let above: readonly string[] = [];
	for (const line of drawn.slice(1)) {
		const borders = columns.map(([from, to]) => /^[-=+]+$/.test(line.slice(from, to)));
		if (!borders.includes(true)) {
			for (const [column, text] of cellsOf(line, columns)) parts[column]?.push(text);
			continue;
		}
		// Where no border is drawn the cell goes on in the next row.
		const row = parts.map((each, column) => each.filter((text) => text !== '').join(' ') || (above[column] ?? ''));
		rows.push(row);
		above = row.map((text, column) => (borders[column] === true ? '' : text));
		parts = columns.map(() => []);
		if (!borders.every(Boolean)) {
			for (const [column, text] of cellsOf(line, columns))
				if (!/^[-=+\s]*$/.test(text)) above = extended(above, column, text);
		}
	}
	return { rows: rows.filter((row) => row.some((cell) => cell !== '')), end };
}

function extended(row: readonly string[], column: number, text: string): string[] {
	return row.map((each, index) => (index === column ? `${each} ${text}`.trim() : each));
}

/** Where the columns lie, by every corner of every border. */
function columnsOf(lines: readonly string[]): [number, number][] {
	const corners = new Set<number>();
	for (const line of lines) {
		if (!line.startsWith('+')) continue;
		for (let at = line.indexOf('+'); at !== -1; at = line.indexOf('+', at + 1)) corners.add(at);
	}
	const sorted = [...corners].toSorted((one, two) => one - two);
	return sorted.slice(1).map((corner, index) => [(sorted[index] as number) + 1, corner]);
}

/** The cells of a line by the column they begin in; one without a bar before the next column spans it. */
function cellsOf(line: string, columns: readonly (readonly [number, number])[]): [number, string][] {
	const cells: [number, string][] = [];
	let from = 0;
	for (const [column, [, to]] of columns.entries()) {
		const isEnd = column === columns.length - 1 || /[|+]/.test(line[to] ?? ' ');
		if (!isEnd) continue;
		cells.push([from, line.slice(columns[from]?.[0] ?? 0, to).trim()]);
		from = column + 1;
	}
	return cells;
}

function simpleTable(lines: readonly string[], at: number): { rows: string[][]; end: number } | null {
	const border = lines[at] ?? '';
	const columns = [...border.matchAll(/=+/g)].map(({ index }) => index);
	const borders: number[] = [at];
	let end = at + 1;
	// It ends with the border before an empty line or the end of the text; a table without a body has two.
	for (; end < lines.length; end++) {
		if (!/^=+(?: +=+)*$/.test(lines[end] ?? '')) continue;
		borders.push(end);
		if ((lines[end + 1] ?? '') === '') break;
	}
	if (borders.length < 2 || end >= lines.length) return null;
	const rows: string[][] = [];
	for (const line of lines.slice(at + 1, end)) {
		if (line === '' || /^[=-]+(?: +[=-]+)*$/.test(line)) continue;
		const cells = columns.map((from, column) => line.slice(from, columns[column + 1]).trim());
		const last = rows.at(-1);
		// An empty first cell says that the row before goes on.
		if (cells[0] === '' && last !== undefined) {
			for (const [column, cell] of cells.entries()) last[column] = `${last[column] ?? ''} ${cell}`.trim();
		} else rows.push(cells);
	}
	return { rows, end: end + 1 };
}
