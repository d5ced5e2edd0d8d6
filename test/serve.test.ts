import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { open } from '../src/index.ts';
import type { Caller } from '../src/serve/caller.ts';
import { errorCodes } from '../src/core/error.ts';
import { statusOf } from '../src/serve/errors.ts';
import { serve } from '../src/serve/server.ts';
import { hashingEmbedder } from './hashing-embedder.ts';
import { launcher, temporaryFolder } from './run-program.ts';
import { scriptedGenerator } from './scripted-generator.ts';
import { serveSmallProject, type Served } from './serving.ts';
import { writeSmallDocuments } from './small-documents.ts';

const question = 'What is the refund window?';
const json = { 'content-type': 'application/json' };

type ErrorBody = { readonly error: { readonly code: string; readonly message: string; readonly param: string | null } };

async function post(
	served: Served,
	path: string,
	body: unknown,
	headers: Record<string, string> = {},
): Promise<Response> {
	return await fetch(served.server.url + path, {
		method: 'POST',
		headers: { ...json, ...headers },
		body: typeof body === 'string' ? body : JSON.stringify(body),
	});
}

async function codeOf(response: Response): Promise<string> {
	return ((await response.json()) as ErrorBody).error.code;
}

/** A request with headers that fetch does not let a program set. Resolves with status and body. */
async function raw(url: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
	const request = httpRequest(url, { headers });
	request.end();
	const [response] = (await once(request, 'response')) as [IncomingMessage];
	const body = (await response.setEncoding('utf8').toArray()).join('');
	return { status: response.statusCode ?? 0, body };
}

async function upload(
	served: Served,
	name: string,
	text: string,
	headers: Record<string, string> = {},
): Promise<string> {
	const form = new FormData();
	form.set('purpose', 'assistants');
	form.set('file', new File([text], name));
	const response = await fetch(`${served.baseURL}/files`, { method: 'POST', body: form, headers });
	assert.equal(response.status, 200);
	return ((await response.json()) as { id: string }).id;
}

