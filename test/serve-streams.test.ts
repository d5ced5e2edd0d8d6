import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { suite, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createRandom } from '../bench/random.ts';
import type { GenerateOptions, Generator, GeneratorEvent, Message } from '../src/core/generator.ts';
import { openGenerator } from '../src/models/open-generator.ts';
import { startModelServer } from './model-server.ts';
import { type Served, serveSmallProject } from './serving.ts';

const json = { 'content-type': 'application/json' };

/** A generator that never pauses and counts what is taken from it. */
function countingGenerator(deltasFor: (messages: readonly Message[]) => number, text: string) {
	const counts = { begun: 0, made: 0, ended: 0 };
	async function* generate(
		messages: readonly Message[],
		{ signal }: GenerateOptions = {},
	): AsyncGenerator<GeneratorEvent> {
		const deltas = deltasFor(messages);
		counts.begun++;
		try {
			for (let at = 0; at < deltas; at++) {
				signal?.throwIfAborted();
				counts.made++;
				yield { type: 'text-delta', text };
			}
			yield { type: 'generator-end', reason: 'stop', usage: null };
		} finally {
			counts.ended++;
		}
	}
	const model: Generator = { id: 'counting', contextTokens: 8192, generate };
	return { model, counts };
}

const chat = (model: string): string =>
	JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'What is the refund window?' }] });

