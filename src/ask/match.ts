import { stemmer, type Stemmer } from '../text/stem.ts';
import { wholeOf, words, type Word } from '../text/words.ts';
import { everydayGroups } from './everyday.ts';
import type { Asked, Question } from './question.ts';

/** A text read word by word, ready to be compared with questions. */
export type Reading = {
	readonly text: string;
	readonly words: readonly Word[];
	/** Stem (or whole of a compound) → positions in `words`. */
	readonly positions: ReadonlyMap<string, readonly number[]>;
	/** The first four letters of a word → positions. */
	readonly beginnings: ReadonlyMap<string, readonly number[]>;
	/** Everyday group → positions. */
	readonly groups: ReadonlyMap<number, readonly number[]>;
};

/** Where the words of a question stand in a reading. */
export type Match = {
	/** For each asked word how well it is found: 1 to the letter of its stem, less for a relative of it, 0 not at all. */
	readonly strengths: readonly number[];
	/** For each asked word its positions in the reading; relatives included. */
	readonly positions: readonly (readonly number[])[];
};

/** What a word with the same beginning counts: `decide` for `decision`. */
const relative = 0.6;
/** What a word of the same everyday group counts: `price` for `cost`. */
const synonym = 0.5;

export function read(text: string, language: string | null): Reading {
	const found = words(text);
	const stem = stemmer(language);
	const positions = new Map<string, number[]>();
	const beginnings = new Map<string, number[]>();
	const groups = new Map<number, number[]>();
	const hasSigns = /[$€£%]/.test(text);
	found.forEach((word, at) => {
		for (const term of termsOf(word, stem)) push(positions, term, at);
		if (word.text.length >= 4) push(beginnings, word.text.slice(0, 4), at);
		for (const group of everydayGroups(word.text)) push(groups, group, at);
		// Signs are no words, but `€20` tells a price and `5 %` a share.
		if (!hasSigns) return;
		const around = text.slice(Math.max(0, word.start - 1), word.end + 2);
		for (const sign of around.match(/[$€£%]/g) ?? []) for (const group of everydayGroups(sign)) push(groups, group, at);
	});
	return { text, words: found, positions, beginnings, groups };
}

function termsOf(word: Word, stem: Stemmer): string[] {
	if (word.parts === null) return [stem(word.text)];
	const parts = word.parts.map(stem);
	return word.parts.length > 1 || word.parts[0] !== word.text ? [...parts, wholeOf(word)] : parts;
}

function push<Key>(map: Map<Key, number[]>, key: Key, at: number): void {
	const known = map.get(key);
	if (known === undefined) map.set(key, [at]);
	else known.push(at);
}

export function match(question: Question, reading: Reading): Match {
	const found = question.asked.map((asked) => find(asked, reading));
	return { strengths: found.map(({ strength }) => strength), positions: found.map(({ positions }) => positions) };
}

type Found = { readonly strength: number; readonly positions: readonly number[] };

function find(asked: Asked, reading: Reading): Found {
	const whole = positionsOf(asked.variants, reading);
	if (whole.length > 0) return { strength: 1, positions: whole };
	// An identifier is found to the letter or not at all: PX-1200 is not PX-1200/B.
	if (asked.isIdentifier || asked.isNumber) return { strength: 0, positions: [] };
	if (asked.parts.length > 1) {
		const parts = asked.parts.map((variants) => positionsOf(variants, reading));
		return {
			strength: parts.filter((positions) => positions.length > 0).length / parts.length,
			positions: parts.flat(),
		};
	}
	const word = asked.text.toLowerCase();
	const relatives = relativesOf(word, reading);
	if (relatives.length > 0) return { strength: relative, positions: relatives };
	const synonyms = everydayGroups(word).flatMap((group) => reading.groups.get(group) ?? []);
	return { strength: synonyms.length > 0 ? synonym : 0, positions: synonyms };
}

function positionsOf(variants: readonly string[], reading: Reading): readonly number[] {
	return variants.flatMap((variant) => reading.positions.get(variant) ?? []);
}

/** Words that share at least four letters and half of the longer word with `word`. */
function relativesOf(word: string, { words, beginnings }: Reading): readonly number[] {
	return (beginnings.get(word.slice(0, 4)) ?? []).filter((at) => {
		const { text } = words[at]!;
		let same = 4;
		while (same < word.length && word[same] === text[same]) same++;
		return same * 2 >= Math.max(word.length, text.length);
	});
}

/** The idf-weighted share (0 to 1) of the asked words that `strengths` finds; 0 when nothing was asked. */
export function coverage(question: Question, strengths: readonly number[]): number {
	const all = question.asked.reduce((sum, asked) => sum + asked.idf, 0);
	if (all === 0) return 0;
	return question.asked.reduce((sum, asked, i) => sum + asked.idf * strengths[i]!, 0) / all;
}

/** For each asked word the best of several matches. */
export function best(...all: readonly (readonly number[])[]): number[] {
	return all[0]!.map((_, i) => Math.max(...all.map((strengths) => strengths[i]!)));
}