describe('the door', () => {
	test('what is alive, ready, unknown, of another method, not JSON, of another type, too large', async () => {
		await using served = await serveSmallProject();
		const get = async (path: string) => await fetch(served.server.url + path);
		assert.deepEqual(await (await get('/healthz')).json(), { status: 'ok' });
		assert.deepEqual(await (await get('/readyz')).json(), { status: 'ok' });
		const unknown = await get('/v1/nothing');
		assert.equal(unknown.status, 404);
		assert.equal(await codeOf(unknown), 'not_found');
		const method = await get('/v1/chat/completions');
		assert.equal(method.status, 405);
		assert.equal(await codeOf(method), 'method_not_allowed');
		const malformed = await post(served, '/v1/chat/completions', '{"model":');
		assert.deepEqual([malformed.status, await codeOf(malformed)], [400, 'invalid_argument']);
		const text = await post(served, '/v1/chat/completions', '{}', { 'content-type': 'text/plain' });
		assert.deepEqual([text.status, await codeOf(text)], [415, 'unsupported_media_type']);
		const large = await post(served, '/v1/chat/completions', `{"model":"${'a'.repeat(16e6)}"}`);
		assert.deepEqual([large.status, await codeOf(large)], [413, 'request_too_large']);
		const wrong = await post(served, '/v1/chat/completions', {
			model: 'rag',
			messages: [{ role: 'user', content: 7 }],
		});
		const { error } = (await wrong.json()) as ErrorBody;
		assert.deepEqual([wrong.status, error.param], [400, 'messages.0.content']);
		const filters = `${'{"type":"and","filters":['.repeat(20_000)}${']}'.repeat(20_000)}`;
		const deep = await post(served, '/v1/vector_stores/default/search', `{"query":"a","filters":${filters}}`);
		assert.deepEqual([deep.status, await codeOf(deep)], [400, 'invalid_argument']);
		const tools = await post(served, '/v1/responses', { model: 'rag', input: 'a', tools: [{ type: 'web_search' }] });
		assert.equal(tools.status, 400);
	});

	test('a page of another origin, or under another name, gets nothing', async () => {
		await using served = await serveSmallProject();
		const { url } = served.server;
		const { port } = new URL(url);
		for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example', 'localhost.evil.example']) {
			const { status, body } = await raw(`${url}/v1/models`, { host });
			assert.ok(status === 403 || status === 400, `${host}: ${status}`);
			assert.ok(!body.includes('rag'));
		}
		for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]) {
			assert.equal((await raw(`${url}/v1/models`, { host })).status, 200);
		}
		for (const headers of [
			{ origin: 'https://evil.example' },
			{ origin: 'null' },
			{ origin: `http://localhost:${Number(port) + 1}` },
			{ 'sec-fetch-site': 'cross-site' },
		]) {
			const { status, body } = await raw(`${url}/v1/models`, headers);
			assert.equal(status, 403, JSON.stringify(headers));
			assert.ok(body.includes('forbidden'));
		}
		const own = await fetch(`${url}/v1/models`, { headers: { origin: url } });
		assert.equal(own.status, 200);
		assert.equal(own.headers.get('access-control-allow-origin'), null);
		assert.equal(own.headers.get('x-content-type-options'), 'nosniff');
		assert.match(own.headers.get('content-security-policy') ?? '', /default-src 'none'/);
	});

	test('an address that others reach is refused until there are keys', async () => {
		await using folder = await temporaryFolder();
		await using knowhow = await open(folder.path, { env: {}, embedder: hashingEmbedder() });
		for (const host of ['0.0.0.0', '::', '192.168.1.10', 'example.com', '127.0.0.1.evil.example']) {
			await assert.rejects(serve(knowhow, { host, port: 0 }), { code: 'keys_required' });
		}
		await using server = await serve(knowhow, { host: '::1', port: 0 });
		assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
	});

	test('log lines have no word of what was asked or answered; each response has its request’s id', async () => {
		await using served = await serveSmallProject();
		const asked = await post(served, '/api/ask', { question });
		await asked.text();
		const id = await upload(served, 'secret-name.txt', 'The password of the vault is swordfish.');
		await fetch(`${served.baseURL}/files/${id}?note=swordfish`);
		await fetch(`${served.server.url}/v1/swordfish`);
		const text = served.log.map((line) => JSON.stringify(line)).join('\n');
		assert.ok(!/refund|swordfish|secret|30 days/.test(text), text);
		const line = served.log.find(({ request }) => request === asked.headers.get('x-request-id'));
		assert.deepEqual([line?.method, line?.route, line?.status], ['POST', '/api/ask', 200]);
		assert.deepEqual(
			served.log.slice(1).map(({ route, status }) => [route, status]),
			[
				['/v1/files', 200],
				['/v1/files/:file', 200],
				[null, 404],
			],
		);
	});

	test('every code has a status', () => {
		assert.deepEqual(Object.keys(statusOf).sort(), Object.keys(errorCodes).sort());
	});

	test('a model server that is full: 429 with Retry-After; one that is lost: 502', async () => {
		const { KnowhowError } = await import('../src/index.ts');
		for (const [code, status] of [['generator_limited', 429] as const, ['generator_failed', 502] as const]) {
			const model = scriptedGenerator(() => {
				throw new KnowhowError(code, 'The model says no.');
			});
			await using served = await serveSmallProject({ model });
			const messages = [{ role: 'user', content: question }];
			for (const stream of [false, true]) {
				const response = await post(served, '/v1/chat/completions', { model: 'rag', messages, stream });
				assert.equal(response.status, status);
				assert.equal(response.headers.get('retry-after'), status === 429 ? '10' : '5');
				assert.equal(await codeOf(response), code);
			}
		}
	});
});

