import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayRead } from './access.ts';
import { indexedText, pageAt } from './document.ts';

test('the page of an offset is the last one that begins at or before it', () => {
	assert.equal(pageAt([], 5), null);
	assert.deepEqual(
		[0, 9, 10, 25, 99].map((offset) => pageAt([0, 10, 20], offset)),
		[1, 1, 2, 3, 3],
	);
});

test('what is indexed is title, headings and text, without saying the title twice', () => {
	assert.equal(indexedText('Plans', { headings: ['Plans', 'Growth'], text: 'Costs 12.' }), 'Plans\nGrowth\nCosts 12.');
});

test('reading needs a shared principal, and an empty list shuts everyone out', () => {
	assert.ok(mayRead('everything', []));
	assert.ok(mayRead({ principals: [] }, 'everyone'));
	assert.ok(mayRead({ principals: ['ann'] }, ['bob', 'ann']));
	assert.ok(!mayRead({ principals: ['ann'] }, ['bob']));
	assert.ok(!mayRead({ principals: ['ann'] }, []));
});
