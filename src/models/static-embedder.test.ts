import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import type { Embedder } from '../core/embedder.ts';
import { temporaryFolder } from '../../test/run-program.ts';
import { floatRows, tensor, tinyModel, tinyWords, writeModel2Vec, writeOwn } from '../../test/static-model.ts';
import { builtInFolder, openStaticEmbedder } from './static-embedder.ts';
import { exportStaticModel } from './static-export.ts';
import { tokenizerJson } from './tokenizer-file.ts';
import { WordPiece } from './wordpiece.ts';

const text = 'The refund window: 30 days. Payments, später; ü';
/** Float32 sums in another order differ in the last digits. */
const tolerance = 1e-6;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const at = (name: string): string => join(folder.path, name);
before(async () => {
	folder = await temporaryFolder();
});
after(async () => await folder[Symbol.asyncDispose]());

/** The mean by its definition, in float64: no kernel, no int8. */
function slowly(input: string, rows: Float32Array, vocabulary: readonly string[], dimensions: number): number[] {
	const ids = [...new WordPiece(vocabulary).encode(input)].filter((id) => vocabulary[id] !== '[UNK]');
	const width = rows.length / vocabulary.length;
	const sum = Array.from({ length: dimensions }, (_, i) => ids.reduce((total, id) => total + rows[id * width + i]!, 0));
	const length = Math.hypot(...sum);
	return sum.map((value) => value / length);
}

function assertClose(found: Float32Array, expected: ArrayLike<number>, allowed = tolerance): void {
	assert.equal(found.length, expected.length);
	found.forEach((value, i) =>
		assert.ok(Math.abs(value - expected[i]!) <= allowed, `[${i}] ${value}, not ${expected[i]}`),
	);
}

async function vectorOf(embedder: Embedder, input = text): Promise<Float32Array> {
	return (await embedder.embed([input], 'query'))[0]!;
}

describe('a static embedder', () => {
	for (const dimensions of [256, 64, 300, 7]) {
		test(`gives the mean of int8 rows with their scales (${dimensions} dimensions)`, async () => {
			const model = tinyModel(dimensions);
			await writeOwn(at(`own-${dimensions}`), model);
			const embedder = await openStaticEmbedder(at(`own-${dimensions}`));
			assert.equal(embedder.dimensions, dimensions);
			assertClose(await vectorOf(embedder), slowly(text, floatRows(model), tinyWords, dimensions));
		});
	}

	test('cuts vectors to their first dimensions and makes them unit length again, in a space of its own', async () => {
		const model = tinyModel(256);
		await writeOwn(at('cut'), model);
		const whole = await openStaticEmbedder(at('cut'));
		const spaces = new Set([whole.space]);
		for (const dimensions of [128, 64, 33]) {
			const embedder = await openStaticEmbedder(at('cut'), { dimensions });
			assertClose(await vectorOf(embedder), slowly(text, floatRows(model), tinyWords, dimensions));
			spaces.add(embedder.space);
		}
		assert.equal(spaces.size, 4);
		await assert.rejects(openStaticEmbedder(at('cut'), { dimensions: 257 }), { code: 'invalid_config' });
	});

	test('gives unit vectors and never NaN, whatever the text', async () => {
		await writeOwn(at('any'), tinyModel());
		const embedder = await openStaticEmbedder(at('any'));
		const last = Float32Array.from({ length: 64 }, (_, i) => (i === 63 ? 1 : 0));
		for (const nothing of ['', ' \n', '漢字', 'unknown words only', '[PAD]'.slice(1, 4)]) {
			assert.deepEqual(await vectorOf(embedder, nothing), last, JSON.stringify(nothing));
		}
		const words = fc.array(fc.constantFrom(...tinyWords, 'odd', '\u0301', ' '), { maxLength: 20 });
		const someText = fc.oneof(
			fc.string({ unit: 'binary' }),
			words.map((parts) => parts.join(' ')),
		);
		await fc.assert(
			fc.asyncProperty(someText, async (input) => {
				assert.ok(Math.abs(Math.hypot(...(await vectorOf(embedder, input))) - 1) < tolerance);
			}),
		);
	});

	test('unknown words, the order of words and texts beside it do not change a vector', async () => {
		await writeOwn(at('same'), tinyModel());
		const embedder = await openStaticEmbedder(at('same'));
		const [a, b, c] = await embedder.embed(['refund window', 'xyzzy window refund', 'days'], 'passage');
		assertClose(b!, a!);
		assertClose(await vectorOf(embedder, 'days'), c!, 0);
	});

	test('a text much longer than the kernel reads at once is pooled whole', async () => {
		const model = tinyModel();
		await writeOwn(at('long'), model);
		const long = 'refund the payments. '.repeat(3000) + 'window '.repeat(9000);
		assertClose(
			await vectorOf(await openStaticEmbedder(at('long')), long),
			slowly(long, floatRows(model), tinyWords, 64),
			1e-4,
		);
	});

	test('gives the vectors of many texts in their order, also twice at a time', async () => {
		await writeOwn(at('bulk'), tinyModel());
		const texts = Array.from({ length: 600 }, (_, i) => `${tinyWords[i % 12]} refund ${tinyWords[(i >> 3) % 12]} pays`);
		const embedder = await openStaticEmbedder(at('bulk'));
		const expected = await Promise.all(texts.map((one) => vectorOf(embedder, one)));
		const both = [texts, texts.toReversed()].map((some) => embedder.embed(some, 'passage'));
		assert.deepEqual(await Promise.all(both), [expected, expected.toReversed()]);
	});

	test('stops when the caller aborts, and gives other events a turn', async () => {
		await writeOwn(at('abort'), tinyModel());
		const embedder = await openStaticEmbedder(at('abort'));
		const controller = new AbortController();
		const embedding = embedder.embed(Array(20_000).fill('refund'), 'passage', controller.signal);
		setImmediate(() => controller.abort());
		await assert.rejects(embedding, { code: 'cancelled' });
		assert.equal((await embedder.embed(Array(900).fill('days'), 'passage')).length, 900);
		assert.deepEqual(await embedder.embed([], 'passage'), []);
	});
});

