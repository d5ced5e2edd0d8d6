import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AdamW } from './adamw.ts';
import { Arena, padded } from './arena.ts';
import { type Bag, BagTable } from './bag-table.ts';
import { bestTagging, chainLoss } from './chain.ts';
import { InfoNce } from './info-nce.ts';
import { multiply, transpose } from './matrix.ts';
import { randomNumbers, shuffled } from './random.ts';
import { crossEntropy, softmax } from './softmax.ts';

function randomFloats(length: number, seed: number): Float32Array {
	const random = randomNumbers(seed);
	return Float32Array.from({ length }, () => random() - 0.5);
}

/** |a − b| / |b| */
function relativeError(a: readonly number[], b: readonly number[]): number {
	return Math.hypot(...a.map((x, i) => x - b[i]!)) / Math.hypot(...b);
}

/** Central differences of `loss` at some places of `at`, in float32; errors near 1e-3 are rounding. */
function differences(at: Float32Array, places: readonly number[], loss: () => number, step = 5e-3): number[] {
	return places.map((i) => {
		const kept = at[i]!;
		at[i] = kept + step;
		const up = loss();
		at[i] = kept - step;
		const down = loss();
		at[i] = kept;
		return (up - down) / (2 * step);
	});
}

describe('matrix kernels', () => {
	for (const [rows, columns, inner] of [
		[1, 8, 1],
		[5, 16, 7],
		[6, 8, 3],
		[13, 40, 24],
	] as const) {
		test(`a product of ${rows}×${inner} and ${inner}×${columns} is what the definition says, A stored either way`, () => {
			const arena = new Arena(2 * rows * inner + inner * columns + rows * columns + 256);
			const [a, across, b, out] = [rows * inner, rows * inner, inner * columns, rows * columns].map((n) =>
				arena.floats(n),
			) as [Float32Array, Float32Array, Float32Array, Float32Array];
			a.set(randomFloats(a.length, 1));
			b.set(randomFloats(b.length, 2));
			transpose(a, across, rows, inner);
			for (const isTransposed of [false, true]) {
				multiply(arena, isTransposed ? across : a, b, out, { rows, columns, inner, isTransposed });
				for (let i = 0; i < rows; i++) {
					for (let j = 0; j < columns; j++) {
						let sum = 0;
						for (let k = 0; k < inner; k++) sum += a[i * inner + k]! * b[k * columns + j]!;
						assert.ok(Math.abs(out[i * columns + j]! - sum) < 1e-5, `${i}, ${j}`);
					}
				}
			}
		});
	}

	test('an arena that is full says so', () => {
		const arena = new Arena(16);
		assert.throws(() => arena.floats(1 << 20), RangeError);
	});
});

describe('softmax and cross entropy', () => {
	test('probabilities sum to 1, for scores that would overflow too', () => {
		const scores = Float32Array.of(1000, 1001, -1000, 0);
		softmax(scores, 4);
		assert.ok(Math.abs(scores.reduce((sum, p) => sum + p, 0) - 1) < 1e-6);
	});

	test('the gradient is that of finite differences', () => {
		const scores = randomFloats(8, 3);
		const places = [0, 1, 2, 3, 4];
		const numeric = differences(scores, places, () => crossEntropy(scores.slice(), 5, 2, 1));
		const analytic = scores.slice();
		crossEntropy(analytic, 5, 2, 1);
		assert.ok(
			relativeError(
				places.map((i) => analytic[i]!),
				numeric,
			) < 5e-3,
		);
		assert.deepEqual([...analytic.subarray(5)], [0, 0, 0]);
	});
});

