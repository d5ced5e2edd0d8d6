import { polarityOf } from './contrasts.ts';
import { editsOf } from './edits.ts';
import { anchorsOf, contested, exchangeGain, type Anchor } from './pairing.ts';
import type { Reading } from './read.ts';
import { supportOf, type Support } from './support.ts';
import { turnedRound } from './turned.ts';
import type { Evidence, ValueMatch } from './value-check.ts';

/** What is measured of a sentence beside its quotes, each from 0 to 1; all of it speaks against the sentence. */
export const featureNames = [
	'appended',
	'foreign',
	'longestRun',
	'worstClause',
	'substituted',
	'names',
	'turned',
	'edited',
	'exchanged',
] as const;

export type Features = Readonly<Record<(typeof featureNames)[number], number>>;

/** Features, and where in the sentence what they found stands (token indices). */
export type Compared = {
	readonly features: Features;
	readonly support: readonly Support[];
	readonly unsupported: readonly number[];
	/** Among the unsupported: those that look like names. */
	readonly names: readonly number[];
	readonly turned: readonly number[];
	readonly exchanged: readonly number[];
};

export function compare(sentence: Reading, evidence: Evidence, matches: readonly ValueMatch[]): Compared {
	const { quote } = evidence;
	const support = supportOf(sentence, evidence);
	const anchors = anchorsOf(sentence, support, matches);
	const content = [...sentence.tokens.keys()].filter((at) => sentence.isContent[at]);
	const unsupported = content.filter((at) => support[at]!.strength === 0);
	const names = namesOf(sentence, unsupported);
	const turned = turnedRound(sentence, evidence, support, anchors, matches);
	const edits = editsOf(sentence, quote, polarityOf(sentence), polarityOf(quote), support);
	const isEdited = edits.replaced.length + edits.denied.length > 0;
	const exchanged = exchangedOf(sentence, evidence, support, anchors, matches);
	const run = longestRun(sentence, support);
	const found = matches.filter(({ level }) => level === 'exact' || level === 'loose').length;
	// In other words altogether, opposites may be meant to say the same.
	const isFree = unsupported.length > 1 && unsupported.length > 0.25 * content.length;
	const features: Features = {
		appended: Math.min(1, appended(sentence, support, matches) / 3),
		foreign:
			anchors.length === 0 && evidence.context.tokens.length === 0
				? 1
				: foreign(content.length + found, unsupported.length, run),
		longestRun: Math.min(1, Math.max(0, run - 2) / 3),
		worstClause: worstClause(sentence, support, matches),
		substituted: isFree ? 0 : Math.min(1, Math.max(0, substituted(sentence, quote, unsupported, anchors) - 3) / 2),
		names: Math.min(1, names.length),
		turned: isFree ? Math.min(turned.weight, 0.4) : turned.weight,
		edited: isEdited ? Math.min(1, Math.max(0, (edits.copied - 0.6) / 0.15)) : 0,
		exchanged: exchanged.margin >= 1.6 ? 1 : exchanged.margin >= 1.3 ? 0.5 : 0,
	};
	return {
		features,
		support,
		unsupported,
		names,
		turned: [...turned.at, ...edits.denied],
		exchanged: [...exchanged.at, ...edits.replaced],
	};
}

/** Values beside what belongs to another one, and words that have changed places. */
function exchangedOf(
	sentence: Reading,
	evidence: Evidence,
	support: readonly Support[],
	anchors: readonly Anchor[],
	matches: readonly ValueMatch[],
): { readonly margin: number; readonly at: readonly number[] } {
	const pairs = contested(sentence, evidence, anchors, support);
	const isTable = evidence.quote.column.some((column) => column > 0);
	const exchange = isTable ? { gain: 0, at: [] } : exchangeGain(sentence, anchors);
	const units = crossed(matches);
	const margin = Math.max(pairs.margin + (units.length > 0 ? 1 : 0), exchange.gain);
	return { margin, at: [...units, ...pairs.at, ...exchange.at] };
}

/** How far most words of a sentence are not the quotes': 0 for half of them or no three in a row, 1 for all. */
function foreign(content: number, unsupported: number, run: number): number {
	return run < 3 || content < 3 ? 0 : Math.max(0, (2 * unsupported) / content - 1);
}

/** The most content words in a row, fillers passed over, that the quotes do not have. */
function longestRun({ isContent, tokens, valueAt }: Reading, support: readonly Support[]): number {
	let longest = 0;
	let run = 0;
	for (let at = 0; at < tokens.length; at++) {
		if (isContent[at]) run = support[at]!.strength === 0 ? run + 1 : 0;
		else if (valueAt[at] !== -1) run = 0;
		longest = Math.max(longest, run);
	}
	return longest;
}

/**
 * Unsupported words (at most 4) of a last part that has hardly anything of the quotes, behind a first part that has nearly
 * everything from them: a claim added to a right one.
 */