describe('folders of others', () => {
	const rows = 12;
	const numbers = floatRows(tinyModel(32));
	/** Such that their binary16 is exact. */
	const halves = Float32Array.from(numbers, (value) => Math.round(value * 64) / 64);

	test('Model2Vec with float32, float16 and int8 rows', async () => {
		const codes = Int8Array.from(numbers, (value) => Math.round(value * 80));
		for (const [dtype, stored, exact] of [
			['F32', numbers, numbers],
			['F16', Uint16Array.from(halves, toHalf), halves],
			['I8', codes, Float32Array.from(codes)],
		] as const) {
			await writeModel2Vec(at(`m2v-${dtype}`), tinyWords, { embeddings: tensor(dtype, [rows, 32], stored) });
			const embedder = await openStaticEmbedder(at(`m2v-${dtype}`));
			assertClose(await vectorOf(embedder), slowly(text, exact, tinyWords, 32));
			assert.match(embedder.id, new RegExp(`^m2v-${dtype}@[\\da-f]{8}$`));
		}
	});

	test('Model2Vec with weights of tokens and a mapping of tokens to rows', async () => {
		const mapping = [0, 1, 2, 2, 3, 4, 5, 5, 0, 6, 6, 3];
		const weights = mapping.map((_, i) => 0.25 + i / 8);
		await writeModel2Vec(at('m2v-mapped'), tinyWords, {
			embeddings: tensor('F32', [7, 32], numbers.slice(0, 7 * 32)),
			mapping: tensor('I64', [rows], BigInt64Array.from(mapping, BigInt)),
			weights: tensor('F64', [rows], Float64Array.from(weights)),
		});
		const spread = mapping.flatMap((row, token) =>
			Array.from(numbers.slice(row * 32, (row + 1) * 32), (value) => value * weights[token]!),
		);
		const embedder = await openStaticEmbedder(at('m2v-mapped'));
		assertClose(await vectorOf(embedder), slowly(text, Float32Array.from(spread), tinyWords, 32));
	});

	test('a StaticEmbedding folder of ours gives the vectors of the model that it was written from', async () => {
		await writeOwn(at('source'), tinyModel(96));
		await exportStaticModel(at('source'), at('exported'));
		const [own, exported] = [await openStaticEmbedder(at('source')), await openStaticEmbedder(at('exported'))];
		for (const input of [text, 'xyzzy refund xyzzy', '']) {
			assertClose(await vectorOf(exported, input), await vectorOf(own, input));
		}
		await assert.rejects(exportStaticModel(at('source'), at('exported')), { code: 'already_exists' });
	});

	test('another tokenizer, another module and a folder without a model are one clear error each', async () => {
		const embeddings = tensor('F32', [rows, 32], numbers);
		await writeModel2Vec(at('unigram'), tinyWords, { embeddings });
		const unigram = { ...tokenizerJson(tinyWords), model: { type: 'Unigram', vocab: [] } };
		await writeFile(join(at('unigram'), 'tokenizer.json'), JSON.stringify(unigram));
		await assert.rejects(openStaticEmbedder(at('unigram')), { code: 'unsupported_format', message: /Unigram/ });
		await mkdir(at('dense'));
		const types = ['StaticEmbedding', 'Dense'].map((type) => ({
			path: type,
			type: `sentence_transformers.models.${type}`,
		}));
		await writeFile(join(at('dense'), 'modules.json'), JSON.stringify(types));
		await assert.rejects(openStaticEmbedder(at('dense')), { code: 'unsupported_format', message: /Dense/ });
		await assert.rejects(openStaticEmbedder(at('nowhere')), { code: 'not_found' });
	});

	test('a changed, cut or missing file of ours is an error that names it', async () => {
		for (const [name, damage] of [
			['flipped', (bytes: Buffer) => bytes.fill(bytes.at(-1)! ^ 1, bytes.length - 1)],
			['cut', (bytes: Buffer) => bytes.subarray(0, bytes.length - 10)],
			['empty', () => Buffer.alloc(0)],
		] as const) {
			await writeOwn(at(`damaged-${name}`), tinyModel());
			const path = join(at(`damaged-${name}`), 'model.safetensors');
			await writeFile(path, damage(await readFile(path)));
			await assert.rejects(openStaticEmbedder(at(`damaged-${name}`)), {
				code: 'unreadable_file',
				message: /safetensors/,
			});
		}
	});
});

describe('the built-in embedder', () => {
	test('is whole, and puts a text nearer to its paraphrase than to another matter', async () => {
		const embedder = await openStaticEmbedder(builtInFolder, { name: 'built-in' });
		const [question, paraphrase, other] = await embedder.embed(
			['How do I get my money back?', 'Refunds are paid to the customer.', 'The cat sleeps on the warm roof.'],
			'passage',
		);
		assert.ok(dot(question!, paraphrase!) > dot(question!, other!) + 0.1);
		assert.equal(embedder.dimensions, 256);
	});
});

function dot(a: Float32Array, b: Float32Array): number {
	return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

/** IEEE 754 binary16 of a number that it holds exactly. */
function toHalf(value: number): number {
	if (value === 0) return 0;
	const exponent = Math.floor(Math.log2(Math.abs(value)));
	return (value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | ((Math.abs(value) / 2 ** exponent - 1) * 1024);
}