describe('lists, keys and repeated requests', () => {
	test('after and before walk a list both ways', async () => {
		await using served = await serveSmallProject();
		const ids: string[] = [];
		for (let at = 0; at < 5; at++) ids.push(await upload(served, `${at}.txt`, `text ${at}`));
		type List = { data: { id: string }[]; first_id: string; last_id: string; has_more: boolean };
		const list = async (query: string) => {
			const body = (await (await fetch(`${served.baseURL}/files?${query}`)).json()) as List;
			return { ...body, ids: body.data.map(({ id }) => id) };
		};
		const first = await list('order=asc&limit=2');
		assert.deepEqual([first.ids, first.has_more, first.last_id], [ids.slice(0, 2), true, ids[1]]);
		const second = await list(`order=asc&limit=2&after=${first.last_id}`);
		assert.deepEqual(second.ids, ids.slice(2, 4));
		assert.deepEqual((await list(`order=asc&limit=2&after=${ids[3]}`)).has_more, false);
		assert.deepEqual((await list(`order=asc&limit=2&before=${second.first_id}`)).ids, ids.slice(0, 2));
		assert.deepEqual((await list('limit=2')).ids, [ids[4], ids[3]]);
		assert.equal((await fetch(`${served.baseURL}/files?limit=0`)).status, 400);
	});

	test('the same Idempotency-Key makes a thing once; with another request it is refused', async () => {
		await using served = await serveSmallProject();
		const key = { 'idempotency-key': 'one' };
		const make = async (name: string) => await post(served, '/v1/vector_stores', { name }, key);
		const [first, second] = await Promise.all([make('twice'), make('twice')]);
		const [a, b] = [(await first.json()) as { id: string }, (await second.json()) as { id: string }];
		assert.equal(a.id, b.id);
		assert.equal((await served.knowhow.collections()).filter(({ name }) => name === 'twice').length, 1);
		const other = await make('other');
		assert.deepEqual([other.status, await codeOf(other)], [422, 'key_reused']);
		const file = await upload(served, 'a.txt', 'text', { 'idempotency-key': 'two' });
		assert.equal(await upload(served, 'a.txt', 'text', { 'idempotency-key': 'two' }), file);
	});
});

describe('rerank and /api', () => {
	test('rerank puts what fits first', async () => {
		await using served = await serveSmallProject();
		const documents = ['Bananas are yellow.', 'The refund window is 30 days.', { text: 'Windows are made of glass.' }];
		const body = { query: question, documents, top_n: 2, return_documents: true };
		const response = await post(served, '/v1/rerank', body);
		type Result = { index: number; relevance_score: number; document: { text: string } };
		const { results } = (await response.json()) as { results: Result[] };
		assert.equal(results.length, 2);
		assert.equal(results[0]?.index, 1);
		assert.equal(results[0]?.document.text, documents[1]);
		assert.ok((results[0]?.relevance_score ?? 0) >= (results[1]?.relevance_score ?? 1));
	});

	test('ask streams the library’s events; feedback, interactions, documents, deletion with its receipt', async () => {
		await using served = await serveSmallProject();
		const { url } = served.server;
		const stream = await (await post(served, '/api/ask', { question, stream: true })).text();
		const events = [...stream.matchAll(/^event: (.+)\ndata: (.+)$/gm)].map(([, type, data]) => ({
			type,
			data: JSON.parse(data!) as {
				answer: { interaction: string; citations: { documentId: string; quote: string }[] };
			},
		}));
		assert.equal(events[0]?.type, 'search-end');
		const { answer } = events.at(-1)!.data;
		const [citation] = answer.citations;
		const rated = await post(served, `/api/interactions/${answer.interaction}/feedback`, { rating: 'up' });
		assert.equal(((await rated.json()) as { feedback: { rating: string } }).feedback.rating, 'up');
		const listed = (await (await fetch(`${url}/api/interactions`)).json()) as { data: { id: string }[] };
		assert.equal(listed.data[0]?.id, answer.interaction);
		const path = `/api/documents/${citation!.documentId}`;
		const document = (await (await fetch(url + path)).json()) as { text: string };
		assert.ok(document.text.includes(citation!.quote));
		const all = (await (await fetch(`${url}/api/documents?limit=3`)).json()) as { data: object[]; has_more: boolean };
		assert.deepEqual([all.data.length, all.has_more], [3, true]);
		const chunks = (await (await fetch(`${url}${path}/chunks`)).json()) as { data: { text: string; start: number }[] };
		assert.ok(chunks.data.every(({ text, start }) => document.text.startsWith(text, start)));
		const removed = await fetch(`${url}${path}?erase=true`, { method: 'DELETE' });
		const receipt = (await removed.json()) as { documents: number; interactions: string[]; erased: boolean };
		assert.deepEqual([receipt.documents, receipt.interactions, receipt.erased], [1, [answer.interaction], true]);
		assert.equal((await fetch(url + path)).status, 404);
		const shown = (await (await fetch(`${url}/api/interactions/${answer.interaction}`)).json()) as {
			interaction: { answer: string | null };
		};
		assert.equal(shown.interaction.answer, null);
		const status = (await (await fetch(`${url}/api/status`)).json()) as { collections: { documents: number }[] };
		assert.equal(status.collections[0]?.documents, 3);
	});
});

