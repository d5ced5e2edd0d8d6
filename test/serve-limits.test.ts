import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { KnowhowError } from '../src/core/error.ts';
import { filterLimits } from '../src/core/filter.ts';
import { timedId } from '../src/project/timed-id.ts';
import { toFailure } from '../src/serve/errors.ts';
import { openStore } from '../src/store/store.ts';
import { serveSmallProject, type Served } from './serving.ts';

type Failed = { readonly code: string; readonly message: string; readonly param: string | null };
type List = { readonly data: { readonly id: string }[]; readonly has_more: boolean };

let served: Served;
before(async () => {
	served = await serveSmallProject();
});
after(async () => await served[Symbol.asyncDispose]());

async function send(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
	return await fetch(served.server.url + path, {
		method: 'POST',
		headers: { 'content-type': 'application/json', ...headers },
		body: typeof body === 'string' ? body : JSON.stringify(body),
	});
}

async function sent<T>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<T> {
	const response = await send(path, body, headers);
	assert.equal(response.status, 200, await response.clone().text());
	return (await response.json()) as T;
}

async function get<T>(path: string): Promise<T> {
	return (await (await fetch(served.server.url + path)).json()) as T;
}

async function refused(response: Response): Promise<Failed> {
	assert.equal(response.status, 400);
	return ((await response.json()) as { error: Failed }).error;
}

async function upload(name: string, text: string, headers: Record<string, string> = {}): Promise<Response> {
	const form = new FormData();
	form.set('purpose', 'assistants');
	form.set('file', new File([text], name));
	return await fetch(`${served.baseURL}/files`, { method: 'POST', body: form, headers });
}

/** A vector store with one file, which is found when this returns. */
async function storeOf(text: string, attributes: object) {
	const { id: store } = await sent<{ id: string }>('/v1/vector_stores', {});
	const { id: file } = (await (await upload('a.md', text)).json()) as { id: string };
	const add = async (given: object) => {
		await sent(`/v1/vector_stores/${store}/files`, { file_id: file, attributes: given });
		await served.knowhow.files.inCollections.settled();
	};
	await add(attributes);
	const found = async (key: string, value: string | number): Promise<number> => {
		const body = { query: 'refund', filters: { type: 'eq', key, value } };
		return (await sent<List>(`/v1/vector_stores/${store}/search`, body)).data.length;
	};
	return { store, file, add, found };
}

