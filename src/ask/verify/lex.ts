import { words } from '../../text/words.ts';
import { type CalendarDate, isoDate, numericDates } from './calendar.ts';
import { plain, type Plain } from './plain.ts';
import { unitOf } from './units.ts';

/** A word, number, identifier or sign of a text. */
export type Token = {
	readonly kind: 'word' | 'number' | 'date' | 'time' | 'identifier' | 'mark';
	/** Lower-cased; identifiers without connectors (`PX-1200/B` → px1200b). */
	readonly text: string;
	/** UTF-16 offsets in the original text. */
	readonly start: number;
	readonly end: number;
	/** Stood in backticks. */
	readonly isCode: boolean;
	/** Begins with a capital letter. */
	readonly isCapital: boolean;
	/** Numbers: what the digits can mean (`1.500` is 1500 or 1.5 where the language is unknown). */
	readonly readings?: readonly number[];
	readonly dates?: readonly CalendarDate[];
	/** Times: minutes since midnight. */
	readonly minutes?: number;
	/** Numbers: `1st`, `2.` before a noun. */
	readonly isOrdinal?: boolean;
	/** Identifiers: the lower-cased words in them. */
	readonly parts?: readonly string[];
	/** Numbers: the digits and marks as written. */
	readonly digits?: string;
};

const patterns = [
	String.raw`(?<url>(?:https?:\/\/|www\.)[^\s<>()|"']*[^\s<>()|"'.,;:!?])`,
	String.raw`(?<email>[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+)`,
	String.raw`(?<iso>(?<![\p{L}\p{N}])\d{4}-\d{2}-\d{2})(?:t(?<isoTime>\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?z?)?(?![\p{L}\p{N}])`,
	String.raw`(?<numeric>(?<![\p{L}\p{N}.])(?:\d{1,2}\.\d{1,2}\.\d{4}|\d{1,2}\/\d{1,2}\/\d{4}|\d{1,2}-\d{1,2}-\d{4}|\d{1,2}\.\d{1,2}\.\d{2}))(?![\p{L}\p{N}.]\p{N}|\p{N})`,
	String.raw`(?<monthYear>(?<![\p{L}\p{N}./-])(?:(?:0?[1-9]|1[0-2])\/(?:19|20)\d{2}|(?:19|20)\d{2}-(?:0[1-9]|1[0-2])))(?![\p{L}\p{N}/-])`,
	String.raw`(?<flag>(?<![\p{L}\p{N}-])--[\p{L}][\p{L}\p{N}-]*)`,
	String.raw`(?<extension>(?<![\p{L}\p{N}.)])\.[a-z][a-z\d]{1,4})(?![\p{L}\p{N}])`,
	String.raw`(?<fraction>\d*[½¼¾])`,
	String.raw`(?<dayMonth>(?<![\p{L}\p{N}.,])(?:[12]\d|3[01]|0?[1-9])\.(?:1[0-2]|0?[1-9])\.)(?!\p{N})`,
	String.raw`(?<time>(?<![\p{L}\p{N}.:])(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?|(?<![\p{L}\p{N}])(?:[01]?\d|2[0-4])h[0-5]\d)(?<half>\s?[ap]\.?m\b\.?)?(?![\p{N}]|:\p{N})`,
	String.raw`(?<hour>(?<![\p{L}\p{N}.:,])(?:1[0-2]|0?\d)(?:\.[0-5]\d)?)(?<noon>\s?[ap]\.?m\b\.?)(?![\p{L}\p{N}])`,
	String.raw`(?<number>(?<![\p{L}\p{N}_]|\p{N}[.,])(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d{1,3}(?:[ ']\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?))(?![\p{L}\p{M}\p{N}_]|[.,]\p{N}|[-:/.&@'][\p{L}\p{N}])`,
	String.raw`(?<word>[\p{L}\p{M}\p{N}_]+(?:[-/.:'&@+#][\p{L}\p{M}\p{N}_]+)*(?:\+\+|#(?![\p{L}\p{N}]))?)`,
	String.raw`(?<mark>[\n;:.!?,()|[\]{}"+=<>≤≥≈–—→%‰€$£¥§°½¼¾/&#-])`,
];
const pattern = new RegExp(patterns.join('|'), 'giu');
const unspaced = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]/u;
/** Abbreviations with points inside; not identifiers. */
const pointed = new Set('e.g i.e a.m p.m z.b d.h u.a o.ä p.ej u.s u.k c.-à-d n.b'.split(' '));