function appended(sentence: Reading, support: readonly Support[], matches: readonly ValueMatch[]): number {
	const asked = new Set(matches.filter(({ level }) => level !== 'unasked').map(({ value }) => value.from));
	const found = [...sentence.tokens.keys()]
		.filter((at) => sentence.isContent[at] || asked.has(at))
		.map((at) => asked.has(at) || support[at]!.strength > 0);
	const all = found.filter(Boolean).length;
	let before = 0;
	let most = 0;
	for (let split = 0; split < found.length; split++) {
		const size = found.length - split;
		const missing = size - (all - before);
		if (before >= 3 && before >= 0.75 * split && missing >= 2 && missing >= 0.66 * size) most = Math.max(most, missing);
		if (found[split]) before++;
	}
	return Math.min(most, 4);
}

/** The unsupported share of the clause that has most of it, a word and a half added to its size so that short ones count less. */
function worstClause(sentence: Reading, support: readonly Support[], matches: readonly ValueMatch[]): number {
	const sizes = new Map<number, { size: number; missing: number }>();
	const count = (at: number, missing: number): void => {
		const clause = sentence.clause[at]!;
		const known = sizes.get(clause) ?? { size: 0, missing: 0 };
		sizes.set(clause, { size: known.size + 1, missing: known.missing + missing });
	};
	sentence.isContent.forEach((is, at) => is && count(at, support[at]!.strength === 0 ? 1 : 0));
	for (const { value, level } of matches) if (level !== 'unasked') count(value.from, level === 'none' ? 1 : 0);
	return Math.max(0, ...[...sizes.values()].map(({ size, missing }) => missing / (size + 1.5)));
}

/**
 * How closely the surroundings of an unsupported word follow the quote, where the quote has a word in its place that the
 * sentence does not have: the words in a row to its left and right that stand so in the quote, too. High where one word of a
 * copied sentence was exchanged.
 */
function substituted(
	sentence: Reading,
	quote: Reading,
	unsupported: readonly number[],
	anchors: readonly Anchor[],
): number {
	const covered = new Set(anchors.flatMap(({ places }) => places));
	let highest = 0;
	for (const at of unsupported) {
		// An article may have changed with its noun.
		const beside = quote.positions.has(sentence.terms[at - 1] ?? '') || sentence.isContent[at - 1] ? at - 1 : at - 2;
		const left = sentence.terms[beside];
		for (const place of left === undefined ? [] : (quote.positions.get(left) ?? [])) {
			const replaced = contentAfter(quote, place, covered);
			if (replaced === null) continue;
			const before = run(sentence, quote, beside, place, -1);
			highest = Math.max(highest, before + runAfter(sentence, quote, at + 1, replaced + 1));
		}
	}
	return highest;
}

/** The token in the quote that stands where the sentence has another word: content, and nowhere in the sentence. */
function contentAfter(quote: Reading, place: number, covered: ReadonlySet<number>): number | null {
	for (let at = place + 1; at <= place + 2 && at < quote.tokens.length; at++) {
		if (quote.isContent[at]) return covered.has(at) ? null : at;
		if (quote.valueAt[at] !== -1) return null;
	}
	return null;
}

function runAfter(sentence: Reading, quote: Reading, at: number, from: number): number {
	let longest = 0;
	for (let place = from; place < from + 6; place++) longest = Math.max(longest, run(sentence, quote, at, place, 1));
	return longest;
}

const longestSide = 3;

function run(sentence: Reading, quote: Reading, at: number, place: number, step: 1 | -1): number {
	let length = 0;
	while (length < longestSide) {
		const term = sentence.terms[at + step * length];
		if (term === undefined || term !== quote.terms[place + step * length]) break;
		length++;
	}
	return length;
}

/** Unsupported words with a capital inside the sentence (German writes every noun so: there it tells nothing). */
function namesOf({ tokens, language, sentence }: Reading, unsupported: readonly number[]): number[] {
	if (language === 'de') return [];
	return unsupported.filter((at) => at > 0 && sentence[at] === sentence[at - 1] && tokens[at]!.isCapital);
}

/** Their unit is often said once for two: 28 days, or 14 for part-time staff. */
const durations = new Set(['time', 'months', 'working', 'nights']);

/** Numbers that have exchanged their units: packs of 50 for €35, packs of 35 for €50. */
function crossed(matches: readonly ValueMatch[]): number[] {
	const loose = matches.filter(({ level, with: found }) => level === 'loose' && found.length > 0);
	return loose
		.filter(
			({ value: one, with: bare }) =>
				one.unit !== undefined &&
				!durations.has(one.unit.dimension) &&
				bare.every(({ unit }) => unit === undefined) &&
				loose.some(
					({ value: other, with: measured }) =>
						other.unit === undefined && measured.every(({ unit }) => unit?.dimension === one.unit!.dimension),
				),
		)
		.map(({ value }) => value.from);
}
