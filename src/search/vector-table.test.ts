import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VectorTable } from './vector-table.ts';

/** Park–Miller: the same vectors in every run. */
function random(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state * 48_271) % 2_147_483_647;
		return state / 2_147_483_647;
	};
}

function gaussian(next: () => number): number {
	return Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
}

function unit(vector: Float32Array): Float32Array {
	const norm = Math.hypot(...vector);
	return vector.map((value) => value / norm);
}

/** Vectors around shared centres, as texts about the same things have. */
function clustered(count: number, dimensions: number, next: () => number): Float32Array[] {
	const draw = (): Float32Array => Float32Array.from({ length: dimensions }, () => gaussian(next));
	const centres = Array.from({ length: Math.ceil(count / 50) }, () => unit(draw()));
	return Array.from({ length: count }, (_, i) => noisy(centres[i % centres.length]!, 0.8, next));
}

function noisy(vector: Float32Array, noise: number, next: () => number): Float32Array {
	return unit(vector.map((value) => value + (noise * gaussian(next)) / Math.sqrt(vector.length)));
}

function exact(vectors: readonly Float32Array[], query: Float32Array, allowed: Uint8Array | null, k: number): number[] {
	return vectors
		.map((vector, slot) => ({ slot, score: vector.reduce((sum, value, i) => sum + value * query[i]!, 0) }))
		.filter(({ slot }) => allowed === null || allowed[slot] === 1)
		.sort((a, b) => b.score - a.score)
		.slice(0, k)
		.map(({ slot }) => slot);
}

// 40 dimensions: no multiple of 16 or 128; 20,000 slots: beyond the limit at which sign codes choose candidates.
for (const [count, dimensions] of [
	[3_000, 40],
	[20_000, 96],
] as const) {
	test(`the scan of ${count} vectors of ${dimensions} dimensions finds the exact neighbours, filtered or not`, () => {
		const next = random(count);
		const vectors = clustered(count, dimensions, next);
		const table = new VectorTable(dimensions);
		vectors.forEach((vector, slot) => table.set(slot, vector));
		const allowed = Uint8Array.from({ length: count }, () => (next() < 0.1 ? 1 : 0));
		for (const mask of [null, allowed]) {
			let found = 0;
			for (let i = 0; i < 20; i++) {
				const query = noisy(vectors[Math.floor(next() * count)]!, 0.6, next);
				const ours = table.search(query, 30, mask);
				assert.ok(mask === null || ours.every((slot) => mask[slot] === 1));
				found += exact(vectors, query, mask, 10).filter((slot) => ours.includes(slot)).length;
			}
			assert.ok(found / 200 >= 0.99, `recall ${found / 200}`);
		}
	});
}

test('scores differ from exact cosines by less than 0.01', () => {
	const next = random(5);
	const vectors = clustered(500, 64, next);
	const table = new VectorTable(64);
	vectors.forEach((vector, slot) => table.set(slot, vector));
	const query = noisy(vectors[3]!, 0.5, next);
	table.scores(query, [3, 7, 400]).forEach((score, i) => {
		const truth = vectors[[3, 7, 400][i]!]!.reduce((sum, value, j) => sum + value * query[j]!, 0);
		assert.ok(Math.abs(score - truth) < 0.01);
	});
});

test('a slot without a vector is never found, and moving slots keeps their vectors', () => {
	const next = random(9);
	const vectors = clustered(10, 16, next);
	const table = new VectorTable(16);
	vectors.forEach((vector, slot) => table.set(slot, slot === 4 ? null : vector));
	assert.ok(!table.search(vectors[4]!, 10, null).includes(4));
	table.move(7, 4);
	table.truncate(5);
	assert.equal(table.search(vectors[7]!, 1, null)[0], 4);
	assert.equal(table.count, 5);
});
