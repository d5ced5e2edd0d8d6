import { AdamW } from '../src/models/nn/adamw.ts';
import { Arena } from '../src/models/nn/arena.ts';
import { type Bag, BagTable } from '../src/models/nn/bag-table.ts';
import { InfoNce } from '../src/models/nn/info-nce.ts';
import { multiply } from '../src/models/nn/matrix.ts';
import { randomNumbers } from '../src/models/nn/random.ts';

/** Rounds measured; the best one counts, since others share the machine. */
const rounds = 15;

/** What one core does: a product of matrices, steps of a query adapter, pairs of table tuning. */
export function kernelSpeeds(): { gflops: number; adapterStepsPerSecond: number; tablePairsPerSecond: number } {
	const speeds = { gflops: gflops(), adapterStepsPerSecond: adapterSteps(), tablePairsPerSecond: tablePairs() };
	console.log('kernels', JSON.stringify(speeds));
	return speeds;
}

/** (128 × 384) · (384 × 384) */
function gflops(): number {
	const [rows, width] = [128, 384];
	const arena = new Arena(2 * rows * width + width * width + 64);
	const [a, b, out] = [arena.floats(rows * width), arena.floats(width * width), arena.floats(rows * width)];
	fill(a, 1);
	fill(b, 2);
	return (
		(2 * rows * width * width) / best(() => multiply(arena, a, b, out, { rows, columns: width, inner: width })) / 1e9
	);
}

/** Query · W (384 × 384), InfoNCE with in-batch negatives at batch 128, gradient, AdamW. */
function adapterSteps(): number {
	const shape = { batch: 128, passages: 128, dimensions: 384, temperature: 0.05 };
	const { batch, dimensions } = shape;
	const size = dimensions * dimensions;
	const arena = new Arena(InfoNce.floats(shape) + AdamW.floats(size) + 2 * batch * dimensions + 64);
	const nce = new InfoNce(arena, shape);
	const adapter = new AdamW(arena, size);
	const queries = arena.floats(batch * dimensions);
	const passages = new Float32Array(batch * dimensions);
	fill(queries, 3);
	fill(passages, 4);
	for (let i = 0; i < dimensions; i++) adapter.weights[i * dimensions + i] = 1;
	let step = 0;
	const seconds = best(() => {
		nce.passages.set(passages);
		multiply(arena, queries, adapter.weights, nce.queries, { rows: batch, columns: dimensions, inner: dimensions });
		nce.loss();
		nce.backward(batch, batch, { forPassages: false });
		const back = { rows: dimensions, columns: dimensions, inner: batch, isTransposed: true };
		multiply(arena, queries, nce.queryGradient, adapter.gradient, back);
		adapter.step(++step, 1e-3);
	});
	return 1 / seconds;
}

/** A table of 30,000 × 256: queries of 16 tokens, passages of 180, batch 128, Adagrad on the rows touched. */
function tablePairs(): number {
	const shape = { batch: 128, passages: 128, dimensions: 256, temperature: 0.05 };
	const { batch, dimensions } = shape;
	const rows = 30_000;
	const arena = new Arena(BagTable.floats(rows, dimensions) + InfoNce.floats(shape) + 64);
	const table = new BagTable(arena, rows, dimensions);
	const nce = new InfoNce(arena, shape);
	fill(table.rows, 5);
	const random = randomNumbers(6);
	// By Zipf's law, as in a text: the id's logarithm is uniform.
	const bagOf = (length: number): Bag => ({
		ids: Uint32Array.from({ length }, () => Math.floor(rows ** random()) - 1),
		weights: new Float32Array(length).fill(1),
	});
	const queries = Array.from({ length: batch }, () => bagOf(16));
	const passages = Array.from({ length: batch }, () => bagOf(180));
	const seconds = best(() => {
		nce.queries.fill(0);
		nce.passages.fill(0);
		queries.forEach((bag, i) => table.gather(bag, nce.queries.subarray(i * dimensions, (i + 1) * dimensions)));
		passages.forEach((bag, i) => table.gather(bag, nce.passages.subarray(i * dimensions, (i + 1) * dimensions)));
		nce.loss();
		nce.backward();
		queries.forEach((bag, i) => table.scatter(bag, nce.queryGradient.subarray(i * dimensions, (i + 1) * dimensions)));
		passages.forEach((bag, i) =>
			table.scatter(bag, nce.passageGradient.subarray(i * dimensions, (i + 1) * dimensions)),
		);
		table.step(0.01);
	});
	return batch / seconds;
}

/** Seconds of one call, the best of several rounds of five. */
function best(run: () => void): number {
	let least = Infinity;
	for (let round = 0; round < rounds; round++) {
		const began = performance.now();
		for (let i = 0; i < 5; i++) run();
		least = Math.min(least, (performance.now() - began) / 5000);
	}
	return least;
}

function fill(numbers: Float32Array, seed: number): void {
	const random = randomNumbers(seed);
	for (let i = 0; i < numbers.length; i++) numbers[i] = random() - 0.5;
}
