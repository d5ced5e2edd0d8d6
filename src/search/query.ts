import type { Meanings } from '../core/embedder.ts';
import { stemmer } from '../text/stem.ts';
import { stopWords } from '../text/stop-words.ts';
import { isIdentifier, wholeOf, words } from '../text/words.ts';

/** One thing a query asks for: index terms of which any counts as the thing (its stems in the languages of the collection, and those of its meanings). */
export type QueryTerm = {
	readonly variants: readonly string[];
	/** A code that should be found to the letter. */
	readonly identifier: boolean;
};

/**
 * The terms of a query for a collection whose documents are in `languages` (ISO 639-1; empty: English). Stop words are
 * dropped unless nothing else is left; a compound asks for its parts and for its whole; repeated terms count once. A word also
 * asks for its meanings.
 */
export function queryTerms(query: string, languages: readonly string[], meanings?: Meanings): QueryTerm[] {
	const codes = languages.length === 0 ? ['en'] : languages;
	const all = words(query);
	const isStop = (word: string): boolean => codes.some((code) => stopWords(code).has(word));
	const content = all.filter((word) => word.parts !== null || !isStop(word.text));
	const found = new Map<string, QueryTerm>();
	const add = (variants: string[], identifier: boolean): void => {
		const term = { variants: [...new Set(variants)], identifier };
		const key = term.variants.join(' ');
		if (!found.has(key)) found.set(key, term);
	};
	for (const word of content.length === 0 ? all : content) {
		for (const part of word.parts ?? [word.text]) {
			const meant = [part, ...(meanings?.get(part) ?? [])];
			add(
				meant.flatMap((one) => codes.map((code) => stemmer(code)(one))),
				false,
			);
		}
		if (word.parts !== null) add([wholeOf(word)], isIdentifier(word));
	}
	return [...found.values()];
}