describe('tables of bags', () => {
	const bag: Bag = { ids: Uint32Array.of(3, 1, 3), weights: Float32Array.of(0.5, 2, 1) };

	test('a sum is weighted and counts an id as often as it comes; its gradient goes to the same rows', () => {
		for (const width of [5, 16, 21, 40]) {
			const arena = new Arena(BagTable.floats(4, width) + 2 * padded(width) + 128);
			const table = new BagTable(arena, 4, width);
			table.rows.set(randomFloats(table.rows.length, 4));
			const out = arena.floats(table.stride);
			table.gather(bag, out);
			for (let j = 0; j < table.stride; j++) {
				const expected = 1.5 * table.rows[3 * table.stride + j]! + 2 * table.rows[table.stride + j]!;
				assert.ok(Math.abs(out[j]! - expected) < 1e-5);
			}
			table.scatter(bag, out);
			for (let j = 0; j < table.stride; j++) {
				assert.ok(Math.abs(table.gradientOf(3)[j]! - 1.5 * out[j]!) < 1e-5);
				assert.equal(table.gradientOf(0)[j], 0);
			}
		}
	});

	test('a step is Adagrad’s on the rows with a gradient, which it forgets', () => {
		const arena = new Arena(BagTable.floats(4, 8) + 128);
		const table = new BagTable(arena, 4, 8);
		const gradient = arena.floats(8).fill(2);
		table.scatter(bag, gradient);
		table.step(0.1);
		// The mean square of a constant gradient is its square, so the first step is the rate.
		assert.ok(Math.abs(table.rows[8]! + 0.1) < 1e-6 && Math.abs(table.rows[3 * 8]! + 0.1) < 1e-6);
		assert.equal(table.rows[0], 0);
		assert.ok(table.gradientOf(1).every((slope) => slope === 0));
	});
});

test('AdamW steps as its algorithm says', () => {
	const adam = new AdamW(new Arena(AdamW.floats(8)), 8);
	const [w, m, v] = [randomFloats(8, 5), new Float64Array(8), new Float64Array(8)];
	adam.weights.set(w);
	const expected = Float64Array.from(w);
	for (let step = 1; step <= 3; step++) {
		const gradient = randomFloats(8, 5 + step);
		adam.gradient.set(gradient);
		adam.step(step, 0.01, 0.1);
		for (let i = 0; i < 8; i++) {
			m[i] = 0.9 * m[i]! + 0.1 * gradient[i]!;
			v[i] = 0.999 * v[i]! + 0.001 * gradient[i]! ** 2;
			const update = m[i]! / (1 - 0.9 ** step) / (Math.sqrt(v[i]! / (1 - 0.999 ** step)) + 1e-8);
			expected[i]! -= 0.01 * (update + 0.1 * expected[i]!);
		}
	}
	for (let i = 0; i < 8; i++) assert.ok(Math.abs(adam.weights[i]! - expected[i]!) < 1e-5);
	assert.ok(adam.gradient.every((slope) => slope === 0));
});

