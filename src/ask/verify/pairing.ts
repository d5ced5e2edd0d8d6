import type { Reading } from './read.ts';
import type { Support } from './support.ts';
import { isYearNumber, type Evidence, type ValueMatch } from './value-check.ts';
import type { Value } from './values.ts';

/** A token of the sentence that has a place in the quote. */
export type Anchor = {
	readonly at: number;
	/** Token indices in the quote. */
	readonly places: readonly number[];
	readonly isValue: boolean;
	/** Names, codes and numbers tell more about what a value belongs to than other words. */
	readonly weight: number;
};

export function anchorsOf(sentence: Reading, support: readonly Support[], matches: readonly ValueMatch[]): Anchor[] {
	const words = support.flatMap(({ strength, at: places }, at): Anchor[] =>
		strength > 0 && places.length > 0 ? [{ at, places, isValue: false, weight: strength }] : [],
	);
	const values = matches.flatMap(({ value, with: found, level }): Anchor[] =>
		found.length > 0 && level !== 'none'
			? [{ at: value.from, places: found.map(({ from }) => from), isValue: true, weight: 1.5 }]
			: [],
	);
	return [...words, ...values].sort((a, b) => a.at - b.at);
}

/** Kinds of values that may be taken for one another: durations, amounts of money, codes of one shape; null for bare numbers. */
function kindOf(value: Value): string | null {
	const dimension = value.unit?.dimension;
	if (value.members !== undefined && value.members[0]!.unit === undefined && dimension !== undefined)
		return 'frequency';
	if (dimension !== undefined) {
		if (['time', 'months', 'working', 'nights'].includes(dimension)) return 'duration';
		return dimension.startsWith('money') ? 'money' : dimension;
	}
	if (value.kind === 'identifier') return `code ${value.id!.replaceAll(/\d+/g, '9').replaceAll(/\p{L}+/gu, 'a')}`;
	if (value.kind === 'number') return isYearNumber(value) ? 'year' : null;
	return value.kind;
}

/** The values of the quote that a value of the sentence might have been taken from by mistake. */
function rivalsOf(sentence: Reading, quote: Reading, anchor: Anchor): number[] {
	const told = sentence.values[sentence.valueAt[anchor.at]!]!;
	const own = anchor.places.map((place) => quote.values[quote.valueAt[place]!]!);
	const kind = kindOf(told) ?? own.map(kindOf).find((kind) => kind !== null) ?? null;
	const isOwn = (from: number): boolean => own.some((value) => from >= value.from && from < value.to);
	/** The other end of a range: 9 to 11. */
	const isPartner = (from: number): boolean =>
		own.some((value) => quote.clause[value.from] === quote.clause[from] && Math.abs(value.from - from) <= 2);
	return quote.values
		.filter((other) => {
			if (
				isOwn(other.from) ||
				isPartner(other.from) ||
				other.isSoft ||
				other.isOrdinal === true ||
				other.isRhythm === true
			)
				return false;
			if (kind !== null && kindOf(other) === kind) return true;
			return kindOf(other) === null && own.some((value) => kindOf(value) === null && alike(quote, value, other));
		})
		.map(({ from }) => from);
}

const bounds = new Set(
	'below above over under than exceed exceeds exceeding least most unter über höchstens mindestens als más menos superior inferior plus moins delà'.split(
		' ',
	),
);

/** Whether a value is said as a bound: up to three tokens behind `below`, `more than`. */
function isBounded({ tokens }: Reading, place: number): boolean {
	return tokens.slice(Math.max(0, place - 3), place).some(({ text }) => bounds.has(text));
}

/** Whether two bare numbers stand in one column, or behind or before the same word: line 3, line 4. */
function alike(quote: Reading, one: Value, other: Value): boolean {
	const { column, terms, isContent } = quote;
	if (column[one.from]! >= 0 && column.some((cell) => cell > 0)) {
		return column[one.from] === column[other.from] || quote.sentence[quote.tokens.length - 1] === 0;
	}
	const shares = (a: number, b: number): boolean =>
		isContent[a] === true && isContent[b] === true && terms[a] === terms[b];
	return shares(one.from - 1, other.from - 1) || shares(one.to, other.to);
}

/**
 * Whether values stand beside words that belong to another value of their kind. A place of the quote (a cell with its row and
 * column heads, a clause, a sentence) belongs to the values in it. For every value of the sentence the words of its clause
 * vote: for it when they share a place, against it when their place has another value of the kind. Returns the highest
 * margin of votes against a value, and the values with a clear one.
 */
