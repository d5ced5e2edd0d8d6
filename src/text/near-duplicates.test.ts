import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fingerprint, isNearDuplicate } from './near-duplicates.ts';

const same = (a: string, b: string): boolean => isNearDuplicate(fingerprint(a), fingerprint(b));
const text =
	'Merchants on the Growth plan receive their payouts every Tuesday by bank transfer, and the fee is 12 euros a month for each terminal in use.';

test('copies are near-duplicates, in other case and punctuation too', () => {
	assert.ok(same(text, text.toUpperCase().replace(',', ';')));
});

test('texts that differ in a number are not, nor are texts that share only half', () => {
	assert.ok(!same(text, text.replace('12', '15')));
	assert.ok(!same(text, text.slice(0, text.length / 2)));
	assert.ok(!same('', text));
});