/** A text on its way into tokens. */
type Source = {
	readonly text: string;
	readonly offsets: Uint32Array;
	readonly code: Plain['code'];
	readonly language: string | null;
};

// Most words are ASCII letters before a space or a comma: told without the long pattern.
const plainWord = /(?:[A-Z]+[a-z]*|[a-z]+)(?=[ ,;)\n]|\.(?:\s|$)|$)/y;

/** The tokens of a text in order. `language` decides how digits are grouped; null leaves both readings. */
export function lex(original: string, language: string | null): Token[] {
	const { text, offsets, code } = plain(original);
	const isTable = text.includes('|') || text.includes('{');
	const source: Source = {
		text: isTable ? text : unwrap(separateCells(text)),
		offsets,
		code,
		language,
	};
	const tokens: Token[] = [];
	let at = 0;
	while (at < source.text.length) {
		if (source.text.charCodeAt(at) === 32) {
			at++;
			continue;
		}
		plainWord.lastIndex = at;
		const word = plainWord.exec(source.text)?.[0];
		if (word !== undefined) {
			tokens.push({ kind: 'word', text: word.toLowerCase(), ...placeOf(source, at, word.length) });
			at += word.length;
			continue;
		}
		pattern.lastIndex = at;
		const match = pattern.exec(source.text);
		if (match === null) break;
		tokens.push(...tokensOf(match, source));
		at = pattern.lastIndex;
	}
	return tokens;
}

function tokensOf(match: RegExpExecArray, source: Source): Token[] {
	const { word, mark, number, iso, isoTime, numeric, dayMonth, monthYear, fraction, time, half, hour, noon } =
		match.groups!;
	const from = match.index;
	const place = placeOf(source, from, match[0].length);
	if (mark !== undefined) return [{ kind: 'mark', text: mark, ...place }];
	if (number !== undefined) return [numberToken(number, source.language, place)];
	if (word !== undefined) {
		return piecesOf(word, place.isCode).flatMap((piece) =>
			wordTokens(piece.text, place.isCode, source.language, (start, length) =>
				placeOf(source, from + piece.at + start, length),
			),
		);
	}
	if (iso !== undefined) {
		const date = isoDate(iso);
		const day = dateToken(iso, date === null ? [] : [date], place);
		return isoTime === undefined ? [day] : [day, timeToken(isoTime, undefined, place)];
	}
	if (numeric !== undefined) return [dateToken(numeric, numericDates(numeric, source.language ?? 'en'), place)];
	if (monthYear !== undefined) {
		const [one, other] = monthYear.split(/[/-]/).map(Number);
		const date = one! > 12 ? { year: one!, month: other! } : { year: other!, month: one! };
		return [dateToken(monthYear, [date], place)];
	}
	if (fraction !== undefined) {
		const readings = [Number(fraction.slice(0, -1)) + fractions[fraction.at(-1)!]!];
		return [{ kind: 'number', text: fraction, digits: fraction, readings, ...place }];
	}
	if (dayMonth !== undefined) return dayMonthTokens(dayMonth, source, from);
	if (time !== undefined) return [timeToken(time, half, place)];
	if (hour !== undefined) return [timeToken(hour, noon, place)];
	return [{ kind: 'identifier', text: canonicalAddress(match[0]), ...place }];
}

const fractions: Readonly<Record<string, number>> = { '½': 0.5, '¼': 0.25, '¾': 0.75 };

/** `15.5.`: a day and a month in German, elsewhere a number at the end of a sentence. */
function dayMonthTokens(written: string, source: Source, from: number): Token[] {
	if (source.language === 'de') {
		const [day, month] = written.split('.').map(Number);
		return [dateToken(written, [{ day: day!, month: month! }], placeOf(source, from, written.length))];
	}
	const digits = written.slice(0, -1);
	return [
		numberToken(digits, source.language, placeOf(source, from, digits.length)),
		{ kind: 'mark', text: '.', ...placeOf(source, from + digits.length, 1) },
	];
}

