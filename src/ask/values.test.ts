import assert from 'node:assert/strict';
import { test } from 'node:test';
import { valuesIn } from './values.ts';

const read = (text: string): string[] => valuesIn(text).map(({ kind, normal }) => `${kind} ${normal}`);

test('values are read with their unit, however they are written', () => {
	assert.deepEqual(read('within 45 days, at most €1,250.50 or 8 %'), ['day 45', 'money EUR 1250.5', 'percent 8']);
	assert.deepEqual(read('twelve months and 5 working days'), ['month 12', 'working day 5']);
	assert.deepEqual(read('since 1 September 2025, not 2024-02-12'), ['date 2025 september 1', 'date 2024 february 12']);
	assert.deepEqual(read('10 EUR'), ['money EUR 10']);
});

test('codes and versions are no values', () => {
	assert.deepEqual(read('PX-900 with firmware 5.2, see RFC 7231 and ERR_1042'), []);
});
