/** Checks the lexicon: documents have the words of the house and none of the customers', and nobody says one word for two things. */
import { existsSync } from 'node:fs';
import { type CustomerWord, readCustomerWords } from './customer-words.ts';
import { readRaw, squash, toPlainText } from './document-text.ts';
import { type Check as CheckOf, holdsFor } from './holds.ts';
import splits from './splits.json' with { type: 'json' };

type Lexicon = { words: readonly CustomerWord[] };
type Check = CheckOf<Lexicon>;

/** The fewest and the most entries. */
const ENTRIES = [60, 100] as const;

const real: Lexicon = { words: readCustomerWords() };
const holds = holdsFor(real, () => structuredClone(real));
const texts = [...splits.dev, ...splits.test]
	.filter((path) => existsSync(new URL(`v1/${path}`, import.meta.url)))
	.map((path) => squash(toPlainText(path, readRaw(path))).toLowerCase());

/** Whether a document has these words, in the singular or the plural, or the beginning of a longer word. */
function isWritten(phrase: string, ending: string): boolean {
	const pattern = new RegExp(`(?<!\\p{L})${RegExp.escape(phrase.toLowerCase())}${ending}`, 'u');
	return texts.some((text) => pattern.test(text));
}

const count: Check = ({ words }) =>
	words.length >= ENTRIES[0] && words.length <= ENTRIES[1] ? [] : [`${words.length} entries`];

const termsAreWritten: Check = ({ words }) =>
	words.filter(({ term }) => !isWritten(term, '')).map(({ term }) => `no document says “${term}”`);

const saidIsNotWritten: Check = ({ words }) =>
	words.flatMap(({ said }) => said.filter((phrase) => isWritten(phrase, 's?(?!\\p{L})')));

const termsAreListedOnce: Check = ({ words }) => {
	const terms = words.map(({ term }) => term.toLowerCase());
	return terms.filter((term, index) => terms.indexOf(term) !== index);
};

holds('there are as many entries as one can learn', count, (lexicon) => (lexicon.words = lexicon.words.slice(0, 10)));

holds('documents have the words of the house', termsAreWritten, (lexicon) => {
	lexicon.words = [...lexicon.words, { term: 'brontosaurus', said: ['dino', 'beast'] }];
});

holds('documents have none of the customers’ words', saidIsNotWritten, (lexicon) => {
	lexicon.words = [...lexicon.words, { term: 'card', said: ['terminal', 'plastic'] }];
});

holds('no word of the house is listed twice', termsAreListedOnce, (lexicon) => {
	lexicon.words = [...lexicon.words, ...lexicon.words.slice(0, 1)];
});
