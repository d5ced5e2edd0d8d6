import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { DocumentSummary } from '../core/document.ts';
import { fuse } from './fuse.ts';

const score = fc.option(fc.double({ min: 0, max: 30, noNaN: true }), { nil: null });
const candidates = fc.array(
	fc
		.record({ row: fc.nat(), document: fc.constant({} as DocumentSummary), keyword: score, vector: score })
		.map((one) => ({ ...one, saturation: one.keyword === null ? null : one.keyword / 30 })),
	{ minLength: 1, maxLength: 20 },
);
const fusion = fc.constantFrom('weighted' as const, 'rrf' as const);

test('fusion ignores the order of its input', () => {
	fc.assert(
		fc.property(candidates, fusion, fc.double({ min: 0, max: 1, noNaN: true }), (list, kind, weight) => {
			const forward = fuse(list, kind, weight);
			const backward = fuse(list.toReversed(), kind, weight).toReversed();
			forward.forEach((value, i) => assert.ok(Math.abs(value - backward[i]!) < 1e-12));
		}),
	);
});

test('a candidate that is better in both legs is never ranked lower', () => {
	fc.assert(
		fc.property(candidates, fusion, fc.double({ min: 0, max: 1, noNaN: true }), (list, kind, weight) => {
			const scores = fuse(list, kind, weight);
			list.forEach((a, i) =>
				list.forEach((b, j) => {
					if ((a.keyword ?? -1) >= (b.keyword ?? -1) && (a.vector ?? -1) >= (b.vector ?? -1)) {
						assert.ok(scores[i]! >= scores[j]! - 1e-12);
					}
				}),
			);
		}),
	);
});

test('a weight of 0 is the keyword ranking, of 1 the vector ranking', () => {
	const list = [
		{ row: 1, document: {} as DocumentSummary, keyword: 9, saturation: 0.9, vector: 0.1 },
		{ row: 2, document: {} as DocumentSummary, keyword: 3, saturation: 0.3, vector: 0.8 },
	];
	assert.deepEqual(fuse(list, 'weighted', 0), [0.9, 0.3]);
	assert.deepEqual(fuse(list, 'weighted', 1), [0, 1]);
});

test('where no candidate has the words of the query, the vectors decide', () => {
	const document = {} as DocumentSummary;
	const asked = (saturation: number) => [
		{ row: 1, document, keyword: 10 * saturation, saturation, vector: 0.1 },
		{ row: 2, document, keyword: 0, saturation: 0, vector: 0.8 },
	];
	const [strong, strongVector] = fuse(asked(0.8), 'weighted', 0.2);
	assert.ok(strong! > strongVector!);
	const [weak, weakVector] = fuse(asked(0.1), 'weighted', 0.2);
	assert.ok(weak! < weakVector!);
});