function dateToken(written: string, dates: readonly CalendarDate[], place: Place): Token {
	if (dates.length === 0) return { kind: 'identifier', text: canonical(written), ...place };
	return { kind: 'date', text: written, dates, ...place };
}

function placeOf({ text, offsets, code }: Source, at: number, length: number): Place {
	return {
		start: offsets[at]!,
		end: offsets[at + length - 1]! + 1,
		isCode: code.some(({ start, end }) => start <= at && at < end),
		isCapital: isUpper(text, at),
	};
}

type Place = Pick<Token, 'start' | 'end' | 'isCode' | 'isCapital'>;

function isUpper(text: string, at: number): boolean {
	const code = text.charCodeAt(at);
	if (code < 128) return code >= 65 && code <= 90;
	return /^\p{Lu}/u.test(text[at]!);
}

/** A wrapped paragraph is one text, unless it has cells. A blank line or the beginning of an item keeps its break. */
function unwrap(text: string): string {
	return text.includes('|') ? text : text.replaceAll(/\n(?=[^\n])/g, ' ');
}

/** Commas without a space after them separate the cells of a CSV row; elsewhere they belong to numbers. */
function separateCells(text: string): string {
	if (!text.includes(',')) return text;
	return text
		.split('\n')
		.map((line) => {
			const all = line.split(',').length - 1;
			const tight = line.match(/,(?=\S)/g)?.length ?? 0;
			const besideLetters = line.match(/,(?=\p{L})|\p{L},/gu)?.length ?? 0;
			const isRow = all >= 2 && tight >= all - 1 && besideLetters >= 2;
			return isRow ? line.replaceAll(',', '|') : line;
		})
		.join('\n');
}

function timeToken(written: string, half: string | undefined, place: Place): Token {
	const [hours, minutes] = written.split(/[:h.]/i).map(Number);
	const suffix = half?.trim().toLowerCase()[0];
	const hour = suffix === undefined ? hours! : (hours! % 12) + (suffix === 'p' ? 12 : 0);
	return { kind: 'time', text: written.toLowerCase(), minutes: hour * 60 + (minutes ?? 0), ...place };
}

/** Longer runs of digits are codes: a number could not hold them. */
const mostDigits = 15;

function numberToken(digits: string, language: string | null, place: Place, isOrdinal = false): Token {
	if (digits.length > mostDigits) return { kind: 'identifier', text: canonical(digits), ...place };
	return { kind: 'number', text: digits, digits, readings: readingsOf(digits, language), isOrdinal, ...place };
}