describe('what a request may ask for', () => {
	const search = '/v1/vector_stores/default/search';
	const long = 'word '.repeat(3201);

	test('a text that is searched for has a limit; what was said before it has none', async () => {
		const said = [
			{ role: 'user', content: long },
			{ role: 'assistant', content: `The window ${' '.repeat(100_000)} is open.` },
		];
		const asked = { role: 'user', content: long };
		const cases: [string, object, string][] = [
			[search, { query: long }, 'query'],
			[search, { query: ['a', long] }, 'query.1'],
			['/v1/rerank', { query: long, documents: ['a'] }, 'query'],
			['/api/ask', { question: long }, 'question'],
			['/api/ask', { messages: [asked] }, 'messages'],
			['/v1/chat/completions', { model: 'rag', messages: [asked] }, 'messages'],
			['/v1/responses', { model: 'rag', input: long }, 'input'],
		];
		for (const [path, body, param] of cases) {
			const error = await refused(await send(path, body));
			assert.deepEqual([error.code, error.param], ['invalid_argument', param], path);
			assert.match(error.message, /16000/, path);
		}
		const messages = [...said, { role: 'user', content: 'And what is the refund window?' }];
		await sent('/api/ask', { messages });
		await sent('/v1/chat/completions', { model: 'rag', messages });
		await sent(search, { query: 'x'.repeat(16_000) });
	});

	test('a filter has limits, and its error names the parameter that it came in', async () => {
		const comparison = { type: 'eq', key: 'a', value: 'b' };
		const filters = { type: 'or', filters: Array.from({ length: filterLimits.parts }, () => comparison) };
		const many = await refused(await send(search, { query: 'a', filters }));
		assert.deepEqual([many.code, many.param], ['invalid_filter', 'filters']);
		assert.match(many.message, /more than 64 comparisons/);
		const chat = { model: 'rag', messages: [{ role: 'user', content: 'a' }], filters };
		assert.equal((await refused(await send('/v1/chat/completions', chat))).param, 'filters');
		assert.equal((await refused(await send('/api/ask', { question: 'a', filter: filters }))).param, 'filter');
		const tools = [{ type: 'file_search', vector_store_ids: ['default'], filters: {} }];
		const response = await refused(await send('/v1/responses', { model: 'rag', input: 'a', tools }));
		assert.equal(response.param, 'tools.0.filters');
	});

	test('texts to rerank and to embed, and values of a body, are counted', async () => {
		const documents = Array.from({ length: 11 }, () => 'a '.repeat(100_000));
		const error = await refused(await send('/v1/rerank', { query: 'a', documents }));
		assert.equal(error.param, 'documents');
		assert.match(error.message, /2000000/);
		const embedded = await refused(await send('/v1/embeddings', { model: 'default', input: documents }));
		assert.deepEqual([embedded.param, /2000000/.test(embedded.message)], ['input', true]);
		const values = await refused(await send('/v1/vector_stores', `{"a":[${'1,'.repeat(100_000)}1]}`));
		assert.match(values.message, /more than 100000 values/);
		assert.equal(values.param, null);
		const strings = JSON.stringify({ name: 'a', other: ['",{[\\'.repeat(50_000), '\\', '"'] });
		await sent('/v1/vector_stores', strings);
	});

	test('metadata and attributes have 16 pairs at most, and no key is dropped without a word', async () => {
		const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 'v']));
		const made = await sent<{ id: string; metadata: object }>('/v1/vector_stores', { metadata: pairs(16) });
		assert.deepEqual(made.metadata, pairs(16));
		const { store, file } = await storeOf('# Refunds\n\nThe refund window.', pairs(16));
		for (const [path, key] of [
			['/v1/vector_stores', 'metadata'],
			[`/v1/vector_stores/${store}/files/${file}`, 'attributes'],
		] as const) {
			const many = await refused(await send(path, { [key]: pairs(17) }));
			assert.deepEqual([many.param, /16/.test(many.message)], [key, true]);
			const hidden = await refused(await send(path, `{"${key}":{"__proto__":"x"}}`));
			assert.deepEqual([hidden.param, /__proto__/.test(hidden.message)], [key, true]);
		}
	});
});

describe('attributes', () => {
	test('a filter compares them before what is built in', async () => {
		const { found } = await storeOf('# Refunds\n\nThe refund window.', { date: 1672531200, source: 'crm', title: 't' });
		assert.deepEqual(
			await Promise.all([found('date', 1672531200), found('source', 'crm'), found('title', 't')]),
			[1, 1, 1],
		);
		assert.deepEqual(await Promise.all([found('title', 'Refunds'), found('format', 'markdown')]), [0, 1]);
	});

	test('those of a file that is added again are the new ones, and uncover what the file states', async () => {
		const text = '---\nteam: billing\n---\n\n# Refunds\n\nThe refund window.';
		const { add, found, store, file } = await storeOf(text, { a: 1, team: 'sales' });
		assert.deepEqual(await Promise.all([found('a', 1), found('team', 'sales')]), [1, 1]);
		await add({ a: 2 });
		assert.deepEqual(await Promise.all([found('a', 1), found('a', 2), found('team', 'billing')]), [0, 1, 1]);
		await add({ team: 'sales' });
		await sent(`/v1/vector_stores/${store}/files/${file}`, { attributes: {} });
		assert.deepEqual(await Promise.all([found('team', 'sales'), found('team', 'billing')]), [0, 1]);
	});
});

