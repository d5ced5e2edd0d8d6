import type { Lexicon } from '../models/lexicon.ts';
import { stemmer } from '../text/stem.ts';
import { stopWords } from '../text/stop-words.ts';
import { words } from '../text/words.ts';

export type LexiconTexts = {
	readonly queries: readonly string[];
	readonly passages: readonly string[];
	/** The positions of the passages that answer each query. */
	readonly positives: readonly (readonly number[])[];
	/** ISO 639-1: the one that most passages are in. */
	readonly language: string;
};

/** Words that more of the passages have are known to the documents, and mean what they mean there. */
const rareShare = 0.005;
const rounds = 20;
/** Of every word of a query in every word of a passage, before anything was seen. */
const smoothing = 0.005;
/** How readily a word of a query comes from no word of the passage. */
const nowhere = 0.2;
/** Times and share of its times that a word must have stood for another one. */
const [leastCount, leastShare] = [0.5, 0.25];
const mostMeanings = 2;
/** Pairs that are looked at; of more, some, spread evenly. */
const mostPairs = 5_000;

/**
 * Learns what words that documents hardly have stand for, from queries and the passages that answer them: each word of a query came
 * from one word of the passage, and which one is found by expectation maximisation, for all queries together (IBM model 1, Brown et al. 1993,
 * in the direction of Berger & Lafferty 1999; rare words of a passage are likelier by their idf). A word means those that it came from
 * most. The settings were chosen by cross-validation on the log of the sample (docs/log.md).
 */
export function learnLexicon({ queries, passages, positives, language }: LexiconTexts): Lexicon {
	const written = new Vocabulary(language);
	const asked = new Vocabulary(language);
	const inPassage = passages.map((text) => written.read(text));
	const frequency = new Uint32Array(written.size);
	for (const terms of inPassage) for (const term of terms) frequency[term]!++;
	const isRare = (stem: string): boolean => (frequency[written.find(stem) ?? -1] ?? 0) <= rareShare * passages.length;
	const inQuery = queries.map((text) => asked.read(text));
	const pairs = positives.flatMap((found, query) => found.map((passage) => ({ query, passage })));
	const step = Math.max(1, pairs.length / mostPairs);
	const some = Array.from({ length: Math.min(pairs.length, mostPairs) }, (_, i) => pairs[Math.floor(i * step)]!);
	const weights = Float64Array.from(frequency, (count) => Math.log(1 + passages.length / count));
	const alignment = new Alignment(weights);
	for (const { query, passage } of some) {
		for (const word of inQuery[query]!) alignment.add(word, inPassage[passage]!, passage);
	}
	alignment.learn();
	const entries = [...alignment.meanings()].flatMap(([word, meant]) => {
		const stem = asked.stemOf(word);
		const others = meant.filter((term) => written.stemOf(term) !== stem);
		if (others.length === 0 || !isRare(stem)) return [];
		return [[stem, others.slice(0, mostMeanings).map((term) => written.wordOf(term))] as const];
	});
	return { language, entries: new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1))) };
}

/** The words of texts but for stop words and numbers, as numbers by their stems. */
class Vocabulary {
	readonly #stem: (word: string) => string;
	readonly #stop: ReadonlySet<string>;
	readonly #numbers = new Map<string, number>();
	readonly #stems: string[] = [];
	/** Of each stem how often it is written in which way. */
	readonly #words: Map<string, number>[] = [];

	constructor(language: string) {
		this.#stem = stemmer(language);
		this.#stop = stopWords(language);
	}

	get size(): number {
		return this.#stems.length;
	}

	find(stem: string): number | undefined {
		return this.#numbers.get(stem);
	}

	stemOf(number: number): string {
		return this.#stems[number]!;
	}

	/** As it is written most often. */
	wordOf(number: number): string {
		return [...this.#words[number]!].reduce((best, one) =>
			one[1] > best[1] || (one[1] === best[1] && one[0] < best[0]) ? one : best,
		)[0];
	}

