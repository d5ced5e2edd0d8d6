import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { DocumentSummary } from '../core/document.ts';
import { type FusionOptions, type FusionQuery, learnFusion } from './fusion.ts';

/** Share of the relevant units among the first two: a metric small enough to follow. */
const options: FusionOptions = {
	current: 0.5,
	score: (scored, judgements) => {
		const order = scored.toSorted((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
		return order.slice(0, 2).filter(({ id }) => judgements.has(id)).length / Math.max(1, judgements.size);
	},
	interval: (differences) => {
		const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
		const squares = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0);
		const half = (2 * Math.sqrt(squares)) / differences.length;
		return { low: mean - half, high: mean + half };
	},
};

/** Ten candidates; each leg gives the relevant one a high score or noise. */
function query(at: number, isFoundBy: { keyword: boolean; vector: boolean }): FusionQuery {
	const noise = (i: number, leg: number): number => ((i * 7919 + at * 104_729 + leg * 1299) % 101) / 101;
	return {
		candidates: Array.from({ length: 10 }, (_, i) => {
			const keyword = i === 4 && isFoundBy.keyword ? 1.2 : noise(i, 1);
			const vector = i === 4 && isFoundBy.vector ? 1.2 : noise(i, 2);
			const document = { id: `${i}` } as DocumentSummary;
			return { row: i + 1, document, keyword, saturation: keyword / 1.2, vector, digest: new Uint8Array() };
		}),
		units: Array.from({ length: 10 }, (_, i) => `${i}`),
		judgements: new Map([['4', 1]]),
	};
}

function queries(count: number, isFoundBy: { keyword: boolean; vector: boolean }): FusionQuery[] {
	return Array.from({ length: count }, (_, at) => query(at, isFoundBy));
}

test('many queries that only one leg answers move the weight to that leg, and it is shown to help', () => {
	const toVector = learnFusion(queries(400, { keyword: false, vector: true }), options);
	const toKeyword = learnFusion(queries(400, { keyword: true, vector: false }), options);
	assert.ok(
		toVector.weight > 0.6 && toVector.isBetter && toVector.after > toVector.before + 0.02,
		JSON.stringify(toVector),
	);
	assert.ok(toKeyword.weight < 0.4 && toKeyword.isBetter);
	assert.equal(toVector.curve.length, 51);
	assert.ok(toVector.curve[50]!.score > toVector.curve[0]!.score + 0.3);
});

test('ten queries go at most a sixth of the way, fewer are no proof', () => {
	fc.assert(
		fc.property(
			fc.array(fc.boolean(), { minLength: 1, maxLength: 10 }),
			fc.double({ min: 0, max: 1, noNaN: true }),
			(legs, current) => {
				const few = legs.map((isVector, at) => query(at, { keyword: !isVector, vector: isVector }));
				const { weight, isBetter } = learnFusion(few, { ...options, current });
				assert.ok(weight >= 0 && weight <= 1 && Math.abs(weight - current) <= 1 / 6 + 0.02);
				if (few.length < 10) assert.equal(isBetter, false);
			},
		),
	);
});

test('the weight does not depend on the order of the queries, and where nothing can be learned nothing changes', () => {
	const mixed = [...queries(40, { keyword: false, vector: true }), ...queries(20, { keyword: true, vector: false })];
	assert.equal(learnFusion(mixed.toReversed(), options).weight, learnFusion(mixed, options).weight);
	const hopeless = queries(50, { keyword: false, vector: false }).map((one) => ({
		...one,
		judgements: new Map([['x', 1]]),
	}));
	const { weight, difference, isBetter } = learnFusion(hopeless, { ...options, current: 0.3 });
	assert.deepEqual([weight, difference, isBetter], [0.3, 0, false]);
});
