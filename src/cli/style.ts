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

/** The same on one line. */
export function oneLine(text: string): string {
	return printable(text).replace(/\s+/g, ' ').trim();
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

/** Columns of a table, padded; the last one is not. */
export function table(rows: readonly (readonly string[])[], indent = ''): string {
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
