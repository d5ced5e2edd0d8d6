import type { Reading } from './read.ts';
import type { Support } from './support.ts';
import { unitOf, type Unit } from './units.ts';
import { isYearNumber, mentionedUnits, type Evidence, type ValueMatch } from './value-check.ts';
import type { Value } from './values.ts';

/** Tokens of the sentence that must not be so, whatever the words around them. */
export type Wrong = {
	readonly kind: 'number' | 'date' | 'identifier' | 'unit';
	readonly from: number;
	/** End exclusive. */
	readonly to: number;
};

/** Values, units and codes of the sentence that the quotes do not have. */
export function wrongIn(
	sentence: Reading,
	evidence: Evidence,
	matches: readonly ValueMatch[],
	support: readonly Support[],
	altered: readonly Value[],
): Wrong[] {
	return [
		...missingValues(matches),
		...altered.map((value): Wrong => ({ kind: kindOf(value, false), from: value.from, to: value.to })),
		...missingCode(sentence, evidence),
		...otherCompounds(sentence, evidence),
		...otherUnits(sentence, matches, support),
		...otherCounts(sentence, evidence.quote, matches, support),
		...bareUnits(sentence, evidence),
		...otherAcronyms(sentence, evidence, support),
	];
}

function missingValues(matches: readonly ValueMatch[]): Wrong[] {
	return matches
		.filter(({ level }) => level === 'none')
		.map(({ value, isUnit }) => ({ kind: kindOf(value, isUnit), from: value.from, to: value.to }));
}

function kindOf(value: Value, isUnit: boolean): Wrong['kind'] {
	if (value.kind === 'identifier') return 'identifier';
	if (value.kind !== 'number') return 'date';
	if (isUnit || value.isRhythm === true) return 'unit';
	return isYearNumber(value) ? 'date' : 'number';
}

/** Words in backticks that are in no quote. */
function missingCode({ tokens, valueAt }: Reading, { quote, context }: Evidence): Wrong[] {
	const known = new Set([...quote.tokens, ...context.tokens].flatMap(({ text, parts }) => [text, ...(parts ?? [])]));
	return tokens.flatMap(({ kind, text, isCode }, at): Wrong[] =>
		isCode && kind === 'word' && valueAt[at] === -1 && !known.has(text)
			? [{ kind: 'identifier', from: at, to: at + 1 }]
			: [],
	);
}

/** Compounds such as `vpn-eu-west` that differ in one part from one in the quotes, where they do not stand themselves. */
function otherCompounds(sentence: Reading, { quote, context }: Evidence): Wrong[] {
	const known = [...compoundsOf(quote), ...compoundsOf(context)];
	return compoundsOf(sentence).flatMap(({ parts, from, to }): Wrong[] => {
		const differences = known
			.filter((other) => other.parts.length === parts.length)
			.map((other) => other.parts.filter((part, i) => !isAlike(part, parts[i]!)).length);
		return differences.includes(1) && !differences.includes(0) ? [{ kind: 'identifier', from, to }] : [];
	});
}

/** `timer` and `time` */
function isAlike(one: string, other: string): boolean {
	return one.startsWith(other) || other.startsWith(one);
}

type Compound = { readonly parts: readonly string[]; readonly from: number; readonly to: number };

/** Words joined by hyphens, as stems. */
function compoundsOf({ text, tokens, terms, valueAt }: Reading): Compound[] {
	const compounds: Compound[] = [];
	for (let from = 0; from < tokens.length; from++) {
		let to = from + 1;
		const isJoined = (at: number): boolean =>
			tokens[at]?.kind === 'word' && valueAt[at] === -1 && text.slice(tokens[at - 1]?.end, tokens[at].start) === '-';
		if (tokens[from]!.kind !== 'word' || valueAt[from] !== -1) continue;
		while (to < tokens.length && isJoined(to)) to++;
		// Others are words of the language: part-time, e-mail.
		const isName = to > from + 2 || tokens.slice(from, to).every(({ isCapital }) => isCapital);
		if (to > from + 1 && isName) compounds.push({ parts: terms.slice(from, to), from, to });
		from = to - 1;
	}
	return compounds;
}

/** Numbers that have a unit in the quote, and in the sentence a word behind them that the quotes do not have: 500 kroner for €500. */
function otherUnits(
	{ isContent, tokens, language }: Reading,
	matches: readonly ValueMatch[],
	support: readonly Support[],
): Wrong[] {
	return matches.flatMap(({ value, level, with: found }): Wrong[] => {
		if (level !== 'loose' || value.kind !== 'number' || value.unit !== undefined || value.isOrdinal === true) return [];
		if (isContent[value.to] !== true || support[value.to]!.strength > 0) return [];
		// 30 paid days
		if (unitOf(tokens[value.to + 1]?.text ?? '', language) !== undefined) return [];
		if (found.length === 0 || found.some(({ kind, unit }) => kind !== 'number' || unit === undefined)) return [];
		return [{ kind: 'unit', from: value.from, to: value.to + 1 }];
	});
}

