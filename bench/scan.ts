/**
 * `node bench/scan.ts [-- --chunks 100000]`: the ways to find the 10 nearest of many vectors, kernels alone: exact floats, int8 codes of
 * all, and sign codes that choose candidates for int8; each with and without the best 60 scored again by their floats.
 */
import { parseArgs } from 'node:util';
import scanBytes from '../src/search/scan.wasm.ts';
import { top } from '../src/search/top.ts';
import { corpusFolder, dimensions, readQueries, readVectors } from './corpus.ts';
import { describeMachine, loadLine, machineLine, readLoad } from './machine.ts';
import { quantile } from './measure.ts';

type Kernel = Record<'dots' | 'dotsAt' | 'hamming' | 'collect', (...values: number[]) => number>;

const { values } = parseArgs({ options: { chunks: { type: 'string', default: '100000' } } });
const chunks = Number(values.chunks);
const corpus = corpusFolder(chunks);
const vectors = readVectors(corpus, 'chunks');
const queries = readQueries(corpus).slice(0, 200);
const queryVectors = readVectors(corpus, 'queries');
const load = readLoad();

const k = 10;
const rescored = 60;
const signBytes = dimensions / 8;
const queryAt = 0;
const signQueryAt = 4096;
const histogramAt = 8192;
const codesAt = 1 << 16;
const signsAt = codesAt + chunks * dimensions;
const scalesAt = signsAt + chunks * signBytes;
const scoresAt = scalesAt + chunks * 4;
const slotsAt = scoresAt + chunks * 4;
const distancesAt = slotsAt + chunks * 4;
const end = distancesAt + chunks * 2;
const memory = new WebAssembly.Memory({ initial: Math.ceil(end / 65_536) + 1, maximum: 65_536 });
const module = new WebAssembly.Module(Buffer.from(scanBytes, 'base64'));
const kernel = new WebAssembly.Instance(module, { env: { memory } }).exports as Kernel;
const bytes = new Uint8Array(memory.buffer);
const scales = new Float32Array(memory.buffer, scalesAt, chunks);
vectors.forEach((vector, i) => {
	scales[i] = writeCode(vector, new Int8Array(memory.buffer, codesAt + i * dimensions, dimensions));
	writeSigns(vector, signsAt + i * signBytes);
});

const counts = [100, 300, 1_000, 2_000, 5_000].filter((count) => count < chunks);
const ways: [string, (query: Float32Array) => number[]][] = [
	['floats, plain JavaScript', floats],
	['int8 of all', (query) => int8(query).slice(0, k)],
	[`int8 of all, ${rescored} rescored`, (query) => again(query, int8(query))],
	...counts.flatMap((count): [string, (query: Float32Array) => number[]][] => [
		[`signs, ${count} by int8`, (query) => signs(query, count).slice(0, k)],
		[`signs, ${count} by int8, ${rescored} rescored`, (query) => again(query, signs(query, count))],
	]),
];
console.log(
	`${chunks} vectors of ${dimensions} dimensions\n\n${machineLine(describeMachine())}\n${loadLine([load])}\n`,
);
console.log('| way | p50 ms | p95 ms | recall@10 |\n| --- | --: | --: | --: |');
for (const [name, search] of ways) {
	const times: number[] = [];
	let found = 0;
	for (const [i, { nearest }] of queries.entries()) {
		const began = performance.now();
		const result = search(queryVectors[i]!);
		times.push(performance.now() - began);
		found += result.filter((slot) => nearest.includes(slot)).length;
	}
	const recall = (found / (k * queries.length)).toFixed(4);
	console.log(`| ${name} | ${quantile(times, 0.5).toFixed(2)} | ${quantile(times, 0.95).toFixed(2)} | ${recall} |`);
}

function floats(query: Float32Array): number[] {
	const scores = new Float32Array(chunks);
	for (let i = 0; i < chunks; i++) scores[i] = dot(query, vectors[i]!);
	return top(scores, chunks, k, -Infinity);
}

function int8(query: Float32Array): number[] {
	writeQuery(query);
	kernel.dots(codesAt, dimensions, queryAt, chunks, scalesAt, 0, scoresAt);
	return top(new Float32Array(memory.buffer, scoresAt, chunks), chunks, rescored, -Infinity);
}

function signs(query: Float32Array, wanted: number): number[] {
	writeQuery(query);
	writeSigns(query, signQueryAt);
	const histogram = new Uint32Array(memory.buffer, histogramAt, dimensions + 1).fill(0);
	kernel.hamming(signsAt, signBytes, signQueryAt, chunks, 0, distancesAt, histogramAt);
	let limit = 0;
	for (let admitted = histogram[0]!; admitted < wanted; admitted += histogram[limit]!) limit++;
	const found = kernel.collect(distancesAt, chunks, limit, slotsAt);
	kernel.dotsAt(codesAt, dimensions, queryAt, slotsAt, found, scalesAt, scoresAt);
	const slots = new Uint32Array(memory.buffer, slotsAt, found);
	return top(new Float32Array(memory.buffer, scoresAt, found), found, rescored, -Infinity).map((at) => slots[at]!);
}

function again(query: Float32Array, slots: readonly number[]): number[] {
	return slots
		.map((slot) => ({ slot, score: dot(query, vectors[slot]!) }))
		.sort((a, b) => b.score - a.score)
		.slice(0, k)
		.map(({ slot }) => slot);
}

function dot(a: Float32Array, b: Float32Array): number {
	let sum = 0;
	for (let i = 0; i < dimensions; i++) sum += a[i]! * b[i]!;
	return sum;
}

function writeQuery(query: Float32Array): void {
	const code = new Int8Array(dimensions);
	writeCode(query, code);
	new Int16Array(memory.buffer, queryAt, dimensions).set(code);
}

function writeCode(vector: Float32Array, code: Int8Array): number {
	const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
	for (let i = 0; i < dimensions; i++) code[i] = Math.round((vector[i]! * 127) / largest);
	return largest / 127;
}

function writeSigns(vector: Float32Array, at: number): void {
	bytes.fill(0, at, at + signBytes);
	for (let i = 0; i < dimensions; i++) if (vector[i]! > 0) bytes[at + (i >> 3)]! |= 1 << (i & 7);
}