/** What digits with their marks can mean: `1.500` is 1500 in German, 1.5 in English. */
export function readingsOf(written: string, language: string | null): number[] {
	const digits = written.replaceAll(/[ ']/g, '');
	const points = digits.split('.').length - 1;
	const commas = digits.split(',').length - 1;
	if (points + commas === 0) return [Number(digits)];
	if (points > 0 && commas > 0) {
		const decimal = digits.lastIndexOf('.') > digits.lastIndexOf(',') ? '.' : ',';
		return [toNumber(digits, decimal)];
	}
	const mark = points > 0 ? '.' : ',';
	if (points + commas > 1) return [toNumber(digits, mark === '.' ? ',' : '.')];
	const grouped = /^[1-9]\d{0,2}[.,]\d{3}$/.test(digits);
	if (!grouped) return [toNumber(digits, mark)];
	const readings = [toNumber(digits, mark === '.' ? ',' : '.'), toNumber(digits, mark)];
	if (language === null) return readings;
	const groups = language === 'en' ? ',' : '.';
	return [mark === groups ? readings[0]! : readings[1]!];
}

function toNumber(digits: string, decimal: string): number {
	return Number(digits.replaceAll(decimal === '.' ? ',' : '.', '').replace(decimal, '.'));
}

const connectors = /[-_/.:'&@+#\s]/g;

/** One spelling for an identifier however it is joined and cased. */
export function canonical(written: string): string {
	const lower = written.toLowerCase();
	// A version keeps its points, so that 1.12 is not 11.2.
	return /\d\.\d/.test(lower)
		? lower.replace(/^v(?=\d)/, '').replaceAll(/[-_/:'&@+#\s]/g, '')
		: lower.replaceAll(connectors, '');
}

function canonicalAddress(written: string): string {
	return canonical(
		written
			.toLowerCase()
			.replace(/^https?:\/\//, '')
			.replace(/^www\./, '')
			.replace(/\/$/, ''),
	);
}

/** Where a script writes no spaces, the words that `Intl.Segmenter` finds. */
function piecesOf(raw: string, isCode: boolean): { readonly text: string; readonly at: number }[] {
	if (isCode || !unspaced.test(raw)) return [{ text: raw, at: 0 }];
	return words(raw).map(({ start, end }) => ({ text: raw.slice(start, end), at: start }));
}

const ordinalEnding = /^(\d+)(?:st|nd|rd|th|er|ère|re|e|ème|º|ª|°)$/i;
const glued = /^(\d+(?:[.,]\d+)?)(\p{L}{1,4}|°c|°f)$/iu;
const gluedUnits = new Set(
	'h hr hrs min mins s sec ms mg g kg ml l cl mm cm m km kb mb gb tb kib mib gib w kw kwh wh mah hz khz mhz ghz v px eur usd gbp chf db d µg t bar kbps mbps gbps'.split(
		' ',
	),
);

function wordTokens(
	raw: string,
	isCode: boolean,
	language: string | null,
	at: (start: number, length: number) => Place,
): Token[] {
	const place = at(0, raw.length);
	const lower = raw.toLowerCase();
	if (/^[\p{L}\p{M}]+$/u.test(raw) && !/^\p{Ll}+\p{Lu}/u.test(raw)) return [{ kind: 'word', text: lower, ...place }];
	if (pointed.has(lower)) return [{ kind: 'word', text: lower.replaceAll('.', ''), ...place }];
	const ordinal = ordinalEnding.exec(raw);
	if (ordinal !== null) return [numberToken(ordinal[1]!, language, place, true)];
	const withUnit = glued.exec(raw);
	if (withUnit !== null && gluedUnits.has(withUnit[2]!.toLowerCase())) {
		const length = withUnit[1]!.length;
		return [
			numberToken(withUnit[1]!, language, at(0, length)),
			{ kind: 'word', text: withUnit[2]!.toLowerCase(), ...at(length, withUnit[2]!.length) },
		];
	}
	if (/^(?:[cm]|k)?m[23]$/i.test(raw)) return [{ kind: 'word', text: lower, ...place }];
	const quarter = /^(?:q([1-4])|h([12]))$/i.exec(raw);
	if (quarter !== null && !isCode) return [numberToken(quarter[1] ?? quarter[2]!, language, place, true)];
	const thousand = /^(\d+(?:[.,]\d+)?)k$/i.exec(raw);
	if (thousand !== null) {
		return [
			{
				...numberToken(thousand[1]!, language, place),
				readings: readingsOf(thousand[1]!, language).map((n) => n * 1000),
			},
		];
	}
	const split = splitCompound(raw, isCode);
	if (split === null) {
		const pieces = raw.match(/\p{Lu}?\p{Ll}+|\p{Lu}+(?!\p{Ll})|\p{L}+|\p{N}+/gu) ?? [];
		const parts = [...new Set([...pieces, ...(raw.match(/\p{L}+/gu) ?? [])].map((part) => part.toLowerCase()))].filter(
			(part) => part.length > 1 || /\p{N}/u.test(part),
		);
		return [{ kind: 'identifier', text: canonical(raw), parts, ...place }];
	}
	const tokens: Token[] = [];
	let from = 0;
	for (const piece of split) {
		const start = raw.indexOf(piece, from);
		from = start + piece.length;
		if (/^\p{N}/u.test(piece) && /^\d+(?:[.,]\d+)*$/.test(piece)) {
			const token = numberToken(piece, language, at(start, piece.length));
			// 2024/25
			const isSeason = /^(?:19|20)\d\d\/\d\d$/.test(raw) && start > 0;
			tokens.push(isSeason ? { ...token, readings: [Number(raw.slice(0, 2) + piece)] } : token);
		} else if (/^[\p{L}\p{M}]+$/u.test(piece)) {
			const isDenial = piece.toLowerCase() === 'n' && raw.includes("'");
			const text = isDenial ? (language === 'fr' ? 'ne' : "n't") : piece.toLowerCase();
			tokens.push({ kind: 'word', text, ...at(start, piece.length) });
		} else if (/^[^\p{L}\p{N}]+$/u.test(piece)) {
			if (piece.length === 1) tokens.push({ kind: 'mark', text: piece, ...at(start, 1) });
		} else tokens.push(...wordTokens(piece, isCode, language, (offset, length) => at(start + offset, length)));
	}
	return tokens;
}

const elision = /^(?:[ldnmjcts]|qu|jusqu|lorsqu|puisqu|aujourd)$/i;

/** The pieces of a compound of plain words or of numbers; null when it is an identifier. */
function splitCompound(raw: string, isCode: boolean): string[] | null {
	const apostrophe = raw.indexOf("'");
	if (apostrophe !== -1) return splitApostrophe(raw, apostrophe);
	if (/^\p{L}[\p{L}\p{M}]*(?:[-&+][\p{L}\p{M}]+)+$/u.test(raw)) {
		if (isCode || isHeaderLike(raw)) return null;
		return raw.split(/([-&+])/).filter((piece) => piece !== '-');
	}
	// either/or, km/h; a path has more than one slash or stands in code.
	if (!isCode && /^[\p{L}\p{M}]+\/[\p{L}\p{M}]+$/u.test(raw)) return raw.split(/(\/)/);
	// 15/h, 15/month
	if (/^\d+(?:[.,]\d+)?\/\p{L}+$/u.test(raw) && unitOf(raw.split('/')[1]!.toLowerCase(), 'en') !== undefined) {
		return raw.split(/(\/)/);
	}
	// 5-22, 2024/25, 1,2 and other numbers side by side.
	if (/^\d+(?:[.,]\d+)?(?:[-/]\d+(?:[.,]\d+)?)$/.test(raw) && !isCode) return raw.split(/([-/])/);
	if (/^\d+(?:,\d+)+$/.test(raw)) return raw.split(',');
	if (/^\d+:\d+$/.test(raw)) return raw.split(':');
	// 30-day, 14-Tage-Frist, 24-hour
	if (!isCode && /^\d+(?:[.,]\d+)?(?:-\p{L}[\p{L}\p{M}]{2,})+$/u.test(raw)) return raw.split('-');
	// the end of a sentence without a space: "done.Next"
	if (!isCode && /^[\p{Ll}]{2,}\.\p{Lu}\p{Ll}+$/u.test(raw)) return raw.split(/(\.)/);
	if (/^_+|_+$/.test(raw)) {
		const bare = raw.replaceAll(/^_+|_+$/g, '');
		return bare === '' ? [] : [bare];
	}
	if (/^\p{L}[\p{L}\p{M}]*:[\p{L}\p{M}]+$/u.test(raw) && !isCode) return raw.split(/(:)/);
	return null;
}

/** `X-Request-Id`: at least two hyphens or a single letter, every part with a capital. */
function isHeaderLike(raw: string): boolean {
	const parts = raw.split('-');
	return parts.length > 1 && parts[0]!.length === 1 && parts.every((part) => /^\p{Lu}/u.test(part)) && parts.length > 2;
}

function splitApostrophe(raw: string, at: number): string[] {
	const before = raw.slice(0, at);
	const after = raw.slice(at + 1);
	if (/^(?:s|re|ve|ll|d|m)$/i.test(after)) return [before];
	// won't, can't, isn't: the verb and the n of its negation.
	if (/^t$/i.test(after) && /n$/i.test(before)) return [before.slice(0, -1), before.slice(-1)];
	if (/^n$/i.test(before)) return [before, after];
	if (elision.test(before)) return [after];
	return after === '' ? [before] : [before, after];
}
