import type { Polarity } from './contrasts.ts';
import type { Reading } from './read.ts';
import type { Support } from './support.ts';
import { sameValue } from './value-check.ts';
import type { Value } from './values.ts';

/** A word or value of a text, without punctuation. */
type Piece = {
	readonly at: number;
	readonly text: string;
	readonly term: string;
	readonly value: Value | null;
	readonly isContent: boolean;
};

/** A stretch that differs between two texts that agree on both sides of it: indices of pieces, end exclusive. */
type Gap = {
	readonly told: readonly Piece[];
	readonly said: readonly Piece[];
	/** The token of the sentence behind it. */
	readonly next: number;
};

/** Where a sentence that is nearly a copy of the quote departs from it. */
export type Edits = {
	/** Share of the sentence's words that stand so in the quote; 0 where the texts are too long to compare. */
	readonly copied: number;
	/** Tokens where another word or value stands than in the quote. */
	readonly replaced: readonly number[];
	/** Tokens beside which a denial was put in or left out. */
	readonly denied: readonly number[];
};

const none: Edits = { copied: 0, replaced: [], denied: [] };
const mostCells = 40_000;
const fewest = 4;

/**
 * Lays the sentence along the stretch of the quote that it follows best (fitting alignment; Needleman & Wunsch 1970, free at
 * both ends of the quote) and reads the differences.
 */
export function editsOf(
	sentence: Reading,
	quote: Reading,
	told: Polarity,
	said: Polarity,
	support: readonly Support[],
): Edits {
	const own = piecesOf(sentence);
	const other = piecesOf(quote);
	if (own.length < fewest || own.length * other.length > mostCells) return none;
	const { gaps, matches } = align(own, other);
	const negations = new Set([...told.negations, ...told.spent]);
	const otherNegations = new Set([...said.negations, ...said.spent]);
	const replaced: number[] = [];
	const denied: number[] = [];
	for (const gap of gaps) {
		const own = gap.told.filter(({ at }) => negations.has(at)).length;
		const other = gap.said.filter(({ at }) => otherNegations.has(at)).length;
		const at = gap.told[0]?.at ?? gap.next;
		if ((own + other) % 2 === 1 || turnsSmallWord(gap)) denied.push(at);
		replaced.push(...replacedIn(gap, support));
	}
	return { copied: matches / own.length, replaced, denied };
}

const opposites = new Map<string, readonly string[]>();
for (const pair of [
	'on off',
	'before after',
	'with without',
	'above below',
	'over under',
	'more less',
	'most least',
	'up down',
	'always never',
	'all none',
	'must may',
	'must can',
	'shall may',
	'and or',
	'vor nach',
	'mit ohne',
	'über unter',
	'muss kann',
	'müssen können',
	'antes después',
	'con sin',
	'más menos',
	'debe puede',
	'deben pueden',
	'avant après',
	'avec sans',
	'plus moins',
	'doit peut',
	'doivent peuvent',
]) {
	const [one, other] = pair.split(' ') as [string, string];
	opposites.set(one, [...(opposites.get(one) ?? []), other]);
	opposites.set(other, [...(opposites.get(other) ?? []), one]);
}

/** Whether a small word stands where the quote has its opposite: before for after, may for must. */
function turnsSmallWord({ told, said }: Gap): boolean {
	return told.some(({ text }) => said.some((other) => opposites.get(text)?.includes(other.text) === true));
}

function piecesOf({ tokens, terms, values, valueAt, isContent }: Reading): Piece[] {
	return tokens.flatMap(({ kind, text }, at): Piece[] => {
		const value = values[valueAt[at]!] ?? null;
		if (value !== null && value.from !== at) return [];
		if (value === null && kind === 'mark') return [];
		return [{ at, text, term: terms[at]!, value, isContent: isContent[at]! }];
	});
}

function isSame(one: Piece, other: Piece): boolean {
	if (one.value === null || other.value === null) return one.value === other.value && one.term === other.term;
	return sameValue(one.value, other.value);
}

const matchGain = 2;
const replaceCost = 1;
const insertCost = 1;
const skipCost = 0.6;

/** Rows: the sentence; columns: the quote. Ends of the quote cost nothing. */
function align(own: readonly Piece[], other: readonly Piece[]): { readonly gaps: Gap[]; readonly matches: number } {
	const width = other.length + 1;
	const scores = new Float32Array((own.length + 1) * width);
	const moves = new Uint8Array((own.length + 1) * width);
	for (let i = 1; i <= own.length; i++) {
		scores[i * width] = -i * insertCost;
		moves[i * width] = 2;
		for (let j = 1; j <= other.length; j++) {
			const pair = isSame(own[i - 1]!, other[j - 1]!) ? matchGain : -replaceCost;
			const diagonal = scores[(i - 1) * width + j - 1]! + pair;
			const insert = scores[(i - 1) * width + j]! - insertCost;
			const skip = scores[i * width + j - 1]! - skipCost;
			const best = Math.max(diagonal, insert, skip);
			scores[i * width + j] = best;
			moves[i * width + j] = best === diagonal ? 1 : best === insert ? 2 : 3;
		}
	}
	let end = 0;
	for (let j = 1; j <= other.length; j++) {
		if (scores[own.length * width + j]! > scores[own.length * width + end]!) end = j;
	}
	return trace(own, other, moves, end);
}

function trace(
	own: readonly Piece[],
	other: readonly Piece[],
	moves: Uint8Array,
	end: number,
): { readonly gaps: Gap[]; readonly matches: number } {
	const width = other.length + 1;
	const gaps: Gap[] = [];
	let told: Piece[] = [];
	let said: Piece[] = [];
	let matches = 0;
	let next = own.at(-1)!.at;
	const close = (): void => {
		if (told.length > 0 || said.length > 0) gaps.push({ told: told.reverse(), said: said.reverse(), next });
		told = [];
		said = [];
	};
	let [i, j] = [own.length, end];
	while (i > 0) {
		const move = moves[i * width + j]!;
		if (move === 1 && isSame(own[i - 1]!, other[j - 1]!)) {
			close();
			matches++;
			next = own[i - 1]!.at;
		} else {
			if (move !== 3) told.push(own[i - 1]!);
			if (move !== 2) said.push(other[j - 1]!);
		}
		if (move !== 3) i--;
		if (move !== 2) j--;
	}
	close();
	return { gaps, matches };
}

/** Tokens of a gap that say something else than the quote does there: other values, words that answer to none of the gap's. */
function replacedIn({ told, said }: Gap, support: readonly Support[]): number[] {
	const values = said.flatMap(({ value }) => (value === null || value.isSoft ? [] : [value]));
	const content = said.filter(({ isContent }) => isContent);
	return told.flatMap(({ at, value, isContent }): number[] => {
		if (value !== null) {
			const isOther = !value.isSoft && values.length > 0 && !values.some((other) => sameValue(value, other));
			return isOther && values.some(({ kind }) => kind === value.kind) ? [at] : [];
		}
		if (!isContent || content.length === 0) return [];
		return said.some((piece) => support[at]!.at.includes(piece.at)) ? [] : [at];
	});
}
