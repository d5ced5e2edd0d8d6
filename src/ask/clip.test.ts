import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clip } from './clip.ts';
import { countWords } from './quote.ts';

test('signs that stand alone behind the last word count too', () => {
	const text = `${'long '.repeat(70)}battery lasts 9 hours. - >`;
	const { start, end } = clip(text, text.indexOf('battery'), 20);
	assert.ok(text.slice(start, end).includes('battery'));
	assert.ok(countWords(text.slice(start, end)) <= 20, text.slice(start, end));
});