export function contested(
	sentence: Reading,
	{ quote, context }: Evidence,
	anchors: readonly Anchor[],
	support: readonly Support[],
): { readonly margin: number; readonly at: readonly number[] } {
	const ground: Ground = { quote, context, fine: partsOf(quote) };
	const parts = partsOf(sentence);
	let highest = 0;
	const against: number[] = [];
	for (const value of anchors) {
		if (!value.isValue) continue;
		if (sentence.values[sentence.valueAt[value.at]!]!.isRhythm === true) continue;
		const rivals = rivalsOf(sentence, quote, value);
		if (rivals.length === 0) continue;
		// Below €50, shipping costs €4.90: what is said of shipping holds for the condition, too.
		const isCondition = value.places.every((place) => isBounded(quote, place));
		if (isCondition && !anchors.some((other) => other.places.some((place) => rivals.includes(place)))) continue;
		let votes = 0;
		for (const word of anchors) {
			if (word === value || parts[word.at] !== parts[value.at]) continue;
			if (word.isValue && word.places.every((place) => rivals.includes(place))) continue;
			votes += vote(ground, word, value, rivals) * word.weight * (isShared(ground, word) ? sharedSubject : 1);
		}
		for (let at = 0; at < sentence.tokens.length; at++) {
			if (parts[at] === parts[value.at]) votes += headVote(ground, support[at]!.heads, value, rivals);
		}
		if (votes < -0.5) against.push(value.at);
		highest = Math.max(highest, -votes);
	}
	return { margin: highest, at: against };
}

/** The clauses of a sentence, joined so that each has a value where the sentence has any. */
function partsOf({ clause, valueAt, values, sentence }: Reading): Int32Array {
	const parts = Int32Array.from(clause);
	const asked = (at: number): boolean =>
		valueAt[at] !== -1 && values[valueAt[at]!]!.isRhythm !== true && !values[valueAt[at]!]!.isSoft;
	const withValue = new Set<number>();
	clause.forEach((part, at) => asked(at) && withValue.add(part));
	let last = -1;
	for (let at = 0; at < parts.length; at++) {
		if (withValue.has(clause[at]!)) last = clause[at]!;
		else if (last !== -1 && sentence[at] === sentence[at - 1]) parts[at] = last;
		else {
			const next = clause.findIndex(
				(part, later) => later > at && withValue.has(part) && sentence[later] === sentence[at],
			);
			if (next !== -1) parts[at] = clause[next]!;
		}
	}
	return parts;
}

/** What the vote of a word in the first cell of a row counts. */
const rowLabel = 2;
/** What the vote of a word counts that a sentence opens with. */
const sharedSubject = 0.3;

/** Where things stand in the quote. */
type Ground = {
	readonly quote: Reading;
	readonly context: Reading;
	/** Cells, and clauses with a value. */
	readonly fine: Int32Array;
};

/** +1: the word stands by the value; −1: by a rival; 0: by both or neither. */
function vote(ground: Ground, word: Anchor, value: Anchor, rivals: readonly number[]): number {
	const { sentence, column } = ground.quote;
	const isTable = column[value.places[0]!]! >= 0 && column.some((one) => one > 0);
	if (isTable) {
		const byValue = shares(ground, sentence, word.places, value.places);
		const byRival = shares(ground, sentence, word.places, rivals);
		const inCell = shares(ground, column, word.places, value.places);
		const isLabel = word.places.every((place) => column[place] === 0);
		const strength = isLabel ? rowLabel : 1;
		return byValue === byRival ? (byValue && inCell ? 0.2 : 0) : byValue ? strength : -strength;
	}
	const byValue = shares(ground, ground.fine, word.places, value.places);
	const byRival = shares(ground, ground.fine, word.places, rivals);
	if (byValue !== byRival) return byValue ? 1 : mayReach(ground, word, value) ? -sharedSubject : -1;
	if (byValue) return closer(ground, word, value, rivals);
	const inSentence = shares(ground, sentence, word.places, value.places);
	const withRival = shares(ground, sentence, word.places, rivals);
	return inSentence === withRival ? 0 : inSentence ? 0.7 : -0.7;
}

/** Whether a word stands in an earlier clause of the value's sentence, which a later one may take up: approved on …, paid on …. */
function mayReach({ quote }: Ground, word: Anchor, value: Anchor): boolean {
	return word.places.some((one) =>
		value.places.some(
			(other) => quote.sentence[one] === quote.sentence[other] && quote.clause[one]! < quote.clause[other]!,
		),
	);
}

