import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import {
	type ModelScript,
	type Respond,
	chunk,
	recorded,
	recordedBody,
	startModelServer,
	toScript,
} from '../../test/model-server.ts';
import { KnowhowError } from '../core/error.ts';
import type { Generator, Message } from '../core/generator.ts';
import { type LanguageModel, createGenerator } from './language-model.ts';
import { type OpenGeneratorOptions, openGenerator } from './open-generator.ts';

const question: readonly Message[] = [
	{ role: 'system', content: 'Answer from the passages.' },
	{ role: 'user', content: 'What is the refund window?' },
];
const answer = 'Refunds are possible within 30 days [1].';

type Written = { readonly text: string; readonly reason: string; readonly usage: unknown };

async function write(generator: Generator, signal?: AbortSignal): Promise<Written> {
	let text = '';
	for await (const event of generator.generate(question, { signal })) {
		if (event.type === 'text-delta') text += event.text;
		else return { text, reason: event.reason, usage: event.usage };
	}
	throw new Error('no generator-end');
}

/** A server, and a generator on it that waits for nothing; `waits` has what it would have waited. */
async function serving(respond: Respond, options: Partial<OpenGeneratorOptions> = {}) {
	const server = await startModelServer(respond);
	const waits: number[] = [];
	const generator = await openGenerator(`${server.url}#llama3.2`, {
		env: {},
		random: () => 1,
		sleep: async (ms) => void waits.push(ms),
		...options,
	});
	return { server, generator, waits, [Symbol.asyncDispose]: async () => await server[Symbol.asyncDispose]() };
}

async function failure(promise: Promise<unknown>): Promise<KnowhowError> {
	const error = await promise.then(
		() => assert.fail('did not fail'),
		(thrown: unknown) => thrown,
	);
	assert.ok(error instanceof KnowhowError, String(error));
	return error;
}

async function failureOn(script: ModelScript, options: Partial<OpenGeneratorOptions> = {}): Promise<KnowhowError> {
	await using on = await serving(() => script, { retries: 0, ...options });
	return await failure(write(on.generator));
}

