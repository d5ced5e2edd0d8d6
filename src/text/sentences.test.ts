import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sentences } from './sentences.ts';

const split = (text: string): string[] => sentences(text).map(({ start, end }) => text.slice(start, end));

test('sentences end at full stops, not at abbreviations or line breaks', () => {
	assert.deepEqual(split('Dr. Smith pays approx. 30 euros, e.g. in\ncash. See No. 5! Is it so? Yes.'), [
		'Dr. Smith pays approx. 30 euros, e.g. in\ncash.',
		'See No. 5!',
		'Is it so?',
		'Yes.',
	]);
	assert.deepEqual(split('退款需要五天。请等待。'), ['退款需要五天。', '请等待。']);
});

test('every character that is no space lies in exactly one sentence', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
			const spans = sentences(text);
			let rest = '';
			let at = 0;
			for (const { start, end } of spans) {
				assert.ok(start >= at && end > start);
				rest += text.slice(at, start);
				at = end;
			}
			rest += text.slice(at);
			assert.equal(rest.replace(/[\s\u{feff}]/gu, ''), '');
		}),
	);
});

test('a part of a text gives spans of the whole', () => {
	const text = 'First one. Second one. Third one.';
	const [span] = sentences(text, 11, 22);
	assert.equal(text.slice(span!.start, span!.end), 'Second one.');
});