describe('lists', () => {
	test('a page of 1,000 answers says that there are more', async () => {
		await using other = await serveSmallProject();
		const { interaction: first } = await other.knowhow.ask('What is the refund window?');
		const kept = (await other.knowhow.interaction(first))!.interaction;
		await using store = await openStore(join(other.folder, '.knowhow'));
		for (let at = 0; at < 1000; at++) {
			const id = timedId('int', Date.now(), randomBytes);
			await store.records.put({ kind: 'interaction', id, value: { ...kept, id } });
		}
		const list = async (query: string) =>
			(await (await fetch(`${other.server.url}/api/interactions?limit=1000${query}`)).json()) as List;
		const page = await list('');
		assert.deepEqual([page.data.length, page.has_more], [1000, true]);
		const rest = await list(`&after=${page.data.at(-1)!.id}`);
		assert.deepEqual([rest.data.length, rest.has_more], [1, false]);
	});

	test('files come by the thousands', async () => {
		await upload('one.txt', 'one');
		assert.equal((await fetch(`${served.baseURL}/files?limit=10000`)).status, 200);
		assert.equal((await fetch(`${served.baseURL}/files?limit=10001`)).status, 400);
		for (let i = 0; i < 25; i++) await upload(`${i}.txt`, String(i));
		assert.ok((await get<List>('/v1/files')).data.length > 25);
		assert.equal((await get<List>('/v1/vector_stores?limit=1')).data.length, 1);
	});

	test('a cursor of something else is refused; one cursor at a time', async () => {
		const { id: file } = (await (await upload('a.txt', 'a')).json()) as { id: string };
		const { id: store } = await sent<{ id: string }>('/v1/vector_stores', {});
		for (const path of [
			'/v1/files?after=nope',
			`/v1/files?after=${store}`,
			'/v1/vector_stores?after=nope',
			`/v1/vector_stores?after=${file}`,
			`/v1/vector_stores/${store}/files?after=nope`,
			`/v1/vector_stores/${store}/files?after=${file}`,
			'/api/jobs?after=nope',
		]) {
			const error = await refused(await fetch(served.server.url + path));
			assert.deepEqual([error.code, error.param], ['invalid_argument', 'after'], path);
		}
		assert.equal((await refused(await fetch(`${served.baseURL}/vector_stores?before=nope`))).param, 'before');
		const both = await refused(await fetch(`${served.baseURL}/files?after=${file}&before=${file}`));
		assert.equal(both.param, 'before');
	});
});

describe('headers', () => {
	test('another method is told which are allowed', async () => {
		for (const [path, allow] of [
			['/v1/files', 'GET, HEAD, POST'],
			['/v1/rerank', 'POST'],
		] as const) {
			const response = await fetch(served.server.url + path, { method: 'PUT' });
			assert.equal(response.status, 405);
			assert.deepEqual(response.headers.get('allow')?.split(', ').sort().join(', '), allow);
		}
		assert.equal((await fetch(`${served.baseURL}/files`, { method: 'HEAD' })).status, 200);
	});

	test('how long to wait is as the provider of the language model says', () => {
		const limited = (retryAfterMs: number) =>
			toFailure(new KnowhowError('generator_limited', 'Wait.', { details: { retryAfterMs } })).headers;
		assert.deepEqual(
			[limited(7000), limited(6100), limited(0)].map((headers) => headers['retry-after']),
			['7', '7', '10'],
		);
	});

	test('a body of unknown length that is too large is answered', async () => {
		let left = 50;
		const body = new ReadableStream({
			pull: (controller) => (left-- > 0 ? controller.enqueue(Buffer.alloc(1e6, ' ')) : controller.close()),
		});
		const headers = { 'content-type': 'application/json' };
		const response = await fetch(`${served.baseURL}/vector_stores`, { method: 'POST', body, headers, duplex: 'half' });
		assert.equal(response.status, 413);
	});

	test('a body that is no object is wrong as a whole', async () => {
		assert.equal((await refused(await send('/v1/vector_stores', '[]'))).param, null);
	});

	test('an Idempotency-Key goes with the bytes of a file, and with fields in any order', async () => {
		const key = { 'idempotency-key': 'bytes' };
		const idOf = async (response: Response) => ((await response.json()) as { id?: string }).id;
		const first = await idOf(await upload('a.txt', 'text', key));
		assert.equal(await idOf(await upload('a.txt', 'text', key)), first);
		assert.equal((await upload('a.txt', 'TEXT', key)).status, 422);
		const other = { 'idempotency-key': 'fields' };
		const made = await sent<{ id: string }>('/v1/vector_stores', { name: 'n', metadata: { a: '1', b: '2' } }, other);
		const again = { metadata: { b: '2', a: '1' }, name: 'n' };
		assert.equal((await sent<{ id: string }>('/v1/vector_stores', again, other)).id, made.id);
		assert.equal((await send('/v1/vector_stores', { name: 'n', metadata: { a: '2', b: '1' } }, other)).status, 422);
	});
});