describe('a language model', () => {
	test('streams text, reason and usage from every shape of stream', async () => {
		const cases: [file: string, usage: unknown][] = [
			['openai-stream.sse', { inputTokens: 412, outputTokens: 9 }],
			['ollama-stream.sse', null],
			['openrouter-stream.sse', { inputTokens: 398, outputTokens: 9 }],
			['deepseek-thinking.sse', { inputTokens: 401, outputTokens: 21 }],
		];
		for (const [file, usage] of cases) {
			await using on = await serving(() => recorded(file));
			assert.deepEqual(await write(on.generator), { text: answer, reason: 'stop', usage }, file);
		}
	});

	test('sends the messages, the limit and temperature 0', async () => {
		await using on = await serving(() => 'Yes.');
		await write(on.generator);
		const { path, body, headers } = on.server.requests[0] ?? assert.fail();
		assert.equal(path, '/v1/chat/completions');
		assert.deepEqual(body.messages, question);
		assert.deepEqual([body.model, body.stream, body.max_tokens, body.temperature], ['llama3.2', true, 2048, 0]);
		assert.equal(headers.authorization, undefined);
	});

	test('is as it was named, without what may be secret', async () => {
		await using on = await serving(() => 'Yes.');
		assert.equal(on.generator.id, `${on.server.url}#llama3.2`);
		assert.equal(on.generator.contextTokens, 4096);
		const other = await openGenerator('https://models.example/v1/?api-key=planted#big', { env: {}, contextTokens: 99 });
		assert.deepEqual([other.id, other.contextTokens], ['https://models.example/v1#big', 99]);
	});

	test('says when the text is cut by its limit, and when the model or its filter declined', async () => {
		const cases: [file: string, written: Written][] = [
			[
				'openai-length.sse',
				{ text: 'Refunds are possible', reason: 'length', usage: { inputTokens: 412, outputTokens: 9 } },
			],
			['openai-filtered.sse', { text: 'I', reason: 'refusal', usage: null }],
			['openai-refusal.sse', { text: "I'm sorry, I can't help with that.", reason: 'refusal', usage: null }],
			['azure-400-filtered.json', { text: '', reason: 'refusal', usage: null }],
		];
		for (const [file, written] of cases) {
			await using on = await serving(() => recorded(file));
			assert.deepEqual(await write(on.generator), written, file);
		}
	});

	test('that writes on beyond its limit is left, and what it wrote counts as cut', async () => {
		const words = chunk('llama3.2', { content: 'on and '.repeat(1000) });
		await using on = await serving(() => ({ pieces: Array.from({ length: 20 }, () => words), end: 'hang' }));
		const { text, reason } = await write(on.generator);
		assert.equal(reason, 'length');
		assert.equal(text.length, 10 * 7000, 'the first piece beyond 2,048 tokens of 32 units is the last');
	});

	test('that spends its whole limit on thinking is an error that says so', async () => {
		const error = await failureOn(recorded('openai-all-thinking.sse'));
		assert.equal(error.code, 'generator_failed');
		assert.match(`${error.message} ${error.hint}`, /2048 tokens.*thinking/);
	});

	test('waits as long as Retry-After says, then goes on', async () => {
		await using on = await serving(({ number }) => {
			if (number === 1) return recorded('openai-429.json', { 'retry-after': '7' });
			if (number === 2) return recorded('openai-500.json');
			return number === 3 ? { end: 'cut' } : 'Here again.';
		});
		assert.equal((await write(on.generator)).text, 'Here again.');
		assert.deepEqual(on.waits, [7000, 1000, 2000]);
	});

	test('gives up after its retries, and at once when told to wait too long or for ever', async () => {
		await using limited = await serving(() => recorded('openai-429.json'), { retries: 2 });
		const error = await failure(write(limited.generator));
		assert.equal(error.code, 'generator_limited');
		assert.match(error.message, /429 \(Rate limit reached/);
		assert.equal(limited.server.requests.length, 3);
		const hopeless = [
			recorded('openai-429.json', { 'retry-after': '3600' }),
			recorded('openai-429-quota.json'),
			recorded('openrouter-402.json'),
		];
		for (const script of hopeless) {
			await using on = await serving(() => script);
			assert.equal((await failure(write(on.generator))).code, 'generator_limited');
			assert.equal(on.server.requests.length, 1);
		}
	});

	test('that breaks off is an error and not a short answer, and is not asked twice', async () => {
		const begun = chunk('m', { content: 'Refunds ' });
		const scripts: ModelScript[] = [
			{ pieces: [begun, 'data: {"id":"chatcmpl-1","choices":[{"ind'], end: 'cut' },
			{ pieces: [begun, 'data: {"id":"chatcmpl-1","choices":[{"ind'] },
			{ pieces: [begun] },
			{ pieces: [begun, 'data: [DONE]\n\n'] },
			recorded('openrouter-error-midway.sse'),
		];
		for (const [at, script] of scripts.entries()) {
			await using on = await serving(() => script);
			let text = '';
			const reading = async () => {
				for await (const event of on.generator.generate(question)) {
					assert.equal(event.type, 'text-delta', `script ${at}`);
					text += event.type === 'text-delta' ? event.text : '';
				}
			};
			assert.equal((await failure(reading())).code, 'generator_failed', `script ${at}`);
			assert.match(text, /^Refunds /);
			assert.equal(on.server.requests.length, 1, `script ${at}`);
		}
	});

	test('that answers with something else is a clear failure', async () => {
		for (const script of [recorded('login-page.html'), { pieces: ['data: hello\n\n'] }, { pieces: [] }]) {
			const error = await failureOn(script);
			assert.equal(error.code, 'generator_failed');
			assert.match(error.hint ?? '', /\/v1/);
		}
	});

	test('that stays silent is given up, before its first word and after', async () => {
		for (const pieces of [[], [chunk('m', { content: 'Refunds ' })]]) {
			const error = await failureOn({ pieces, end: 'hang' }, { timeoutMs: 30 });
			assert.equal(error.code, 'generator_failed');
			assert.match(error.message, /silent for 0\.03 s/);
		}
	});

	test('stops at once when it is cancelled: before, during the first word, and in the middle', async () => {
		const before = AbortSignal.abort();
		await using silent = await serving(() => ({ end: 'hang' }));
		assert.equal((await failure(write(silent.generator, before))).code, 'cancelled');
		assert.equal(silent.server.requests.length, 0);

		const controller = new AbortController();
		await using slow = await serving(() => {
			setImmediate(() => controller.abort());
			return { pieces: [chunk('m', { content: 'Refunds ' })], end: 'hang' };
		});
		assert.equal((await failure(write(slow.generator, controller.signal))).code, 'cancelled');
		await slow.server.left(1);
	});

	test('a reader that leaves ends the call', async () => {
		await using on = await serving(() => ({ pieces: [chunk('m', { content: 'Refunds ' })], end: 'hang' }));
		for await (const event of on.generator.generate(question)) {
			assert.equal(event.type, 'text-delta');
			break;
		}
		await on.server.left(1);
	});

	test('a prompt that is too long is its own error', async () => {
		for (const file of ['openai-400-too-long.json', 'llamacpp-400-too-long.json', 'anthropic-400-too-long.json']) {
			const error = await failureOn(recorded(file));
			assert.equal(error.code, 'context_too_long', file);
			assert.match(error.hint ?? '', /4096 tokens.*modelContextTokens/);
		}
	});

	test('that takes no temperature is asked without one, from then on', async () => {
		await using on = await serving(({ body }) =>
			body.temperature === undefined ? 'Yes.' : recorded('openai-400-temperature.json'),
		);
		assert.equal((await write(on.generator)).text, 'Yes.');
		assert.equal((await write(on.generator)).text, 'Yes.');
		assert.deepEqual(
			on.server.requests.map(({ body }) => body.temperature),
			[0, undefined, undefined],
		);
		assert.deepEqual(on.waits, []);
	});

	test('a wrong key or name gets a hint that names the variable, and no error holds the key or the prompt', async () => {
		const key = 'sk-planted-0001';
		const echo = { status: 400, pieces: [`{"error":{"message":"Bad header: Bearer ${key}"}}`] };
		for (const script of [recorded('openai-401.json'), recorded('openai-404.json'), echo, { end: 'cut' } as const]) {
			const error = await failureOn(script, { env: { MY_KEY: key }, keyVariable: 'MY_KEY' });
			assert.equal(error.code, 'generator_failed');
			const everything = [
				error.stack,
				error.hint,
				JSON.stringify(error.details),
				String(error.cause),
				inspectAll(error),
			];
			assert.doesNotMatch(everything.join('\n'), /planted|refund window/);
			if (script.status === 401) assert.match(error.hint ?? '', /MY_KEY/);
		}
		assert.match((await failureOn(recorded('openai-401.json'))).hint ?? '', /modelKeyVariable/);
	});

	test('a server that is not there, or sends the call elsewhere, is a clear failure', async () => {
		const absent = await openGenerator('http://127.0.0.1:9/v1#x', { env: {}, retries: 0 });
		assert.match((await failure(write(absent))).message, /127\.0\.0\.1:9.*could not be reached/);
		await using elsewhere = await startModelServer(() => 'Leaked.');
		const location = `${elsewhere.url}/chat/completions`;
		for (const status of [301, 307, 308]) {
			const error = await failureOn({ status, headers: { location } });
			assert.match(error.message, /another address/);
		}
		assert.equal(elsewhere.requests.length, 0);
	});

	test('any AI SDK model object will do, of each version of its specification, and no name', async () => {
		await using on = await serving(() => 'Yes.');
		const provider = createOpenAICompatible({ name: 'mine', baseURL: on.server.url });
		const generator = createGenerator(provider('gpt-4o'));
		assert.deepEqual([generator.id, generator.contextTokens], ['mine/gpt-4o', 128_000]);
		assert.equal((await write(generator)).text, 'Yes.');

		const finishes = [
			{ finishReason: 'stop', usage: { inputTokens: 3, outputTokens: 1, totalTokens: 4 } },
			{ finishReason: { unified: 'stop' }, usage: { inputTokens: { total: 3 }, outputTokens: { total: 1 } } },
		];
		for (const finish of finishes) {
			const parts = [
				{ type: 'stream-start', warnings: [] },
				{ type: 'text-delta', id: '0', delta: 'Yes.' },
			];
			const model: LanguageModel = {
				provider: 'fake.chat',
				modelId: 'm',
				doStream: async () => ({ stream: ReadableStream.from([...parts, { type: 'finish', ...finish }]) }),
			};
			const written = await write(createGenerator(model));
			assert.deepEqual(written, { text: 'Yes.', reason: 'stop', usage: { inputTokens: 3, outputTokens: 1 } });
		}
		for (const wrong of ['openai/gpt-4o', null, {}]) {
			assert.throws(() => createGenerator(wrong as unknown as LanguageModel), { code: 'invalid_argument' });
		}
	});

	test('Anthropic’s own package streams, breaks off and refuses in the same words', async () => {
		const env = { ANTHROPIC_API_KEY: 'sk-ant-planted' };
		const through = async (file: string): Promise<Generator> => {
			const { status = 200, headers = {} } = recorded(file);
			const fetch = async () => new Response(recordedBody(file), { status, headers });
			return await openGenerator('anthropic/claude-haiku-4-5', { env, fetch, retries: 0 });
		};
		const generator = await through('anthropic-stream.sse');
		assert.deepEqual([generator.id, generator.contextTokens], ['anthropic/claude-haiku-4-5', 200_000]);
		const usage = { inputTokens: 420, outputTokens: 12 };
		assert.deepEqual(await write(generator), { text: answer, reason: 'stop', usage });
		const codes: [file: string, code: string][] = [
			['anthropic-overloaded-midway.sse', 'generator_failed'],
			['anthropic-400-too-long.json', 'context_too_long'],
			['openai-401.json', 'generator_failed'],
		];
		for (const [file, code] of codes) {
			const error = await failure(write(await through(file)));
			assert.equal(error.code, code, file);
			assert.doesNotMatch(inspectAll(error), /planted/);
		}
	});

	test('a model that ignores its signal cannot hold a caller', async () => {
		const controller = new AbortController();
		const model: LanguageModel = {
			provider: 'deaf',
			modelId: 'm',
			doStream: async () => await new Promise(() => setImmediate(() => controller.abort())),
		};
		assert.equal((await failure(write(createGenerator(model), controller.signal))).code, 'cancelled');
	});

	test('the time that a reader takes is not the model’s silence', async () => {
		await using on = await serving(() => toScript('one two three'), { timeoutMs: 40 });
		let text = '';
		for await (const event of on.generator.generate(question)) {
			await new Promise((resolve) => setTimeout(resolve, 60));
			if (event.type === 'text-delta') text += event.text;
		}
		assert.equal(text, 'one two three');
	});
});

/** What a log of the error would print, hidden properties and causes included. */
function inspectAll(error: Error): string {
	const seen: unknown[] = [];
	for (let at: unknown = error; at instanceof Error; at = at.cause) {
		seen.push(...Object.getOwnPropertyNames(at).map((name) => (at as unknown as Record<string, unknown>)[name]));
	}
	return seen.map(String).join('\n');
}
