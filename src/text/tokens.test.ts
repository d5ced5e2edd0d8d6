import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { countTokens, cutAt } from './tokens.ts';

/** Counts by o200k_base, recorded with gpt-tokenizer 4.0.0. */
const recorded: readonly (readonly [string, number])[] = [
	['', 0],
	['The refund window is 30 days from delivery.', 10],
	['X-1200/B costs 1,250.00 EUR', 13],
	['Die Rückgabefrist beträgt dreißig Tage ab Lieferung.', 13],
	['退款期限为三十天。', 7],
	['| Model | Fee |\n| --- | --- |\n| A | 1 |', 16],
];

test('counts are near those of a real vocabulary', () => {
	for (const [text, tokens] of recorded) {
		assert.ok(Math.abs(countTokens(text) - tokens) <= Math.max(1, tokens * 0.35), `${text}: ${countTokens(text)}`);
	}
});

test('cutting where spaces begin never makes a text cheaper', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
			const first = a.trimEnd();
			assert.ok(countTokens(`${first} ${b}`) <= countTokens(first) + countTokens(` ${b}`));
		}),
	);
});

test('cutAt stays in the budget, moves on, and leaves surrogate pairs whole', () => {
	const text = fc.array(
		fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom(' ', '😀'.repeat(9), 'word '.repeat(5))),
	);
	fc.assert(
		fc.property(text, fc.integer({ min: 1, max: 12 }), (parts, maxTokens) => {
			const whole = parts.join('');
			for (let start = 0; start < whole.length;) {
				const cut = cutAt(whole, start, whole.length, maxTokens);
				assert.ok(cut > start);
				assert.ok(whole.slice(start, cut).isWellFormed());
				assert.ok(countTokens(whole, start, cut) <= Math.max(maxTokens, 2));
				start = cut;
			}
		}),
	);
});
