/** Model files run on this machine. `.ci/run` installs the two packages into `.cache/local-models/`, where it can. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Generator } from '../src/core/generator.ts';
import { KnowhowError } from '../src/core/error.ts';
import { openGgufGenerator } from '../src/models/gguf.ts';
import { openOnnxEmbedder, openOnnxReranker } from '../src/models/onnx.ts';
import { openGenerator } from '../src/models/open-generator.ts';
import { repository, temporaryFolder } from './run-program.ts';
import { contextTokens, writeTinyLanguageModel } from './tiny-gguf.ts';
import { tokensOf, vocabulary, writeTinyEmbedder, writeTinyReranker } from './tiny-onnx.ts';

const llama = '.cache/local-models/gguf/node_modules/node-llama-cpp/dist/index.js';
const transformers = '.cache/local-models/onnx/node_modules/@huggingface/transformers/dist/transformers.node.mjs';

/** Why a test is skipped, false when it is not. */
function absent(path: string): string | false {
	return existsSync(join(repository, path)) ? false : `needs ${path}`;
}

async function load(path: string): Promise<unknown> {
	return await import(pathToFileURL(join(repository, path)).href);
}

async function write(
	generator: Generator,
	maxTokens: number,
	signal?: AbortSignal,
): Promise<{ text: string; end: object }> {
	let text = '';
	for await (const event of generator.generate(question, { maxTokens, signal })) {
		if (event.type === 'generator-end') return { text, end: event };
		text += event.text;
	}
	throw new Error('no generator-end');
}

const question = [
	{ role: 'system', content: 'Answer.' },
	{ role: 'user', content: 'Hello' },
] as const;

const network = globalThis.fetch;
before(() => {
	globalThis.fetch = () => assert.fail('a local model reached for the network');
});
after(() => {
	globalThis.fetch = network;
});

describe('a GGUF model', () => {
	const options = { skip: absent(llama) };
	const settings = { load: async () => await load(llama) };

	test('streams, counts its tokens, and says the same to the same question', options, async () => {
		await using folder = await temporaryFolder();
		const path = join(folder.path, 'tiny.gguf');
		writeTinyLanguageModel(path);
		await using generator = await openGgufGenerator(path, settings);
		assert.deepEqual([generator.id, generator.contextTokens], ['gguf:tiny.gguf', contextTokens]);
		const [first, second] = await Promise.all([write(generator, 16), write(generator, 16)]);
		assert.ok(first.text.length > 0);
		assert.deepEqual(second, first);
		const { usage, reason } = first.end as { usage: { inputTokens: number; outputTokens: number }; reason: string };
		assert.ok(usage.outputTokens <= 16 && usage.inputTokens > 0);
		assert.equal(reason, usage.outputTokens === 16 ? 'length' : 'stop');
	});

	test('is stopped by a reader who leaves and by its signal, and works on afterwards', options, async () => {
		await using folder = await temporaryFolder();
		const path = join(folder.path, 'tiny.gguf');
		writeTinyLanguageModel(path);
		await using generator = await openGgufGenerator(path, settings);
		const whole = await write(generator, 16);
		for await (const event of generator.generate(question, { maxTokens: 400 })) {
			assert.equal(event.type, 'text-delta');
			break;
		}
		const controller = new AbortController();
		const { signal } = controller;
		let waiting: Promise<unknown> = Promise.resolve();
		const running = async () => {
			for await (const _ of generator.generate(question, { maxTokens: 400, signal })) {
				waiting = write(generator, 16, signal);
				waiting.catch(() => {});
				controller.abort();
			}
		};
		await assert.rejects(running, { code: 'cancelled' });
		await assert.rejects(waiting, { code: 'cancelled' });
		assert.deepEqual(await write(generator, 16), whole);
	});

	test('refuses a prompt that does not fit, and files that are none', options, async () => {
		await using folder = await temporaryFolder();
		const path = join(folder.path, 'tiny.gguf');
		writeTinyLanguageModel(path);
		await using generator = await openGgufGenerator(path, settings);
		await assert.rejects(write(generator, contextTokens), { code: 'context_too_long' });
		for (const broken of [Buffer.from('GGUF, but no more than this'), (await readFile(path)).subarray(0, 20_000)]) {
			await writeFile(path, broken);
			await assert.rejects(openGgufGenerator(path, settings), { code: 'unreadable_file' });
		}
	});
});