/** What numbers count that is as good as a unit. Of other words, that they are not in the quotes says nothing: guests, visitors. */
const counted = new Set(
	'word words character characters letter letters digit digits page pages line lines row rows column columns record records file files request requests token tokens point points tablet tablets capsule capsules drop drops spoons puffs box boxes pack packs pallet pallets'.split(
		' ',
	),
);

/**
 * Bare numbers that count something else: 500 characters for 500 words, 14 Market Street for 14 Harbour Street. The sentence's
 * word right behind the number is not in the quotes, the quote's not in the sentence.
 */
function otherCounts(
	{ isContent, tokens }: Reading,
	quote: Reading,
	matches: readonly ValueMatch[],
	support: readonly Support[],
): Wrong[] {
	const covered = new Set(support.flatMap(({ at }) => at));
	return matches.flatMap(({ value, level, with: found }): Wrong[] => {
		if (value.kind !== 'number' || value.unit !== undefined || level === 'none' || found.length === 0) return [];
		const told = tokens[value.to];
		if (told === undefined || isContent[value.to] !== true || support[value.to]!.strength > 0) return [];
		const isOther = found.every(({ to }) => {
			const said = quote.tokens[to];
			if (said === undefined || quote.isContent[to] !== true || covered.has(to)) return false;
			return (counted.has(said.text) && counted.has(told.text)) || (said.isCapital && told.isCapital);
		});
		return isOther ? [{ kind: 'unit', from: value.from, to: value.to + 1 }] : [];
	});
}

/** Units that words name without a number, and that mean nothing else: euros, kilometres. */
const telling =
	/^(?:eur|usd|gbp|chf|sek|nok|dkk|euros?|dollars?|kg|lb|km|cm|mm|ml|metres?|meters?|miles|litres?|liters?|grams|celsius|fahrenheit|mb|gb|tb|franken|dólares|francs|kilom\p{L}+|kilogram\p{L}*|€|\$|£)$/u;

function bareUnits({ tokens, valueAt, language }: Reading, evidence: Evidence): Wrong[] {
	const known = mentionedUnits(evidence);
	const dimensions = new Set([...known].map((key) => key.replace('bare ', '')));
	const isKnown = ({ dimension, scale }: Unit): boolean =>
		dimension.startsWith('money')
			? [...dimensions].some((key) => key.startsWith(`${dimension} `))
			: dimensions.has(`${dimension} ${scale}`);
	return tokens.flatMap(({ text }, at): Wrong[] => {
		if (valueAt[at] !== -1 || !telling.test(text)) return [];
		const unit = unitOf(text, language);
		return unit === undefined || isKnown(unit) ? [] : [{ kind: 'unit', from: at, to: at + 1 }];
	});
}

function isAcronym(word: string): boolean {
	return /^\p{Lu}{2,}$/u.test(word);
}

/** Said of so many things that they say little. */
const everyday = new Set(
	'api ok id it tv pc faq eu uk us usa url pdf hr ceo am pm sms pin gps app vat sdk cli gui ui os json xml html http https'.split(
		' ',
	),
);

/**
 * Words in capitals that the quotes do not have, as words or as initials: POST for PUT, Article VI for IV. Only where the
 * sentence is not all in capitals.
 */
function otherAcronyms(sentence: Reading, { quote, context }: Evidence, support: readonly Support[]): Wrong[] {
	if (sentence.text === sentence.text.toUpperCase()) return [];
	const known = new Set([...quote.tokens, ...context.tokens].map(({ text }) => text));
	const told = new Set(sentence.tokens.map(({ text }) => text));
	// One that the sentence lacks may be the one that it replaced.
	const isReplaced = quote.tokens.some(
		({ text, start, end }) => !told.has(text) && isAcronym(quote.text.slice(start, end)),
	);
	if (!isReplaced) return [];
	return sentence.tokens.flatMap(({ kind, text, start, end }, at): Wrong[] => {
		const isOne = isAcronym(sentence.text.slice(start, end));
		if (kind !== 'word' || !isOne || sentence.valueAt[at] !== -1 || known.has(text) || everyday.has(text)) return [];
		if (support[at]!.strength > 0 && !/^[ivx]+$/.test(text)) return [];
		return [{ kind: 'identifier', from: at, to: at + 1 }];
	});
}
