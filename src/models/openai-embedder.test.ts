import assert from 'node:assert/strict';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { KnowhowError } from '../core/error.ts';
import { isSameModel } from './fingerprint.ts';
import { type OpenAIEmbedderOptions, createOpenAIEmbedder } from './openai-embedder.ts';

type Request = { readonly headers: IncomingMessage['headers']; readonly body: Body };
type Body = { model: string; input: string[]; encoding_format?: string; dimensions?: number };
type Reply = (response: ServerResponse, request: Request, count: number) => void;

/** A real HTTP server on this machine; `reply` gets each request with its number, counted from 1. */
async function serve(reply: Reply): Promise<AsyncDisposable & { url: string; requests: Request[] }> {
	const requests: Request[] = [];
	const server = createServer((incoming, response) => {
		let text = '';
		incoming.setEncoding('utf8').on('data', (part: string) => (text += part));
		incoming.on('end', () => {
			const request = { headers: incoming.headers, body: JSON.parse(text) as Body };
			requests.push(request);
			reply(response, request, requests.length);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
		requests,
		[Symbol.asyncDispose]: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

/** Something a model could say about a text: 48 numbers that depend on every character. */
function vectorOf(text: string, model = 1): number[] {
	return Array.from({ length: 48 }, (_, at) =>
		text
			.split('')
			.reduce((sum, letter, position) => sum + Math.sin(letter.charCodeAt(0) * (at + model) + position), 0.1),
	);
}

/** The shape of OpenAI's answer, with the extra keys it has; `format` is what the request asked for. */
function answer(vectors: readonly number[][], format: string | undefined): string {
	return JSON.stringify({
		object: 'list',
		data: vectors.map((vector, index) => ({
			object: 'embedding',
			index,
			embedding: format === 'base64' ? Buffer.from(Float32Array.from(vector).buffer).toString('base64') : vector,
		})),
		model: 'text-embedding-3-small',
		usage: { prompt_tokens: 8, total_tokens: 8 },
	});
}

/** A server that embeds each text so. */
function serving(embed: (text: string) => number[]): Reply {
	return (response, { body }) => void response.end(answer(body.input.map(embed), body.encoding_format));
}

const honest = serving((text) => vectorOf(text));

/** The probe is answered, then `reply` takes over; its count begins with 1. */
function afterProbe(reply: Reply): Reply {
	return (response, request, count) =>
		count === 1 ? honest(response, request, count) : reply(response, request, count - 1);
}

function refuse(response: ServerResponse, status: number, message: string, headers: Record<string, string> = {}): void {
	response.writeHead(status, { 'content-type': 'application/json', ...headers });
	response.end(JSON.stringify({ error: { message, type: 'invalid_request_error', param: null, code: null } }));
}

const options: Omit<OpenAIEmbedderOptions, 'url'> = {
	model: 'text-embedding-3-small',
	sleep: async () => {},
	random: () => 1,
};

function failsWith(code: string, pattern: RegExp) {
	return (error: unknown) => {
		assert.ok(error instanceof KnowhowError, String(error));
		assert.equal(error.code, code);
		assert.match(error.message, pattern);
		return true;
	};
}

describe('the OpenAI-compatible embedder', () => {
	test('asks for base64 and returns unit vectors in order', async () => {
		await using server = await serve(honest);
		const embedder = await createOpenAIEmbedder({ ...options, url: server.url, key: 'sk-test-1' });
		const vectors = await embedder.embed(['a refund', 'an invoice'], 'passage');
		assert.equal(embedder.dimensions, 48);
		assert.equal(server.requests[1]?.body.encoding_format, 'base64');
		assert.equal(server.requests[1]?.headers.authorization, 'Bearer sk-test-1');
		for (const [at, text] of ['a refund', 'an invoice'].entries()) {
			const expected = vectorOf(text);
			const length = Math.hypot(...expected);
			for (const [slot, value] of (vectors[at] as Float32Array).entries()) {
				assert.ok(Math.abs(value - (expected[slot] as number) / length) < 1e-6);
			}
		}
	});

	test('takes arrays of numbers and answers out of order', async () => {
		await using server = await serve((response, { body }) => {
			const { data } = JSON.parse(
				answer(
					body.input.map((text) => vectorOf(text)),
					'float',
				),
			) as { data: unknown[] };
			response.end(JSON.stringify({ data: data.reverse() }));
		});
		const embedder = await createOpenAIEmbedder({ ...options, url: server.url });
		const [first] = await embedder.embed(['a refund', 'an invoice'], 'query');
		const [alone] = await embedder.embed(['a refund'], 'query');
		assert.deepEqual(first, alone);
		assert.equal(server.requests[0]?.headers.authorization, undefined);
	});

	test('sends batches of the size asked for, and no request for no texts', async () => {
		await using server = await serve(honest);
		const embedder = await createOpenAIEmbedder({ ...options, url: server.url, batch: 2 });
		const vectors = await embedder.embed(['1', '2', '3', '4', '5'], 'passage');
		assert.equal(vectors.length, 5);
		assert.deepEqual(
			server.requests.map(({ body }) => body.input.length),
			[1, 2, 2, 1],
		);
		assert.deepEqual(await embedder.embed([], 'passage'), []);
		assert.equal(server.requests.length, 4);
	});

	test('waits as long as Retry-After says, in seconds or as a date, and longer each time without it', async () => {
		const waits: number[] = [];
		const now = Date.parse('2026-01-05T12:00:00Z');
		const replies: Reply[] = [
			(response) => refuse(response, 429, 'Rate limit reached', { 'retry-after': '7' }),
			(response) => refuse(response, 503, 'Overloaded', { 'retry-after': 'Mon, 05 Jan 2026 12:00:09 GMT' }),
			(response) => refuse(response, 500, 'Internal error'),
			honest,
		];
		await using server = await serve(
			afterProbe((response, request, count) => replies[count - 1]?.(response, request, count)),
		);
		const embedder = await createOpenAIEmbedder({
			...options,
			url: server.url,
			now: () => now,
			sleep: async (ms) => void waits.push(ms),
		});
		assert.equal((await embedder.embed(['x'], 'query')).length, 1);
		assert.deepEqual(waits, [7000, 9000, 2000]);
	});

	test('gives up after its retries, and at once when told to wait too long', async () => {
		await using server = await serve(
			afterProbe((response, _, count) =>
				refuse(response, 429, 'Rate limit reached.', count <= 3 ? {} : { 'retry-after': '3600' }),
			),
		);
		const embedder = await createOpenAIEmbedder({ ...options, url: server.url, retries: 2 });
		await assert.rejects(embedder.embed(['x'], 'query'), failsWith('embedder_failed', /429 \(Rate limit reached\)/));
		assert.equal(server.requests.length, 4);
		await assert.rejects(embedder.embed(['x'], 'query'), failsWith('embedder_failed', /429/));
		assert.equal(server.requests.length, 5);
	});

	test('a cut connection is tried again', async () => {
		await using server = await serve(
			afterProbe((response, request, count) => {
				if (count > 2) return honest(response, request, count);
				response.writeHead(200, { 'content-length': '1000' });
				response.write('{"data":[');
				setImmediate(() => response.destroy());
			}),
		);
		const embedder = await createOpenAIEmbedder({ ...options, url: server.url });
		assert.equal((await embedder.embed(['x'], 'query')).length, 1);
		assert.equal(server.requests.length, 4);
	});

	test('a server that does not answer in time, or is not there, is a clear failure', async () => {
		await using server = await serve(() => {});
		const slow = createOpenAIEmbedder({ ...options, url: server.url, timeoutMs: 20, retries: 1 });
		await assert.rejects(slow, failsWith('embedder_failed', /did not answer in time/));
		const absent = createOpenAIEmbedder({ ...options, url: 'http://127.0.0.1:9/v1' });
		await assert.rejects(absent, failsWith('embedder_failed', /127\.0\.0\.1:9.* could not be reached/));
	});

	test('refuses a wrong count, a wrong length, numbers that are not finite and other shapes', async () => {
		const cases: [string, RegExp][] = [
			[answer([vectorOf('x'), vectorOf('y')], 'float'), /2 embeddings for 1 text/],
			[answer([], 'float'), /0 embeddings for 1 text/],
			[answer([[1, 2, 3]], 'float'), /3 dimensions, and 48 before/],
			[answer([[Number.NaN, ...vectorOf('x').slice(1)]], 'base64'), /not finite/],
			[answer([vectorOf('x').map(() => 0)], 'base64'), /zero/],
			['{"embeddings":[]}', /shape/],
		];
		for (const [body, pattern] of cases) {
			await using server = await serve(afterProbe((response) => void response.end(body)));
			const embedder = await createOpenAIEmbedder({ ...options, url: server.url });
			await assert.rejects(embedder.embed(['x'], 'query'), failsWith('embedder_failed', pattern));
			assert.equal(server.requests.length, 2, 'no second attempt makes this better');
		}
		await using server = await serve(honest);
		const shorter = createOpenAIEmbedder({ ...options, url: server.url, dimensions: 16 });
		await assert.rejects(shorter, failsWith('embedder_failed', /48 dimensions where 16 were asked for/));
		assert.equal(server.requests[0]?.body.dimensions, 16);
	});

	test('no error holds the key', async () => {
		const key = 'sk-planted-0123456789';
		const replies: Reply[] = [
			(response) => refuse(response, 401, `Incorrect API key provided: ${key}`),
			(response) => refuse(response, 400, `Bad header: Bearer ${key}`),
			(response) => response.destroy(),
		];
		for (const reply of replies) {
			await using server = await serve(reply);
			const failed = await createOpenAIEmbedder({ ...options, url: server.url, key, retries: 0 }).catch(
				(error: unknown) => error,
			);
			assert.ok(failed instanceof KnowhowError);
			assert.equal(failed.code, 'embedder_failed');
			assert.doesNotMatch(everythingIn(failed), /planted/);
		}
		const broken = await createOpenAIEmbedder({ ...options, url: 'http://127.0.0.1:9', key: `${key}\nx` }).catch(
			(error: unknown) => error,
		);
		assert.ok(broken instanceof KnowhowError && broken.code === 'invalid_config');
		assert.doesNotMatch(everythingIn(broken), /planted/);
		const inUrl = await createOpenAIEmbedder({ ...options, url: 'http://me:planted@127.0.0.1:9' }).catch(
			(error: unknown) => error,
		);
		assert.ok(inUrl instanceof KnowhowError && inUrl.code === 'invalid_config');
		assert.doesNotMatch(everythingIn(inUrl), /planted/);
	});

	test('stops at once when it is cancelled', async () => {
		const controller = new AbortController();
		await using server = await serve(afterProbe(() => controller.abort()));
		const embedder = await createOpenAIEmbedder({ ...options, url: server.url });
		await assert.rejects(embedder.embed(['x'], 'query', controller.signal), failsWith('cancelled', /cancelled/));
	});

	test('the space follows the model, not its URL, and forgives noise', async () => {
		const noisy = serving((text) => vectorOf(text).map((value, at) => value * (1 + 0.002 * Math.sin(at * 7))));
		const changed = serving((text) => vectorOf(text, 2));
		await using server = await serve(honest);
		const { space } = await createOpenAIEmbedder({ ...options, url: server.url });
		await using elsewhere = await serve(noisy);
		const same = await createOpenAIEmbedder({ ...options, url: elsewhere.url, knownSpaces: ['other/48/AAAA', space] });
		assert.equal(same.space, space);
		await using replaced = await serve(changed);
		const other = await createOpenAIEmbedder({ ...options, url: replaced.url, knownSpaces: [space] });
		assert.notEqual(other.space, space);
		assert.equal(isSameModel(space, other.space), false);
		assert.equal(isSameModel(space, space.replace('3-small', '3-large')), false);
	});
});

function everythingIn(error: KnowhowError): string {
	const cause =
		error.cause instanceof Error ? `${error.cause.stack} ${String(error.cause.cause)}` : String(error.cause);
	return [error.stack, error.hint, JSON.stringify(error.details), cause].join('\n');
}