/** A connection of its own that has sent a request and read nothing yet. */
async function ask(served: Served, body: string): Promise<Socket> {
	const { port, host } = new URL(served.server.url);
	const socket = connect(Number(port), '127.0.0.1').pause();
	await once(socket, 'connect');
	const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\nconnection: close`;
	socket.write(`${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
	return socket;
}

async function status(served: Served, path: string): Promise<number> {
	const response = await fetch(`${served.server.url}${path}`);
	await response.arrayBuffer();
	return response.status;
}

/** Waits until `count` stays as it is while others are served. */
async function settled(served: Served, count: () => number): Promise<number> {
	for (let calm = 0, last = -1; calm < 20;) {
		assert.equal(await status(served, '/healthz'), 200);
		calm = count() === last ? calm + 1 : 0;
		last = count();
	}
	return count();
}

async function until(claim: () => boolean): Promise<void> {
	while (!claim()) await turn();
}

suite('streams', () => {
	test('a client that does not read holds the model up, and memory stays as it is', async () => {
		const text = 'x'.repeat(64 * 1024);
		const { model, counts } = countingGenerator(() => 1000, text);
		await using served = await serveSmallProject({ model });
		const socket = await ask(served, chat('counting'));
		await until(() => counts.made > 0);
		const made = await settled(served, () => counts.made);
		// Both ends of a connection hold some megabytes: much less than these 64.
		assert.ok(made < 500, `${made} of 1000 pieces were made for a client that reads none`);
		let bytes = 0;
		for (let at = 0; at < 5000; at++) {
			const byte = socket.read(1) as Buffer | null;
			if (byte === null) await once(socket, 'readable');
			else bytes += byte.length;
		}
		assert.ok((await settled(served, () => counts.made)) < 500, 'a few bytes make little room');
		for await (const part of socket) bytes += (part as Buffer).length;
		assert.ok(bytes > 1000 * text.length);
		assert.deepEqual(counts, { begun: 1, made: 1000, ended: 1 });
	});

	test('clients that leave anywhere in a stream leave nothing behind', async () => {
		// A system reads its answer from the beginning at every piece, so it gets fewer of them.
		const deltasFor = (messages: readonly Message[]): number => (messages[0]?.role === 'system' ? 100 : 100_000);
		const { model, counts } = countingGenerator(deltasFor, 'word '.repeat(200));
		await using served = await serveSmallProject({ model });
		const random = createRandom(7);
		for (let at = 0; at < 24; at++) {
			const socket = await ask(served, chat(at % 2 === 0 ? 'counting' : 'base'));
			const wanted = random() < 0.2 ? 0 : Math.floor(random() * 100_000);
			let bytes = 0;
			if (wanted > 0) {
				for await (const part of socket.iterator({ destroyOnReturn: false })) {
					bytes += (part as Buffer).length;
					if (bytes >= wanted) break;
				}
			}
			if (random() < 0.5 && socket.readyState === 'open') socket.resetAndDestroy();
			else socket.destroy();
		}
		// Those that left before they were read do not reach the model.
		await until(() => counts.ended === counts.begun && served.log.length >= counts.begun);
		assert.ok(counts.begun > 12, `${counts.begun} were begun`);
		assert.equal(await settled(served, () => counts.made), counts.made);
		assert.equal(await status(served, '/readyz'), 200);
		assert.deepEqual(
			served.log.filter(({ stack }) => stack !== undefined),
			[],
		);
	});
});

suite('a model server', () => {
	const piece = `data: ${JSON.stringify({ id: '1', object: 'chat.completion.chunk', created: 0, model: 'm', choices: [{ index: 0, delta: { content: 'Once ' } }] })}\n\n`;

	/** Tries once, where a server that is named in the settings is tried again, some seconds later. */
	async function modelAt(url: string): Promise<Generator> {
		return await openGenerator(`${url}#m`, { env: {}, retries: 0 });
	}

	async function post(served: Served, body: object): Promise<{ status: number; text: string; headers: Headers }> {
		const url = `${served.server.url}/v1/chat/completions`;
		const response = await fetch(url, { method: 'POST', headers: json, body: JSON.stringify(body) });
		return { status: response.status, text: await response.text(), headers: response.headers };
	}

	test('that dies in the middle of a stream: a last frame with one code, and others are served', async () => {
		await using dying = await startModelServer(() => ({ pieces: [piece, piece], end: 'cut' }));
		await using served = await serveSmallProject({ model: await modelAt(dying.url) });
		const messages = [{ role: 'user', content: 'Tell' }];
		const [streamed, whole, extractive] = await Promise.all([
			post(served, { model: `${dying.url}#m`, stream: true, messages }),
			post(served, { model: `${dying.url}#m`, messages }),
			status(served, '/v1/models'),
		]);
		assert.equal(streamed.status, 200);
		assert.match(streamed.text, /"content":"Once "[^]*"code":"generator_failed"/);
		assert.ok(!streamed.text.includes('[DONE]'));
		assert.equal(whole.status, 502);
		assert.match(whole.text, /"code":"generator_failed"/);
		assert.equal(extractive, 200);
	});

	test('that hangs holds up nobody else, and is let go when its client leaves', async () => {
		await using hanging = await startModelServer(() => ({ pieces: [piece], end: 'hang' }));
		await using served = await serveSmallProject({ model: await modelAt(hanging.url) });
		const sockets = await Promise.all(Array.from({ length: 20 }, () => ask(served, chat(`${hanging.url}#m`))));
		await until(() => hanging.requests.length === sockets.length);
		const found = await fetch(`${served.server.url}/v1/vector_stores/default/search`, {
			method: 'POST',
			headers: json,
			body: JSON.stringify({ query: 'refund' }),
		});
		assert.equal(found.status, 200);
		assert.ok(((await found.json()) as { data: unknown[] }).data.length > 0);
		for (const socket of sockets) socket.destroy();
		await Promise.all(sockets.map(async (_, at) => await hanging.left(at + 1)));
		assert.equal(await status(served, '/readyz'), 200);
	});

	test('that refuses: one code, and when to come again', async () => {
		const gone = await startModelServer(() => '');
		const { url } = gone;
		await gone[Symbol.asyncDispose]();
		await using served = await serveSmallProject({ model: await modelAt(url) });
		const asked = post(served, { model: `${url}#m`, messages: [{ role: 'user', content: 'Tell' }] });
		assert.equal(await status(served, '/readyz'), 200);
		const { status: code, text, headers } = await asked;
		assert.equal(code, 502);
		assert.match(text, /"code":"generator_failed"/);
		assert.equal(headers.get('retry-after'), '5');
	});
});