describe('callers', () => {
	test('every route reads as its caller: what is forbidden looks absent', async () => {
		const callers: Record<string, Caller> = {
			ann: { id: 'ann', access: { principals: ['ann'] }, scopes: ['read', 'write'] },
			bob: { id: 'bob', access: { principals: ['bob'] }, scopes: ['read'] },
		};
		const authenticate = async (request: Request) => callers[request.headers.get('x-test') ?? 'bob']!;
		await using served = await serveSmallProject({}, { authenticate });
		for (const { id } of await served.knowhow.documents()) await served.knowhow.setAccess(id, ['ann']);
		const asAnn = { 'x-test': 'ann' };
		const [document] = await served.knowhow.documents();
		const file = await upload(served, 'ann.txt', 'Ann’s text', asAnn);
		const search = { query: 'refund window' };
		const found = async (headers: Record<string, string>) =>
			((await (await post(served, '/v1/vector_stores/default/search', search, headers)).json()) as { data: object[] })
				.data;
		assert.ok((await found(asAnn)).length > 0);
		assert.deepEqual(await found({}), []);
		const asked = await (await post(served, '/api/ask', { question }, asAnn)).json();
		const { interaction } = asked as { interaction: string };
		for (const path of [
			`/api/documents/${document!.id}`,
			`/api/documents/${document!.id}/chunks`,
			`/api/interactions/${interaction}`,
			`/v1/files/${file}`,
			`/v1/files/${file}/content`,
		]) {
			assert.equal((await fetch(served.server.url + path, { headers: asAnn })).status, 200, path);
			const forbidden = await fetch(served.server.url + path);
			const absent = await fetch(served.server.url + path.replace(/(doc|int|file)[_-][0-9a-z]+/, '$1_absent'));
			assert.equal(forbidden.status, 404, path);
			assert.equal(await codeOf(forbidden), await codeOf(absent));
		}
		const told = await (await post(served, '/api/ask', { question })).text();
		assert.ok(!told.includes('30 days'), told);
		const listed = (await (await fetch(`${served.server.url}/api/documents`)).json()) as { data: object[] };
		assert.deepEqual(listed.data, []);
		const write = await post(served, '/v1/vector_stores', { name: 'bob' });
		assert.deepEqual([write.status, await codeOf(write)], [403, 'forbidden']);
	});
});

describe('files on disk', () => {
	test('equal bytes are kept once; what was begun goes on after a restart; orphans are swept', async () => {
		await using folder = await temporaryFolder();
		const blobs = join(folder.path, '.knowhow', 'blobs');
		const stored = async () => (await readdir(blobs, { recursive: true })).filter((path) => /[0-9a-f]{64}$/.test(path));
		const content = () =>
			(async function* () {
				yield Buffer.from('The emu cannot fly.');
			})();
		const given = { name: 'emu.txt', purpose: 'assistants', owner: null };
		let now = Date.now();
		const options = { env: {}, embedder: hashingEmbedder(), now: () => now };
		let id: string;
		{
			await using knowhow = await open(folder.path, options);
			const first = await knowhow.files.upload({ ...given, content: content() });
			const second = await knowhow.files.upload({ ...given, content: content() });
			assert.equal((await stored()).length, 1);
			await knowhow.files.remove(first.id);
			assert.equal((await stored()).length, 1, 'another file has the same bytes');
			const collection = await knowhow.createCollection('birds');
			await knowhow.files.inCollections.add(collection.id, second, { attributes: { kind: 'bird' } });
			id = second.id;
			// Closed at once: what is in progress stops, as it does when the process is killed.
		}
		await using knowhow = await open(folder.path, options);
		const [collection] = await knowhow.collections();
		await knowhow.files.resume();
		await knowhow.files.inCollections.settled();
		const file = await knowhow.files.inCollections.get(collection!.id, id, 'everything');
		assert.equal(file?.status, 'completed');
		const { hits } = await knowhow.search('emu fly', { collections: ['birds'] });
		assert.equal(hits.length, 1);
		await using other = await temporaryFolder();
		await knowhow.backup(join(other.path, 'backup'));
		const copied = await readdir(join(other.path, 'backup'), { recursive: true });
		assert.equal(copied.filter((path) => /[0-9a-f]{64}$/.test(path)).length, 1, 'a backup has the bytes');
		await knowhow.files.remove(id);
		assert.equal((await stored()).length, 0);
		assert.deepEqual((await knowhow.search('emu fly', { collections: ['birds'] })).hits, []);
		const orphan = join(blobs, 'ab', `ab${'0'.repeat(62)}`);
		await mkdir(join(blobs, 'ab'), { recursive: true });
		await writeFile(orphan, 'left by a killed upload');
		await knowhow.files.resume();
		assert.equal((await stored()).length, 1, 'a young one may be an upload that is going on');
		now += 2 * 60 * 60 * 1000;
		await knowhow.files.resume();
		assert.equal((await stored()).length, 0);
	});
});