/** Whether a word opens a sentence of the quote: a subject that later clauses may share. */
function isShared(ground: Ground, { places, isValue }: Anchor): boolean {
	if (isValue) return false;
	return places.every((place) => {
		let before = 0;
		for (let at = place - 1; at >= 0 && ground.quote.sentence[at] === ground.quote.sentence[place]; at--) {
			if (ground.quote.valueAt[at] !== -1 || ground.quote.tokens[at]!.kind === 'mark') return false;
			if (ground.quote.isContent[at]) before++;
		}
		return before < 2;
	});
}

function shares(ground: Ground, groups: Int32Array, one: readonly number[], other: readonly number[]): boolean {
	return one.some((a) => other.some((b) => groups[a] === groups[b]));
}

function closer(ground: Ground, word: Anchor, value: Anchor, rivals: readonly number[]): number {
	const distance = (places: readonly number[]): number =>
		Math.min(...word.places.flatMap((a) => places.map((b) => Math.abs(a - b))));
	const toValue = distance(value.places);
	const toRival = distance(rivals);
	return toValue === toRival ? 0 : toValue < toRival ? 0.4 : -0.4;
}

/** The vote of a word that is in the heads of columns. */
function headVote(ground: Ground, places: readonly number[], value: Anchor, rivals: readonly number[]): number {
	if (places.length === 0 || !ground.quote.column.some((column) => column > 0)) return 0;
	const columns = new Set(places.map((place) => ground.context.column[place]!));
	const heads = (cells: readonly number[]): boolean => cells.some((cell) => columns.has(ground.quote.column[cell]!));
	const byValue = heads(value.places);
	const byRival = heads(rivals);
	return byValue === byRival ? 0 : byValue ? 1 : -1;
}

/** Tokens of the quote within which one word follows another. */
const reach = 12;
const mostAnchors = 28;
/** Share of neighbours that have to stand in the quote's order once two words have changed places. */
const nearlyAll = 0.85;

/**
 * What exchanging two words of the sentence gains: how many more of its neighbouring words then follow one another as in the
 * quote, if that restores nearly all of the quote's order. Positive for `the processor informs the controller` where the quote
 * has it the other way round; mostly zero for a paraphrase, which no single exchange makes a copy. Returns the two words, too.
 */
export function exchangeGain(
	sentence: Reading,
	anchors: readonly Anchor[],
): { readonly gain: number; readonly at: readonly number[] } {
	const used = anchors.slice(0, mostAnchors);
	const count = used.length;
	let best = { gain: 0, at: [] as number[] };
	if (count < 4) return best;
	const inOrder = orderMatrix(used);
	const sequence = used.map((_, i) => i);
	const follows = (i: number): number =>
		i < 0 || i + 1 >= count ? 0 : inOrder[sequence[i]! * count + sequence[i + 1]!]!;
	let ordered = 0;
	for (let i = 0; i + 1 < count; i++) ordered += follows(i);
	// A sentence in quite another order is no copy with two words exchanged.
	if (ordered < 0.3 * (count - 1)) return best;
	for (let i = 0; i < count; i++) {
		for (let j = i + 1; j < count; j++) {
			if (!mayChange(sentence, used[i]!, used[j]!)) continue;
			const around = [...new Set([i - 1, i, j - 1, j])];
			const before = around.reduce((sum, at) => sum + follows(at), 0);
			sequence[i] = j;
			sequence[j] = i;
			const after = around.reduce((sum, at) => sum + follows(at), 0);
			sequence[i] = i;
			sequence[j] = j;
			const gain = after - before;
			if (gain > best.gain && (ordered + gain) / (count - 1) >= nearlyAll) {
				best = { gain, at: [used[i]!.at, used[j]!.at] };
			}
		}
	}
	return best;
}

function mayChange(sentence: Reading, one: Anchor, other: Anchor): boolean {
	if (one.isValue !== other.isValue || other.at - one.at < 3) return false;
	if (!one.isValue) return isPlain(one) && isPlain(other) && sentence.terms[one.at] !== sentence.terms[other.at];
	return kindOf(sentence.values[sentence.valueAt[one.at]!]!) === kindOf(sentence.values[sentence.valueAt[other.at]!]!);
}

/** A word found as it is, in one place. */
function isPlain({ weight, places }: Anchor): boolean {
	return weight === 1 && places.length === 1;
}

/** For anchors a, b: 1 when a stands before b within reach of it in the quote, else 0. */
function orderMatrix(anchors: readonly Anchor[]): Float32Array {
	const count = anchors.length;
	const matrix = new Float32Array(count * count);
	for (let a = 0; a < count; a++) {
		for (let b = 0; b < count; b++) {
			if (a === b) continue;
			const near = anchors[a]!.places.some((one) =>
				anchors[b]!.places.some((other) => other > one && other - one <= reach),
			);
			matrix[a * count + b] = near ? 1 : 0;
		}
	}
	return matrix;
}
