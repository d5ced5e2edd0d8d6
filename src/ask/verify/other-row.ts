import { cells } from '../../text/blocks.ts';
import { words } from '../../text/words.ts';

/** A number of a sentence that stands in another row of the quoted table than the one the sentence names (UTF-16 offsets). */
export type Misplaced = { readonly start: number; readonly end: number };

type Row = { readonly name: string; readonly numbers: ReadonlySet<string> };

const number = /^\d[\d.,:/-]*$/;

/**
 * Numbers taken from a wrong row: the sentence names exactly one row of the tables among the quotes (by its first cell), and the
 * number is in another row only. Says nothing where a name stands in several rows or several rows are named.
 */
export function numbersOfOtherRows(sentence: string, quotes: readonly { readonly text: string }[]): Misplaced[] {
	const rows = quotes.flatMap(({ text }) => rowsOf(text));
	const said = spaced(sentence);
	const named = rows.filter(({ name }) => said.includes(name));
	const [row] = named;
	if (row === undefined || new Set(named.map(({ name }) => name)).size > 1) return [];
	const others = rows.filter(({ name }) => name !== row.name);
	return words(sentence).flatMap(({ text, start, end }) => {
		const isOfRow = row.name.includes(` ${text} `) || named.some(({ numbers }) => numbers.has(text));
		const isElsewhere = number.test(text) && others.some(({ numbers }) => numbers.has(text));
		return !isOfRow && isElsewhere ? [{ start, end }] : [];
	});
}

function rowsOf(text: string): Row[] {
	return text.split('\n').flatMap((line): Row[] => {
		if (!line.trimStart().startsWith('|') || /^[\s|:-]+$/.test(line)) return [];
		const [name = '', ...rest] = cells(line);
		const spelled = spaced(name);
		return spelled.trim() === '' ? [] : [{ name: spelled, numbers: numbersIn(rest.join(' ')) }];
	});
}

function numbersIn(text: string): Set<string> {
	return new Set(words(text).flatMap(({ text: word }) => (number.test(word) ? [word] : [])));
}

/** Lower-cased words between single spaces, so that a name is found whole. */
function spaced(text: string): string {
	return ` ${words(text)
		.map((word) => word.text)
		.join(' ')} `;
}
