import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { timeBound, timedId } from './timed-id.ts';

const random = (bytes: number) => new Uint8Array(bytes).fill(7);

test('ids sort by time, whatever the noise', () => {
	const noise = fc.uint8Array({ minLength: 16, maxLength: 16 });
	fc.assert(
		fc.property(fc.nat(2 ** 45), fc.nat(1000), noise, noise, (at, later, first, second) => {
			const before = timedId('int', at, () => first);
			const after = timedId('int', at + later + 1, () => second);
			assert.ok(before < after);
			assert.ok(timeBound('int', at) < before && before < timeBound('int', at + 1));
		}),
	);
});

test('an id is its prefix and 26 characters', () => {
	assert.equal(timedId('int', 0, random), 'int_00000000007777777777777777');
	assert.match(timedId('cnv', 1_700_000_000_000, random), /^cnv_[0-9a-z]{26}$/);
});
