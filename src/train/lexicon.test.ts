import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomNumbers } from '../models/nn/random.ts';
import { learnLexicon } from './lexicon.ts';

/** What people say for things of documents, and words that mean nothing. */
const slang = { zapper: 'terminal', kitty: 'balance', clawback: 'dispute', wire: 'payout', chit: 'receipt' };
const things = Object.values(slang);
const filler =
	'amber birch cedar daisy elder fern grass hazel iris juniper kelp laurel maple nettle olive poplar'.split(' ');

/** Passages about two things each, among other words; questions ask for both by other names. */
function house(count: number) {
	const random = randomNumbers(7);
	const pick = (words: readonly string[]): string => words[Math.floor(random() * words.length)]!;
	const pairs = Array.from({ length: count }, (_, i) => {
		const [first, second] = [things[i % 5]!, things[(i + 1 + (i % 3)) % 5]!];
		const others = Array.from({ length: 5 }, () => pick(filler)).join(' ');
		const said = [first, second].map((thing) => Object.keys(slang).find((word) => slang[word as 'wire'] === thing));
		return { passage: `The ${first} and the ${second}: ${others}.`, query: `About the ${said.join(' and the ')}?` };
	});
	return {
		queries: pairs.map(({ query }) => query),
		passages: pairs.map(({ passage }) => passage),
		positives: pairs.map((_, i) => [i]),
		language: 'en',
	};
}

test('words of questions are told what documents call it, from questions about two things at once', () => {
	const { entries } = learnLexicon(house(40));
	const learned = Object.keys(slang).map((word) => [word, entries.get(word === 'kitty' ? 'kitti' : word)]);
	assert.deepEqual(
		learned,
		Object.entries(slang).map(([word, thing]) => [word, [thing]]),
	);
});

test('equal texts give equal words, in order of the alphabet', () => {
	const [a, b] = [learnLexicon(house(40)), learnLexicon(house(40))];
	assert.deepEqual([...a.entries], [...b.entries]);
	assert.deepEqual([...a.entries.keys()], [...a.entries.keys()].sort());
});

test('what one passage alone shows is not learned', () => {
	const texts = house(40);
	const queries = texts.queries.map((query, i) => (i === 0 ? `${query} My gizmo?` : query));
	assert.equal(learnLexicon({ ...texts, queries }).entries.has('gizmo'), false);
});

test('words that documents know mean what they mean there', () => {
	const texts = house(40);
	const passages = texts.passages.map((text) => `${text} Send it by wire.`);
	assert.equal(learnLexicon({ ...texts, passages }).entries.has('wire'), false);
	assert.equal(learnLexicon(texts).entries.has('wire'), true);
});

test('nothing is learned from nothing', () => {
	const none = { queries: [], passages: ['The terminal.'], positives: [], language: 'en' };
	assert.equal(learnLexicon(none).entries.size, 0);
});
