import { stopWords } from './stop-words.ts';

/** A span of a text, UTF-16 offsets, end exclusive. */
export type Span = { readonly start: number; readonly end: number };

let segmenter: Intl.Segmenter | undefined;

// Unicode's rules end a sentence at a full stop before a capital. These lead on to what follows.
const leadsOn =
	/(?:^|[\s([*_"“])(?:Mr|Mrs|Ms|Dr|Prof|Gen|Sen|Rep|Gov|Col|Lt|Capt|Sgt|Maj|Adm|Rev|Hon|St|Nos|Nr|Art|Abs|vs?|e\.\s?g|i\.\s?e|z\.\s?B|d\.\s?h|pp?|ca|approx|Figs?|Sec|Sra?|Uds?|EE)\.[*_]*\s*$/;
/** Before a number only: `Sept. 30`. */
const monthName = /(?:^|[\s([*_"“])(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.\s*$/;
// These may end a sentence: they do before a word that mostly begins one. In filings, handbook and abstracts `U.S.` stands
// before a name 180 times and before a new sentence twice.
const mayEnd = /(?:^|[^\p{L}\p{N}])(?:(?:[A-Z]\.){1,5}[A-Z]|Ph\.D|No|Inc|Ltd|Co|Corp|Jr|Sr|al|EE\.\s?UU)\.[*_]*\s*$/u;
/** An initial, a label or, after a word in lower case, a name's last letter: `vitamin D.` */
const letter = /(?:^|([\p{Ll}\p{N})]?)\s|\()[A-Z]\.\s*$/u;
const hour = /\d\s*(?:[ap]\.\s?m|[AP]\.M)\.[*_]*\s*$/;
const dayOrZone =
	/^\(?(?:[ECMP][SD]?T|UTC|GMT|CES?T|Eastern|Central|Mountain|Pacific|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|\p{Lu}\p{Ll}+ [Tt]ime)\b/u;

const starters = new Set([
	...stopWords('en'),
	...'after all also although another any because before both during each finally furthermore he here his however many most once only other several she since some thus under until we while'.split(
		' ',
	),
]);

// Marks between a full stop and the space after it belong to the sentence: `**Save.** Then`, `so.[3] Then`.
const marksBehind = /(?<=[.?!])(?:[*_`~]|\[\^?\w{1,3}\])+/g;
const cjk = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

/**
 * The sentences of `text.slice(start, end)` in order, trimmed, as spans of `text`. Unicode's rules (UAX 29), except that a line
 * break is a space (a wrapped paragraph is one text), that `.`, `?` and `!` end nothing without a space behind them (CJK text
 * has none), and that an abbreviation ends a sentence only where a word follows that mostly begins one.
 */
export function sentences(text: string, start = 0, end = text.length): Span[] {
	segmenter ??= new Intl.Segmenter('und', { granularity: 'sentence' });
	const spans: Span[] = [];
	let from: number | null = null;
	const read = text.slice(start, end).replaceAll('\n', ' ');
	for (const piece of segmenter.segment(read.replaceAll(marksBehind, (marks) => ')'.repeat(marks.length)))) {
		from ??= start + piece.index;
		const to = start + piece.index + piece.segment.length;
		if (to < end && goesOn(text.slice(Math.max(from, to - 24), to), text.slice(to, Math.min(end, to + 40)))) continue;
		push(text, from, to, spans);
		from = null;
	}
	if (from !== null) push(text, from, end, spans);
	return spans;
}

/** Whether a sentence goes on at a place where Unicode's rules end it. */
function goesOn(before: string, after: string): boolean {
	if (/[.?!][^\s\p{L}\p{N}]*$/u.test(before) && !cjk.test(after)) return true;
	if (leadsOn.test(before)) return true;
	if (monthName.test(before)) return /^\d/.test(after);
	if (hour.test(before)) return dayOrZone.test(after);
	const isStarter = starters.has(/^["'“(*_]*(\p{Lu}\p{Ll}*)(?![\p{L}\p{N}.])/u.exec(after)?.[1]?.toLowerCase() ?? '');
	const single = letter.exec(before);
	if (single !== null) return !isStarter || !single[1];
	return mayEnd.test(before) && !isStarter;
}

function push(text: string, start: number, end: number, spans: Span[]): void {
	while (start < end && isSpace(text.charCodeAt(start))) start++;
	while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
	if (end > start) spans.push({ start, end });
}

function isSpace(code: number): boolean {
	return code === 32 || (code >= 9 && code <= 13) || code === 160 || code === 0x3000 || code === 0xfeff;
}
