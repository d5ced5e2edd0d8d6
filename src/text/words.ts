import { fold, type Stemmer } from './stem.ts';

/** A word or identifier of a text, where it stands (UTF-16 offsets) and what it is made of. */
export type Word = {
	/** Lower-cased, as written. */
	readonly text: string;
	readonly start: number;
	readonly end: number;
	/** Lower-cased pieces of a compound: `PX-1200/B` → px, 1200, b; `getUserName` → get, user, name. Null for a plain word. */
	readonly parts: readonly string[] | null;
};

// Letters and digits, joined by single connectors: PX-1200/B, ERR_1042, v2.3.1, payment.succeeded, don't; and C++, C#.
const pattern = /[\p{L}\p{M}\p{N}]+(?:[-_/.:'’@&+#][\p{L}\p{M}\p{N}]+)*(?:\+\+|#(?![\p{L}\p{N}]))?/gu;
const joined = /[-_/.:'’@&+#]|\p{N}\p{L}|\p{L}\p{N}|\p{Ll}\p{Lu}/u;
const pieces = /\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{M}\p{Lo}\p{Lt}\p{Lm}]+|\p{Lu}|\p{N}+/gu;
const thousands = /^\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d\p{L}])/u;
const elision = /^(?:s|t|d|l|m|n|c|j|qu|re|ve|ll)$/;
/** Scripts written without spaces: Han, kana, Thai, Lao, Khmer, Burmese. */
const unspaced = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]/u;

/**
 * The words of a text in order. Identifiers stay whole and also come in parts; numbers lose their thousands commas;
 * where a script does not write spaces, `Intl.Segmenter` finds the words.
 */
export function words(text: string): Word[] {
	const found: Word[] = [];
	pattern.lastIndex = 0;
	for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
		const start = match.index;
		const raw = match[0];
		const grouped = isDigit(raw.charCodeAt(0)) ? thousands.exec(text.slice(start, start + 32)) : null;
		if (grouped !== null) {
			const text = grouped[0].replaceAll(',', '');
			const parts = text.includes('.') ? text.split('.') : null;
			found.push({ text, start, end: start + grouped[0].length, parts });
			pattern.lastIndex = start + grouped[0].length;
		} else if (isPlain(raw)) {
			found.push({ text: raw.toLowerCase(), start, end: start + raw.length, parts: null });
		} else if (unspaced.test(raw)) {
			segment(raw, start, found);
		} else {
			found.push(compound(raw, start));
		}
	}
	return found;
}

function isDigit(code: number): boolean {
	return code >= 48 && code <= 57;
}

/** Whether a word is ASCII letters with at most a leading capital, or all capitals, or ASCII digits: the common case, told quickly. */
function isPlain(word: string): boolean {
	const first = word.charCodeAt(0);
	const second = word.length > 1 ? word.charCodeAt(1) : 97;
	const digits = isDigit(first);
	const capitals = first >= 65 && first <= 90 && second >= 65 && second <= 90;
	if (!digits && !(first >= 97 && first <= 122) && !(first >= 65 && first <= 90)) return false;
	for (let i = 1; i < word.length; i++) {
		const code = word.charCodeAt(i);
		const fits = digits ? isDigit(code) : capitals ? code >= 65 && code <= 90 : code >= 97 && code <= 122;
		if (!fits) return false;
	}
	return true;
}

function compound(raw: string, start: number): Word {
	const end = start + raw.length;
	const text = raw.toLowerCase();
	if (!joined.test(raw)) return { text, start, end, parts: null };
	const parts = (raw.match(pieces) ?? []).map((part) => part.toLowerCase());
	const apostrophe = raw.includes("'") || raw.includes('’');
	const kept = apostrophe ? parts.filter((part) => !elision.test(part)) : parts;
	if (apostrophe && kept.length === 1) return { text: kept[0]!, start, end, parts: null };
	return { text, start, end, parts: kept.length === 0 ? [text] : kept };
}

let segmenter: Intl.Segmenter | undefined;

function segment(raw: string, start: number, found: Word[]): void {
	segmenter ??= new Intl.Segmenter('und', { granularity: 'word' });
	for (const piece of segmenter.segment(raw)) {
		if (piece.isWordLike !== true) continue;
		const from = start + piece.index;
		found.push({ text: piece.segment.toLowerCase(), start: from, end: from + piece.segment.length, parts: null });
	}
}

const connectors = /[-_/.:'’@&+#]/g;
const onlyDigits = /^[\d./:-]+$/;

/** One spelling for a compound however it is joined: `PX-1200/B`, `px1200b` → px1200b. Numbers and dates keep their connectors. */
export function wholeOf(word: Word): string {
	return fold(
		onlyDigits.test(word.text) || word.text.endsWith('+') || word.text.endsWith('#')
			? word.text
			: word.text.replace(connectors, ''),
	);
}

const hasDigit = /\p{N}/u;
const hasLetter = /\p{L}/u;

/** Whether a word is a code that must match to the letter: letters mixed with digits, snake_case, paths, versions, dates; not `long-term`. */
export function isIdentifier(word: Word): boolean {
	if (word.parts === null || word.parts.length < 2) return false;
	if (hasDigit.test(word.text)) return hasLetter.test(word.text) ? word.text.length > 2 : /\d[./:-]\d/.test(word.text);
	return /[_/.:@]/.test(word.text);
}

/** As `termsOf` for the words of a text. */
export function terms(text: string, stem: Stemmer, emit: EmitTerm): number {
	return termsOf(words(text), stem, emit);
}

type EmitTerm = (term: string, position: number, isOpen: boolean) => void;

/**
 * Calls `emit` with every index term of a text's words: the stem of each word, and for a compound the stems of its parts and
 * then its whole. `position` counts words and parts, so a whole shares the position of its last part; `isOpen` says that the
 * next term is of the same word. Returns the number of positions.
 */
export function termsOf(text: readonly Word[], stem: Stemmer, emit: EmitTerm): number {
	let position = 0;
	for (const word of text) {
		if (word.parts === null) {
			emit(stem(word.text), position++, false);
			continue;
		}
		const hasWhole = word.parts.length > 1 || word.parts[0] !== word.text;
		for (const part of word.parts) emit(stem(part), position++, hasWhole);
		if (hasWhole) emit(wholeOf(word), position - 1, false);
	}
	return position;
}