	/** Each stem once. */
	read(text: string): number[] {
		const found = new Set<number>();
		for (const { text: whole, parts } of words(text)) {
			for (const word of parts ?? [whole]) {
				if (word.length > 1 && !this.#stop.has(word) && !/^\d+$/.test(word)) found.add(this.#count(word));
			}
		}
		return [...found];
	}

	#count(word: string): number {
		const stem = this.#stem(word);
		const number = this.#numbers.get(stem) ?? this.#stems.length;
		if (number === this.#stems.length) {
			this.#numbers.set(stem, number);
			this.#stems.push(stem);
			this.#words.push(new Map());
		}
		const ways = this.#words[number]!;
		ways.set(word, (ways.get(word) ?? 0) + 1);
		return number;
	}
}

/**
 * How often each word of a query is thought to have come from each term of a passage. A cell is a word beside a term that was seen with
 * it, in any number of pairs.
 */
class Alignment {
	/** By term: how likely it is to be what was meant, before anything else is known. */
	readonly #weights: Float64Array;
	/** By word and term. */
	readonly #cells = new Map<number, Map<number, number>>();
	/** By cell: its word and term, the passage that showed it first, and whether another did. */
	readonly #word: number[] = [];
	readonly #term: number[] = [];
	readonly #passage: number[] = [];
	readonly #isShownAgain: boolean[] = [];
	/** By cell: how often the word came from the term. */
	#count = new Float64Array(0);
	/** The words of the queries in turn, and for each the cells of the passage's terms. */
	readonly #occurrences: { readonly word: number; readonly cells: Uint32Array }[] = [];
	/** By word: how often it occurs. */
	readonly #times = new Map<number, number>();

	constructor(weights: Float64Array) {
		this.#weights = weights;
	}

	add(word: number, terms: readonly number[], passage: number): void {
		const cells = Uint32Array.from(terms, (term) => this.#cell(word, term, passage));
		this.#occurrences.push({ word, cells });
		this.#times.set(word, (this.#times.get(word) ?? 0) + 1);
	}

	#cell(word: number, term: number, passage: number): number {
		const own = this.#cells.get(word) ?? new Map<number, number>();
		const known = own.get(term);
		if (known !== undefined) {
			if (this.#passage[known] !== passage) this.#isShownAgain[known] = true;
			return known;
		}
		const cell = this.#term.push(term) - 1;
		this.#word.push(word);
		this.#cells.set(word, own.set(term, cell));
		this.#passage.push(passage);
		this.#isShownAgain.push(false);
		return cell;
	}

	learn(): void {
		const [terms, words] = [Uint32Array.from(this.#term), Uint32Array.from(this.#word)];
		const kinds = this.#times.size;
		const shareOf = (word: number): number => this.#times.get(word)! / this.#occurrences.length;
		const prior = Float64Array.from(words, (word) => smoothing * shareOf(word) * kinds);
		// At first all that is known of a term is its weight.
		let chance = Float64Array.from(terms, (term) => this.#weights[term]!);
		for (let round = 0; round < rounds; round++) {
			const count = new Float64Array(terms.length);
			for (const { word, cells } of this.#occurrences) {
				let all = round === 0 ? 0 : nowhere * cells.length * shareOf(word);
				for (const cell of cells) all += chance[cell]!;
				for (const cell of cells) count[cell]! += chance[cell]! / all;
			}
			const came = new Float64Array(this.#weights.length);
			count.forEach((times, cell) => (came[terms[cell]!]! += times));
			const perTerm = came.map((times, term) => this.#weights[term]! / (times + smoothing * kinds));
			chance = count.map((times, cell) => (times + prior[cell]!) * perTerm[terms[cell]!]!);
			this.#count = count;
		}
	}

	/** By word the terms that it means, best first; words that mean none are left out. */
	*meanings(): Generator<[number, number[]]> {
		for (const [word, own] of this.#cells) {
			const least = Math.max(leastCount, leastShare * this.#times.get(word)!);
			const meant = [...own.values()]
				// What one passage says is no word of the house.
				.filter((cell) => this.#isShownAgain[cell] && this.#count[cell]! >= least)
				.sort((a, b) => this.#count[b]! - this.#count[a]! || this.#term[a]! - this.#term[b]!)
				.map((cell) => this.#term[cell]!);
			if (meant.length > 0) yield [word, meant];
		}
	}
}
