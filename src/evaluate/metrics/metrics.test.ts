import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { reciprocalRank } from './mrr.ts';
import { ndcg } from './ndcg.ts';
import { recall } from './recall.ts';

const judged = fc.uniqueArray(fc.tuple(fc.constantFrom(...'abcdefgh'.split('')), fc.integer({ min: 0, max: 3 })), {
	selector: ([id]) => id,
});
const ranking = fc.shuffledSubarray('abcdefgh'.split(''));

test('metrics lie between 0 and 1, and the ideal ranking has nDCG 1', () => {
	fc.assert(
		fc.property(judged, ranking, fc.integer({ min: 1, max: 10 }), (grades, order, k) => {
			const judgements = new Map(grades);
			for (const metric of [ndcg, recall, reciprocalRank]) {
				const value = metric(order, judgements, k);
				assert.ok(value >= 0 && value <= 1 + 1e-12);
			}
			const ideal = [...judgements].sort((a, b) => b[1] - a[1]).map(([id]) => id);
			const expected = ideal.some((id) => judgements.get(id)! > 0) ? 1 : 0;
			assert.ok(Math.abs(ndcg(ideal, judgements, k) - expected) < 1e-12);
		}),
	);
});

test('the values of a ranking worked out by hand', () => {
	const judgements = new Map([
		['a', 2],
		['b', 1],
		['z', 1],
	]);
	const order = ['x', 'b', 'a'];
	const dcg = 1 / Math.log2(3) + 2 / Math.log2(4);
	const ideal = 2 + 1 / Math.log2(3) + 1 / Math.log2(4);
	assert.ok(Math.abs(ndcg(order, judgements, 10) - dcg / ideal) < 1e-12);
	assert.equal(recall(order, judgements, 10), 2 / 3);
	assert.equal(reciprocalRank(order, judgements, 10), 0.5);
	assert.equal(reciprocalRank(order, judgements, 1), 0);
});