describe('an ONNX folder', () => {
	const options = { skip: absent(transformers) };
	const settings = { load: async () => await load(transformers) };
	const rows = Array.from(vocabulary.values(), (id) => [Math.sin(id), Math.cos(2 * id), Math.sin(3 * id + 1), id / 10]);

	test('embeds: the vectors are those of the same sum done by hand', options, async () => {
		await using folder = await temporaryFolder();
		writeTinyEmbedder(folder.path, rows);
		await using embedder = await openOnnxEmbedder(folder.path, { ...settings, model: 'tiny' });
		assert.equal(embedder.dimensions, 4);
		assert.match(embedder.space, /^tiny\/4\//);
		const texts = [...Array(20).keys()].map((at) =>
			'refund window late fee blue'
				.split(' ')
				.slice(0, 1 + (at % 5))
				.join(' '),
		);
		const vectors = await embedder.embed(texts, 'passage');
		for (const [at, text] of texts.entries()) close(vectors[at] ?? [], unit(mean(text)));
		assert.deepEqual(await embedder.embed([], 'query'), []);
		await assert.rejects(embedder.embed(texts, 'query', AbortSignal.abort()), { code: 'cancelled' });
	});

	test('is the same space again, elsewhere and under a known name', options, async () => {
		await using folder = await temporaryFolder();
		writeTinyEmbedder(folder.path, rows);
		await using first = await openOnnxEmbedder(folder.path, { ...settings, model: 'tiny' });
		await using again = await openOnnxEmbedder(folder.path, { ...settings, model: 'tiny', knownSpaces: [first.space] });
		assert.equal(again.space, first.space);
	});

	test('reads the pooling and the prefixes that sentence-transformers keeps beside it', options, async () => {
		await using folder = await temporaryFolder();
		writeTinyEmbedder(folder.path, rows);
		const prompts = JSON.stringify({ prompts: { query: 'blue ', document: '' } });
		await writeFile(join(folder.path, 'config_sentence_transformers.json'), prompts);
		await using embedder = await openOnnxEmbedder(folder.path, settings);
		const [query = []] = await embedder.embed(['refund'], 'query');
		close(query, unit(mean('blue refund')));
		await writeFile(join(folder.path, 'config_sentence_transformers.json'), '{"prompts":1}');
		await assert.rejects(openOnnxEmbedder(folder.path, settings), { code: 'unreadable_file' });
	});

	test('reranks: query and passage are read together', options, async () => {
		await using folder = await temporaryFolder();
		const weights = rows.map(([first]) => first as number);
		writeTinyReranker(folder.path, weights);
		await using reranker = await openOnnxReranker(folder.path, settings);
		const passages = ['refund window', 'blue', 'thirty days late', 'fee'];
		const scores = await reranker.score('refund', passages);
		for (const [at, passage] of passages.entries()) {
			const ids = [2, ...tokensOf('refund'), 3, ...tokensOf(passage), 3];
			close([scores[at] ?? 0], [ids.reduce((sum, id) => sum + (weights[id] ?? 0), 0)]);
		}
	});

	test('that is no model is a clear failure', options, async () => {
		await using folder = await temporaryFolder();
		await assert.rejects(openOnnxEmbedder(folder.path, settings), { code: 'not_found' });
		writeTinyEmbedder(folder.path, rows);
		await writeFile(join(folder.path, 'onnx', 'model.onnx'), 'no model');
		await assert.rejects(openOnnxEmbedder(folder.path, settings), { code: 'unreadable_file' });
	});

	function mean(text: string): number[] {
		const ids = [2, ...tokensOf(text), 3];
		return [0, 1, 2, 3].map((column) => ids.reduce((sum, id) => sum + (rows[id]?.[column] ?? 0), 0) / ids.length);
	}
});

describe('without its package', () => {
	test('a model file is an error with the line that installs it', async () => {
		await using folder = await temporaryFolder();
		const path = join(folder.path, 'tiny.gguf');
		writeTinyLanguageModel(path);
		writeTinyEmbedder(folder.path, [[1, 2, 3, 4]]);
		for (const [opening, line] of [
			[async () => await openGenerator(`gguf:${path}`, { env: {} }), /^npm install node-llama-cpp@3\.22\.1$/],
			[
				async () => await openOnnxEmbedder(folder.path),
				/^ONNXRUNTIME_NODE_INSTALL=skip npm install @huggingface\/transformers@4\.3\.1$/,
			],
		] as const) {
			await assert.rejects(opening, (error: unknown) => {
				assert.ok(error instanceof KnowhowError && error.code === 'not_found');
				assert.match(error.hint ?? '', line);
				return true;
			});
		}
		await assert.rejects(openGenerator('gguf:/nowhere/x.gguf', { env: {} }), { code: 'not_found' });
	});
});

function unit(vector: readonly number[]): number[] {
	const length = Math.hypot(...vector);
	return vector.map((value) => value / length);
}

function close(actual: Iterable<number>, expected: readonly number[]): void {
	const values = [...actual];
	assert.equal(values.length, expected.length);
	for (const [at, value] of values.entries())
		assert.ok(Math.abs(value - (expected[at] ?? 0)) < 1e-5, `${value} at ${at}`);
}
