import { fold } from '../../text/stem.ts';
import type { Reading } from './read.ts';
import { synonymGroups } from './synonyms.ts';
import type { Evidence } from './value-check.ts';

/** How well a word of the sentence is found in the quotes, and where. */
export type Support = {
	/** 1 the same stem, less for a relative or a synonym, 0 not at all. */
	readonly strength: number;
	/** Token indices in the quote; empty where only the context has the word. */
	readonly at: readonly number[];
	/** Token indices in the context: heads of columns, headings. */
	readonly heads: readonly number[];
	/** The word is found by its opposite: `invalid` by `valid`. */
	readonly isNegated: boolean;
};

/** What a word with the same beginning counts (`decide`, `decision`), and one inside a compound. */
const relative = 0.9;
const inside = 0.8;
const synonym = 0.8;

type Found = { readonly strength: number; readonly at: readonly number[]; readonly isNegated?: boolean };

const nowhere: Found = { strength: 0, at: [] };
const nothing: Support = { ...nowhere, heads: [], isNegated: false };

type Lookup = {
	readonly positions: ReadonlyMap<string, readonly number[]>;
	/** First four letters → token indices. */
	readonly beginnings: ReadonlyMap<string, readonly number[]>;
	readonly groups: ReadonlyMap<number, readonly number[]>;
	readonly folded: readonly string[];
};

function lookupOf({ tokens, terms, positions, language }: Reading): Lookup {
	const beginnings = new Map<string, number[]>();
	const groups = new Map<number, number[]>();
	const folded = tokens.map(({ text }) => fold(text));
	tokens.forEach(({ kind, parts }, at) => {
		if (kind !== 'word' && kind !== 'identifier') return;
		if (folded[at]!.length >= 4) add(beginnings, folded[at]!.slice(0, 4), at);
		for (const group of synonymGroups(terms[at]!, language)) add(groups, group, at);
		for (const part of parts ?? []) {
			if (part.length >= 4) add(beginnings, part.slice(0, 4), at);
			for (const group of synonymGroups(part, language)) add(groups, group, at);
		}
	});
	return { positions, beginnings, groups, folded };
}

function add<Key>(map: Map<Key, number[]>, key: Key, at: number): void {
	const known = map.get(key);
	if (known === undefined) map.set(key, [at]);
	else known.push(at);
}

/** For every token of the sentence its support; tokens that are no content word get none. */
export function supportOf(sentence: Reading, { quote, context }: Evidence): Support[] {
	const inQuote = lookupOf(quote);
	const inContext = lookupOf(context);
	return sentence.tokens.map((_, at) => {
		if (!sentence.isContent[at]) return nothing;
		const found = find(sentence, at, inQuote, quote);
		const told = find(sentence, at, inContext, context);
		const heads = told.at;
		return told.strength > found.strength
			? { strength: told.strength, at: [], heads, isNegated: false }
			: { ...found, heads, isNegated: found.isNegated === true };
	});
}

function find(sentence: Reading, at: number, lookup: Lookup, reading: Reading): Found {
	const term = sentence.terms[at]!;
	const same = lookup.positions.get(term);
	if (same !== undefined) return { strength: 1, at: same };
	const word = fold(sentence.tokens[at]!.text);
	const relatives = (lookup.beginnings.get(word.slice(0, 4)) ?? []).filter((at) =>
		isRelative(word, lookup, reading, at),
	);
	if (relatives.length > 0) return { strength: relative, at: relatives };
	const synonyms = synonymGroups(term, sentence.language).flatMap((group) => lookup.groups.get(group) ?? []);
	if (synonyms.length > 0) return { strength: synonym, at: synonyms };
	const opposites = oppositesOf(word, lookup);
	if (opposites.length > 0) return { strength: inside, at: opposites, isNegated: true };
	const compounds = word.length < 5 ? [] : compoundsOf(word, lookup, reading);
	if (compounds.length > 0) return { strength: inside, at: compounds };
	const signs = signsFor(sentence.tokens[at]!.text, reading);
	if (signs.length > 0) return { strength: synonym, at: signs };
	return acronym(word, reading) ? { strength: inside, at: [] } : nowhere;
}

function isRelative(word: string, { folded }: Lookup, reading: Reading, at: number): boolean {
	const { kind, parts } = reading.tokens[at]!;
	const candidates = kind === 'identifier' ? (parts ?? []) : [folded[at]!];
	return candidates.some((other) => {
		let same = 0;
		while (same < word.length && word[same] === other[same]) same++;
		return same >= 4 && same * 5 >= Math.max(word.length, other.length) * 3;
	});
}

const denying = /^(?:un|in|im|ir|il|non|dis|mis|des|dé)(?=\p{L}{4})/u;

/** Tokens that the word denies, or that deny it, by a prefix: `invalid` and `valid`, `locked` and `unlocked`. */
function oppositesOf(word: string, { folded }: Lookup): number[] {
	const bare = word.replace(denying, '');
	return folded.flatMap((other, at) =>
		(bare !== word && other === bare) || (other.length > word.length && other.replace(denying, '') === word)
			? [at]
			: [],
	);
}

/** Words that hold the word or are held by it: `Vertrag` and `Vertragsende`, `signin` and `sign in`. */
function compoundsOf(word: string, { folded }: Lookup, { tokens }: Reading): number[] {
	const found: number[] = [];
	for (let at = 0; at < folded.length; at++) {
		if (tokens[at]!.kind !== 'word') continue;
		const other = folded[at]!;
		const next = folded[at + 1] ?? '';
		if (
			other.length >= 5 &&
			(word.startsWith(other) || word.endsWith(other) || other.startsWith(word) || other.endsWith(word))
		) {
			found.push(at);
		} else if (other.length + next.length === word.length && other + next === word) found.push(at, at + 1);
	}
	return found;
}

/** Whether letters are the initials of words in a row: `dpa` for Data Processing Agreement. */
function acronym(word: string, { tokens }: Reading): boolean {
	if (word.length < 2 || word.length > 6) return false;
	const initials = tokens.map(({ kind, text }) => (kind === 'word' ? text[0]! : ' ')).join('');
	return word.length > 2 && initials.includes(word);
}

const moneyWords = new Set(
	'cost costs price prices priced fee fees charge charges charged pay pays paid kostet kosten preis betrag cuesta precio importe coûte prix montant'.split(
		' ',
	),
);

const upWords = new Set(
	'plus higher more increase increased rise risen up höher mehr gestiegen más mayor plus hausse'.split(' '),
);
const downWords = new Set(
	'minus lower less decrease decreased reduced down niedriger weniger gesunken menos menor moins baisse'.split(' '),
);

/** Amounts of money say what `costs` says, `+` and `+3 %` what `plus` and `higher` say. */
function signsFor(word: string, { values, tokens }: Reading): number[] {
	if (moneyWords.has(word)) {
		return values.filter(({ unit }) => unit?.dimension.startsWith('money') === true).map(({ from }) => from);
	}
	const sign = upWords.has(word) ? 1 : downWords.has(word) ? -1 : 0;
	if (sign === 0) return [];
	const signed = values.filter((value) => value.sign === sign).map(({ from }) => from);
	const mark = sign === 1 ? '+' : '-';
	return [...signed, ...[...tokens.keys()].filter((at) => tokens[at]!.text === mark)];
}
