import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { clip } from './clip.ts';
import { countWords } from './quote.ts';

test('signs that stand alone behind the last word count too', () => {
	const text = `${'long '.repeat(70)}battery lasts 9 hours. - >`;
	const { start, end } = clip(text, text.indexOf('battery'), 20);
	assert.ok(text.slice(start, end).includes('battery'));
	assert.ok(countWords(text.slice(start, end)) <= 20, text.slice(start, end));
});

test('the stretch holds what it is taken around', () => {
	const parts = fc.array(fc.constantFrom('word', '-', '€', 'next,', '|', '(more)'), { maxLength: 60 });
	fc.assert(
		fc.property(parts, parts, fc.integer({ min: -3, max: 30 }), (before, after, limit) => {
			const start = before.join(' ').length + 1;
			const text = `${before.join(' ')} € 12 days ${after.join(' ')}`;
			const found = clip(text, start, limit, start + 9);
			assert.ok(text.slice(found.start, found.end).includes('€ 12 days'), text.slice(found.start, found.end));
		}),
	);
});

test('a stretch ends inside no link', () => {
	const link = '[a page of ours]({% page "/travel/guide" %})';
	const text = Array.from({ length: 30 }, (_, i) => `word${i} ${link} more`).join(' ');
	for (let at = 0; at < 30; at++) {
		const { start, end } = clip(text, text.indexOf(`word${at} `), 12);
		assert.doesNotMatch(text.slice(start, end).replaceAll(link, ''), /[[\]{}]/, text.slice(start, end));
	}
});