describe('InfoNCE', () => {
	const shape = { batch: 6, passages: 16, dimensions: 8, temperature: 0.5 };
	const queries = randomFloats(6 * 8, 7);
	const passages = randomFloats(16 * 8, 8);

	function lossOf(nce: InfoNce, count: number, among: number): number {
		nce.queries.set(queries);
		nce.passages.set(passages);
		return nce.loss(count, among);
	}

	for (const [count, among] of [
		[6, 16],
		[5, 9],
	] as const) {
		test(`gradients of ${count} queries against ${among} passages are those of finite differences`, () => {
			const nce = new InfoNce(new Arena(InfoNce.floats(shape)), shape);
			lossOf(nce, count, among);
			nce.backward(count, among);
			const [forQueries, forPassages] = [nce.queryGradient.slice(), nce.passageGradient.slice()];
			const loss = (): number => lossOf(nce, count, among);
			const queryPlaces = Array.from({ length: count * 8 }, (_, i) => i);
			const passagePlaces = Array.from({ length: among * 8 }, (_, i) => i);
			const a = differences(queries, queryPlaces, loss);
			const b = differences(passages, passagePlaces, loss);
			assert.ok(
				relativeError(
					queryPlaces.map((i) => forQueries[i]!),
					a,
				) < 5e-3,
			);
			assert.ok(
				relativeError(
					passagePlaces.map((i) => forPassages[i]!),
					b,
				) < 5e-3,
			);
		});
	}

	test('the loss is the mean cross entropy of the cosines, written plainly', () => {
		const nce = new InfoNce(new Arena(InfoNce.floats(shape)), shape);
		const found = lossOf(nce, 6, 16);
		const row = (from: Float32Array, i: number): number[] => [...from.subarray(i * 8, (i + 1) * 8)];
		const cosine = (a: number[], b: number[]): number =>
			a.reduce((sum, x, i) => sum + x * b[i]!, 0) / Math.hypot(...a) / Math.hypot(...b);
		let expected = 0;
		for (let i = 0; i < 6; i++) {
			const scores = Array.from({ length: 16 }, (_, j) => cosine(row(queries, i), row(passages, j)) / 0.5);
			expected += (Math.log(scores.reduce((sum, s) => sum + Math.exp(s), 0)) - scores[i]!) / 6;
		}
		assert.ok(Math.abs(found - expected) < 1e-5);
	});
});

describe('the linear chain', () => {
	const tags = 4;
	const active = [0, 1, 3];
	const gold = [1, 0, 3, 3, 1];
	const transitions = randomFloats((tags + 1) * tags, 9);
	const scores = randomFloats(gold.length * tags, 10);
	const chain = { tags, transitions };

	/** Every tagging with its score. */
	function* taggings(
		length: number,
		before: number[] = [],
		score = 0,
	): Generator<{ tagging: number[]; score: number }> {
		if (before.length === length) {
			yield { tagging: before, score };
			return;
		}
		for (const tag of active) {
			const step = transitions[(before.at(-1) ?? tags) * tags + tag]! + scores[before.length * tags + tag]!;
			yield* taggings(length, [...before, tag], score + step);
		}
	}

	function loss(): number {
		const lattice = { length: gold.length, stride: tags, scores: scores.slice(), active };
		return chainLoss(chain, lattice, gold, new Float32Array(transitions.length));
	}

	test('the loss is −log of the share of the gold tagging among all taggings', () => {
		const all = [...taggings(gold.length)];
		const right = all.find(({ tagging }) => tagging.join() === gold.join())!;
		const expected = Math.log(all.reduce((sum, { score }) => sum + Math.exp(score), 0)) - right.score;
		assert.ok(Math.abs(loss() - expected) < 1e-5);
	});

	test('gradients of scores and transitions are those of finite differences', () => {
		const lattice = { length: gold.length, stride: tags, scores: scores.slice(), active };
		const gradient = new Float32Array(transitions.length);
		chainLoss(chain, lattice, gold, gradient);
		const places = [...scores.keys()].filter((i) => active.includes(i % tags));
		assert.ok(
			relativeError(
				places.map((i) => lattice.scores[i]!),
				differences(scores, places, loss),
			) < 5e-3,
		);
		const all = [...transitions.keys()];
		assert.ok(relativeError([...gradient], differences(transitions, all, loss)) < 5e-3);
	});

	test('Viterbi finds the tagging with the highest score', () => {
		const best = [...taggings(gold.length)].reduce((a, b) => (b.score > a.score ? b : a));
		assert.deepEqual(bestTagging(chain, { length: gold.length, stride: tags, scores, active }), best.tagging);
	});
});

test('random numbers are the same for the same seeds and differ for others', () => {
	const draw = (...seeds: number[]): number[] => Array.from({ length: 3 }, randomNumbers(...seeds));
	assert.deepEqual(draw(1, 2), draw(1, 2));
	assert.notDeepEqual(draw(1, 2), draw(2, 1));
	assert.deepEqual(shuffled(9, randomNumbers(1)).toSorted(), Uint32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8));
});
