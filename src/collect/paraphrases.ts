import { stemmer } from '../text/stem.ts';
import { stopWords } from '../text/stop-words.ts';
import { words } from '../text/words.ts';

/** Jaccard similarity of content words from which two queries are taken for one question in other words. */
const threshold = 0.7;

/**
 * Pairs of texts that ask the same in nearly the same words: Jaccard similarity of their stemmed content words at least 0.7,
 * found exactly (prefix filter of Bayardo, Ma & Srikant 2007). Texts of the same words are a pair with the first of them
 * alone, which has the pairs with others, so that a thousand equal texts are a thousand pairs. It does not know synonyms.
 */
export function paraphrasePairs(texts: readonly string[]): [number, number][] {
	const sets = byRarity(texts.map(contentStems));
	const first = new Map<string, number>();
	const pairs: [number, number][] = [];
	const order: number[] = [];
	for (const [at, set] of sets.entries()) {
		const key = set.join(' ');
		const same = first.get(key);
		if (same !== undefined && set.length > 0) pairs.push([same, at]);
		if (same !== undefined) continue;
		first.set(key, at);
		order.push(at);
	}
	order.sort((a, b) => sets[a]!.length - sets[b]!.length);
	const index = new Map<number, number[]>();
	for (const at of order) {
		const set = sets[at]!;
		const prefix = set.slice(0, set.length - Math.ceil(threshold * set.length) + 1);
		const candidates = new Set(prefix.flatMap((word) => index.get(word) ?? []));
		for (const other of candidates) {
			const small = sets[other]!;
			if (small.length >= threshold * set.length && isSimilar(small, set)) pairs.push([other, at]);
		}
		for (const word of prefix) {
			const known = index.get(word);
			if (known) known.push(at);
			else index.set(word, [at]);
		}
	}
	return pairs;
}

const stem = stemmer('en');
const english = stopWords('en');

/** Stems of the words that carry meaning; of all words where none does. */
export function contentStems(text: string): ReadonlySet<string> {
	const all = words(text).map((word) => word.text);
	const content = all.filter((word) => !english.has(word));
	return new Set((content.length > 0 ? content : all).map(stem));
}

/** Each set as numbers of words, the rarest first. */
function byRarity(sets: readonly ReadonlySet<string>[]): number[][] {
	const counts = new Map<string, number>();
	for (const set of sets) for (const word of set) counts.set(word, (counts.get(word) ?? 0) + 1);
	const ranked = [...counts].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
	const ranks = new Map(ranked.map(([word], rank) => [word, rank]));
	return sets.map((set) => [...set].map((word) => ranks.get(word)!).sort((a, b) => a - b));
}

function isSimilar(a: readonly number[], b: readonly number[]): boolean {
	let [shared, i, j] = [0, 0, 0];
	while (i < a.length && j < b.length) {
		if (a[i] === b[j]) [shared, i, j] = [shared + 1, i + 1, j + 1];
		else if (a[i]! < b[j]!) i++;
		else j++;
	}
	return shared > 0 && shared >= threshold * (a.length + b.length - shared);
}
