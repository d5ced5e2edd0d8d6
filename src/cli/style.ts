/** Marks text for a terminal; does nothing when colours are off. */
export type Style = Readonly<Record<'bold' | 'dim' | 'cyan' | 'green' | 'yellow' | 'red', (text: string) => string>>;

const codes = {
	bold: [1, 22],
	dim: [2, 22],
	cyan: [36, 39],
	green: [32, 39],
	yellow: [33, 39],
	red: [31, 39],
} as const;

export function createStyle(isColoured: boolean): Style {
	const mark = ([on, off]: readonly [number, number]) =>
		isColoured ? (text: string) => `\x1b[${on}m${text}\x1b[${off}m` : (text: string) => text;
	return {
		bold: mark(codes.bold),
		dim: mark(codes.dim),
		cyan: mark(codes.cyan),
		green: mark(codes.green),
		yellow: mark(codes.yellow),
		red: mark(codes.red),
	};
}

/** Colours only on a terminal, never with NO_COLOR (no-color.org) or on a dumb terminal, always with FORCE_COLOR. */
export function wantsColour(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): boolean {
	if (env['NO_COLOR']) return false;
	if (env['FORCE_COLOR'] && env['FORCE_COLOR'] !== '0') return true;
	return isTerminal && env['TERM'] !== 'dumb';
}

/** A document's text without what a terminal would obey: control characters except line break and tab become spaces. */
export function printable(text: string): string {
	// oxlint-disable-next-line no-control-regex
	return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, ' ');
}

/** The output of a command without what a terminal would obey, except the marks of `Style`. */
export function harmless(output: string): string {
	// oxlint-disable-next-line no-control-regex
	const parts = output.split(/(\x1b\[(?:[12]|22|3[12369])m)/);
	return parts.map((part, i) => (i % 2 === 1 ? part : printable(part))).join('');
}

/** A document's text on one line, and harmless as that of `printable`. */
export function oneLine(text: string): string {
	return printable(text).replace(/\s+/g, ' ').trim();
}

/** The width of lines on a terminal: as wide as it is, but not wider than is good to read; 80 where there is none. */
export function readableWidth({
	isTerminal,
	columns,
}: {
	readonly isTerminal: boolean;
	readonly columns: number;
}): number {
	return isTerminal ? Math.min(100, Math.max(40, columns)) : 80;
}

/** Breaks text at spaces into lines of at most `width` characters, each after `indent`. */
export function wrap(text: string, width: number, indent = ''): string {
	const lines: string[] = [];
	for (const paragraph of text.split('\n')) {
		let line = indent;
		for (const word of paragraph.split(' ')) {
			if (line.length + word.length + 1 > width && line.trim() !== '') {
				lines.push(line.trimEnd());
				line = indent;
			}
			line += line === indent ? word : ` ${word}`;
		}
		lines.push(line.trimEnd());
	}
	return lines.join('\n');
}

/**
 * Names with what they mean, in lines of at most `width` characters where words allow: beside each other, or below a name that is
 * long. Names break behind `|`.
 */
export function definitions(rows: readonly (readonly [name: string, text: string])[], width: number): string {
	const column = Math.min(longestName, Math.max(...rows.map(([name]) => name.length))) + 4;
	return rows.map((row) => definition(row, column, width)).join('\n');
}

/** Of names that stand beside what they mean. */
const longestName = 24;

function definition([name, text]: readonly [string, string], column: number, width: number): string {
	const indent = ' '.repeat(column);
	const described = wrap(text, width, indent);
	if (name.length + 4 <= column) return `  ${name.padEnd(column - 2)}${described.slice(column)}`;
	const broken = wrap(name.replaceAll('|', '| '), width, '      ').replaceAll('| ', '|');
	return `  ${broken.trimStart()}\n${described}`;
}

/** A path of at most `width` characters: its end says what it is. */
export function shortened(path: string, width: number): string {
	return path.length <= width ? path : `…${path.slice(path.length - width + 1)}`;
}

/** Lines of at most `width` characters. */
export function shortLines(text: string, width: number): string {
	return text
		.split('\n')
		.map((line) => (line.length <= width ? line : `${line.slice(0, width - 1)}…`))
		.join('\n');
}

/** Columns of a table, padded; the last one is not. A cell is one line. */
export function table(lines: readonly (readonly string[])[], indent = ''): string {
	const rows = lines.map((row) => row.map((cell) => cell.replace(/[\t\n\r]+/g, ' ')));
	const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
	return rows
		.map(
			(row) =>
				indent +
				row
					.map((cell, column) => cell.padEnd(widths[column] as number))
					.join('  ')
					.trimEnd(),
		)
		.join('\n');
}