describe('streams and shutdown', () => {
	/** A model that waits for `go` in the middle of its answer. */
	function waitingModel() {
		const [reached, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
		const stopped = Promise.withResolvers<void>();
		const model = {
			id: 'waiting',
			contextTokens: 8192,
			async *generate(_: unknown, options: { signal?: AbortSignal | undefined } = {}) {
				yield { type: 'text-delta' as const, text: 'First. ' };
				options.signal?.addEventListener('abort', () => stopped.resolve());
				reached.resolve();
				await Promise.race([go.promise, stopped.promise]);
				options.signal?.throwIfAborted();
				yield { type: 'text-delta' as const, text: 'Second.' };
				yield { type: 'generator-end' as const, reason: 'stop' as const, usage: null };
			},
		};
		return { model, reached: reached.promise, go: go.resolve, stopped: stopped.promise };
	}
	const body = { model: 'waiting', messages: [{ role: 'user', content: 'Tell' }], stream: true };

	test('a shutdown finishes the stream that is running and takes no other request', async () => {
		const { model, reached, go } = waitingModel();
		const served = await serveSmallProject({ model });
		const response = await post(served, '/v1/chat/completions', body);
		const text = response.text();
		await reached;
		const closed = served.server.close();
		await assert.rejects(fetch(`${served.server.url}/healthz`));
		go();
		assert.match(await text, /Second\.[^]*\[DONE\]/);
		await closed;
		await served[Symbol.asyncDispose]();
	});

	test('what does not end within the grace period is ended', async () => {
		const { model, reached, stopped } = waitingModel();
		const served = await serveSmallProject({ model }, { graceMs: 1 });
		const response = await post(served, '/v1/chat/completions', body);
		const text = response.text().catch(() => 'broken off');
		await reached;
		await served.server.close();
		await stopped;
		assert.ok(!(await text).includes('[DONE]'));
		await served[Symbol.asyncDispose]();
	});

	test('a client that leaves ends the call of the model', async () => {
		const { model, reached, stopped } = waitingModel();
		await using served = await serveSmallProject({ model });
		const leaving = new AbortController();
		const response = await fetch(`${served.baseURL}/chat/completions`, {
			method: 'POST',
			headers: json,
			body: JSON.stringify(body),
			signal: leaving.signal,
		});
		await reached;
		leaving.abort();
		await stopped;
		await response.body?.cancel().catch(() => {});
		assert.equal((await fetch(`${served.server.url}/readyz`)).status, 200);
	});

	test('half a request holds nobody up', async () => {
		await using served = await serveSmallProject();
		const { port } = new URL(served.server.url);
		const slow = Array.from({ length: 20 }, () => connect(Number(port), '127.0.0.1'));
		await Promise.all(slow.map((socket) => once(socket, 'connect')));
		for (const socket of slow)
			socket.write(`POST /api/ask HTTP/1.1\r\nhost: localhost:${port}\r\ncontent-length: 99\r\n`);
		assert.equal((await post(served, '/api/ask', { question })).status, 200);
		for (const socket of slow) socket.destroy();
	});
});

test('knowhow serve: says where it listens, answers, and ends at SIGTERM', async () => {
	await using folder = await temporaryFolder();
	await writeSmallDocuments(folder.path);
	const child = spawn(launcher, ['serve', '--port', '0'], { cwd: folder.path, stdio: ['ignore', 'pipe', 'pipe'] });
	const exited = once(child, 'exit');
	const lines = createInterface(child.stderr)[Symbol.asyncIterator]();
	const listening = JSON.parse((await lines.next()).value as string) as { event: string; url: string };
	assert.equal(listening.event, 'listening');
	assert.equal((await fetch(`${listening.url}/healthz`)).status, 200);
	assert.equal((JSON.parse((await lines.next()).value as string) as { route: string }).route, '/healthz');
	child.kill('SIGTERM');
	assert.equal((JSON.parse((await lines.next()).value as string) as { event: string }).event, 'closed');
	assert.deepEqual(await exited, [0, null]);
});
