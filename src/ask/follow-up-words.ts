import { stemmer } from '../text/stem.ts';
import { stopWords } from '../text/stop-words.ts';
import { isIdentifier, wholeOf, words, type Word } from '../text/words.ts';
import type { WeightedTerm } from '../search/memory-index.ts';
import { isVague } from './everyday.ts';

/** Languages whose function words and stems are known here. */
const languages = ['en', 'de', 'es', 'fr'];

/** A word of a question or answer that carries content. */
export type ContentWord = {
	/** As written. */
	readonly text: string;
	/** Its forms in the index, whatever the language: two words are one when they share a form. */
	readonly forms: readonly string[];
	/** How rare it is in the collection (BM25's idf); 0 for a word that no document has. */
	readonly idf: number;
	readonly kind: 'identifier' | 'number' | 'vague' | 'word';
};

/** The content words of a text in order, repeated ones once; `idfOf` knows their forms. */
export function contentWords(text: string, idfOf: ReadonlyMap<string, number>): ContentWord[] {
	const found: ContentWord[] = [];
	for (const word of words(text)) {
		if (word.parts === null && languages.some((language) => stopWords(language).has(word.text))) continue;
		const forms = formsOf(word);
		if (found.some((other) => sharesForm(other.forms, forms))) continue;
		const idf = Math.max(0, ...forms.map((form) => idfOf.get(form) ?? 0));
		found.push({ text: text.slice(word.start, word.end), forms, idf, kind: kindOf(word) });
	}
	return found;
}

function kindOf(word: Word): ContentWord['kind'] {
	if (/^\p{N}+(?:[.,:]\p{N}+)*$/u.test(word.text)) return 'number';
	if (isIdentifier(word)) return 'identifier';
	return isVague(word.text) ? 'vague' : 'word';
}

function formsOf(word: Word): string[] {
	if (word.parts !== null) return [wholeOf(word)];
	return [...new Set(languages.map((language) => stemmer(language)(word.text)))];
}

export function sharesForm(a: readonly string[], b: readonly string[]): boolean {
	return a.some((form) => b.includes(form));
}

/** Every form that a text has, those of the parts of compounds included. */
export function formsIn(text: string): Set<string> {
	const forms = words(text).flatMap((word) => [
		...formsOf(word),
		...(word.parts ?? []).flatMap((part) => languages.map((language) => stemmer(language)(part))),
	]);
	return new Set(forms);
}

/** How rare each form is, from the terms that a search weighed. */
export function addIdf(terms: readonly WeightedTerm[], idfOf: Map<string, number>): void {
	for (const { variants, idf } of terms) for (const variant of variants) idfOf.set(variant, idf);
}
