import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bareChunk, bareSummary } from '../core/document.ts';
import { MemoryIndex } from './memory-index.ts';
import { queryTerms } from './query.ts';

test('a word asks for what it means, too, as one thing', () => {
	const meanings = new Map([['zappers', ['terminals', 'readers']]]);
	assert.deepEqual(queryTerms('the zappers broke', ['en'], meanings), [
		{ variants: ['zapper', 'termin', 'reader'], identifier: false },
		{ variants: ['broke'], identifier: false },
	]);
	assert.deepEqual(queryTerms('zappers', ['en']), [{ variants: ['zapper'], identifier: false }]);
});

test('an index finds by meanings what has none of the words', () => {
	const index = new MemoryIndex();
	const texts = ['Terminals are repaired in Tilburg.', 'Payouts leave in the morning.'];
	texts.forEach((text, i) => index.put(bareSummary(`${i}`, '', null), [bareChunk(`${i}`, text, i + 1)], () => null));
	const asked = { text: 'zapper', vector: null, k: 5, filter: null, access: 'everything' } as const;
	const found = (meanings?: ReadonlyMap<string, readonly string[]>) =>
		index.search({ ...asked, meanings }).candidates.map(({ row }) => row);
	assert.deepEqual(found(), []);
	assert.deepEqual(found(new Map([['zapper', ['terminal']]])), [1]);
});
