import Papa from 'papaparse';
import { KnowhowError } from '../../core/error.ts';
import { toTable } from '../../text/blocks.ts';
import type { ParsedBody } from './parse.ts';

/**
 * Comma, semicolon, tab or pipe separated values as one table; the first row is its header. Rows may be of any length:
 * short ones are padded, so that no cell moves to another column.
 */
export function parseCsv(source: string, path: string): ParsedBody {
	const text = source.startsWith('\uFEFF') ? source.slice(1) : source;
	// Excel's own way to name the separator.
	const named = /^sep=(.)\n/i.exec(text);
	const { data, errors } = Papa.parse<string[]>(named === null ? text : text.slice(named[0].length), {
		delimiter: named?.[1] ?? (path.toLowerCase().endsWith('.tsv') ? '\t' : delimiterOf(text)),
		skipEmptyLines: 'greedy',
	});
	const unclosed = errors.find((error) => error.code === 'MissingQuotes');
	if (unclosed !== undefined && data.length <= 1) {
		throw new KnowhowError('unreadable_file', `${path}: a quote is opened and never closed.`, {
			hint: 'Double the quotes inside quoted cells.',
		});
	}
	const [header = [], ...body] = data;
	return { title: null, text: toTable(header, body) };
}

/** The separator that occurs most evenly outside of quotes in the first lines; a comma when none does. */
function delimiterOf(text: string): string {
	const lines = text
		.slice(0, 20_000)
		.replaceAll(/"(?:[^"]|"")*"/g, '')
		.split('\n')
		.slice(0, 20)
		.filter((line) => line.trim() !== '');
	let best = ',';
	let bestScore = 0;
	for (const delimiter of [',', ';', '\t', '|']) {
		const counts = lines.map((line) => line.split(delimiter).length - 1);
		const first = counts[0] ?? 0;
		const score = first === 0 ? 0 : counts.filter((count) => count === first).length / counts.length + first / 1e4;
		if (score > bestScore) [best, bestScore] = [delimiter, score];
	}
	return best;
}
