import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { top } from './top.ts';

test('the best slots are those that sorting puts first, among equal scores the lower slot, none at the floor or below', () => {
	const score = fc.constantFrom(-1, 0, 0.25, 0.5, 0.75, 1, 2, Number.NEGATIVE_INFINITY);
	fc.assert(
		fc.property(
			fc.array(score, { maxLength: 100 }),
			fc.integer({ min: 1, max: 20 }),
			fc.constantFrom(0, 0.5, -Infinity),
			(scores, k, floor) => {
				const sorted = [...scores.keys()]
					.filter((slot) => scores[slot]! > floor)
					.sort((a, b) => scores[b]! - scores[a]! || a - b);
				assert.deepEqual(top(Float32Array.from(scores), scores.length, k, floor), sorted.slice(0, k));
			},
		),
	);
});
