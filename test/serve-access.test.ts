import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import OpenAI, { AuthenticationError, RateLimitError } from 'openai';
import type { Generator } from '../src/core/generator.ts';
import type { NewKey } from '../src/project/access/keys.ts';
import { serve } from '../src/serve/server.ts';
import { knowhow as run, temporaryFolder } from './run-program.ts';
import { type Served, serveSmallProject } from './serving.ts';
import { writeSmallDocuments } from './small-documents.ts';

const question = 'What is the refund window?';
const fast = { pollIntervalMs: 20 };

type Sent = { readonly status: number; readonly headers: Headers; readonly text: string };

async function send(served: Served, token: string | null, path: string, body?: object | FormData): Promise<Sent> {
	const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
	if (body !== undefined && !(body instanceof FormData)) headers['content-type'] = 'application/json';
	const payload = body === undefined || body instanceof FormData ? (body ?? null) : JSON.stringify(body);
	const method = body === undefined ? 'GET' : 'POST';
	const response = await fetch(served.server.url + path, { method, headers, body: payload });
	return { status: response.status, headers: response.headers, text: await response.text() };
}

async function keyOf(served: Served, name: string, more: Partial<NewKey> = {}): Promise<string> {
	return (await served.knowhow.keys.create({ name, scopes: ['read'], ...more })).token;
}

function codeIn({ text }: Sent): string {
	return (JSON.parse(text) as { error: { code: string } }).error.code;
}

async function uploadAs(served: Served, token: string, text: string): Promise<string> {
	const form = new FormData();
	form.set('purpose', 'assistants');
	form.set('file', new File([text], 'note.md'));
	return (JSON.parse((await send(served, token, '/v1/files', form)).text) as { id: string }).id;
}

describe('keys', () => {
	test('without a key loopback is open; from the first key on it demands one, also after the last is revoked', async () => {
		await using served = await serveSmallProject();
		assert.equal((await send(served, null, '/v1/models')).status, 200);
		const token = await keyOf(served, 'ann');
		const refused = await send(served, null, '/v1/models');
		assert.deepEqual([refused.status, codeIn(refused)], [401, 'unauthorized']);
		assert.equal(refused.headers.get('www-authenticate'), 'Bearer');
		assert.equal((await send(served, token, '/v1/models')).status, 200);
		assert.equal((await send(served, null, '/healthz')).status, 200, 'whether it is alive is for everybody');
		await served.knowhow.keys.revoke('ann');
		for (const each of [token, null]) assert.equal((await send(served, each, '/v1/models')).status, 401);
	});

	test('unknown, malformed, expired and revoked keys get one answer', async () => {
		let now = Date.now();
		await using served = await serveSmallProject({ now: () => now });
		const expiring = await keyOf(served, 'brief', { expiresAt: now + 1000 });
		const revoked = await keyOf(served, 'gone');
		await served.knowhow.keys.revoke('gone');
		const last = expiring.endsWith('A') ? 'B' : 'A';
		assert.equal((await send(served, expiring, '/v1/models')).status, 200);
		now += 1000;
		const tokens = [expiring, revoked, `${expiring.slice(0, -1)}${last}`, 'kh-', 'sk-other', '', `${expiring}x`];
		const answers = await Promise.all(tokens.map((token) => send(served, token, '/v1/models')));
		for (const { status, text } of answers) assert.deepEqual([status, text], [401, answers[0]!.text]);
	});

	test('are shown once and kept as hashes; names are unique among those that are not revoked', async () => {
		await using served = await serveSmallProject();
		const { keys } = served.knowhow;
		const { token, key } = await keys.create({ name: 'ann', scopes: ['write', 'read'], groups: ['support'] });
		assert.match(token, /^kh-[0-9a-z]{26}-[\w-]{43}$/);
		assert.equal(Buffer.from(token.slice(-43), 'base64url').length, 32);
		assert.ok(!JSON.stringify(await keys.list()).includes('hash'));
		assert.deepEqual([key.principal, key.groups, key.scopes], ['ann', ['support'], ['read', 'write']]);
		await assert.rejects(keys.create({ name: 'ann', scopes: ['read'] }), { code: 'already_exists' });
		await keys.revoke(key.id);
		await keys.create({ name: 'ann', scopes: ['read'] });
		await assert.rejects(keys.revoke('bob'), { code: 'not_found' });
		const wrong: NewKey[] = [
			{ name: 'everyone', scopes: ['read'] },
			{ name: 'a:b', scopes: ['read'] },
			{ name: 'a', scopes: [] },
			{ name: 'a', scopes: ['read'], groups: ['group:x'] },
			{ name: 'a', scopes: ['read'], expiresAt: 1 },
			{ name: 'a', scopes: ['read'], requestsPerMinute: 0.5 },
			{ name: 'a', scopes: ['read'], costPerDay: -1 },
		];
		for (const each of wrong) await assert.rejects(keys.create(each), { code: 'invalid_argument' });
	});

	test('open routes of their scopes alone, and admin all of them', async () => {
		await using served = await serveSmallProject();
		const tokens = {
			read: await keyOf(served, 'reader'),
			write: await keyOf(served, 'writer', { scopes: ['write'] }),
			admin: await keyOf(served, 'root', { scopes: ['admin'] }),
		};
		const { text } = await send(served, null, '/openapi.json');
		type Operations = Record<string, Record<string, { 'x-scope'?: string }>>;
		const { paths } = JSON.parse(text) as { paths: Operations };
		let checked = 0;
		for (const [path, methods] of Object.entries(paths)) {
			for (const [method, { 'x-scope': scope }] of Object.entries(methods)) {
				if (scope === undefined) continue;
				const url = served.server.url + path.replaceAll(/\{\w+\}/g, 'absent');
				for (const [name, token] of Object.entries(tokens)) {
					const response = await fetch(url, {
						method: method.toUpperCase(),
						headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain' },
						body: method === 'post' ? 'no JSON' : null,
					});
					const isRefused = response.status === 403;
					await response.body?.cancel();
					assert.equal(isRefused, name !== 'admin' && name !== scope, `${method} ${path} with ${name}`);
					checked++;
				}
			}
		}
		assert.ok(checked > 120, `${checked}`);
	});

	test('an address that others reach needs a valid key, then takes any name and no foreign page', async () => {
		await using served = await serveSmallProject();
		const { knowhow } = served;
		await assert.rejects(serve(knowhow, { host: '0.0.0.0', port: 0 }), { code: 'keys_required' });
		const { token, key } = await knowhow.keys.create({ name: 'ann', scopes: ['read'] });
		await served.server.close();
		await using server = await serve(knowhow, { host: '0.0.0.0', port: 0 });
		const { port } = new URL(server.url);
		const statusOf = async (headers: Record<string, string>): Promise<number> => {
			const request = httpRequest(`http://127.0.0.1:${port}/v1/models`, { headers });
			request.end();
			const [response] = (await once(request, 'response')) as [IncomingMessage];
			response.resume();
			return response.statusCode ?? 0;
		};
		const authorization = `Bearer ${token}`;
		assert.equal(await statusOf({ host: 'knowledge.example', authorization }), 200);
		assert.equal(await statusOf({ host: 'knowledge.example' }), 401);
		const page = { host: 'knowledge.example', authorization };
		assert.equal(await statusOf({ ...page, origin: 'https://knowledge.example' }), 200);
		assert.equal(await statusOf({ ...page, origin: 'https://evil.example' }), 403);
		await knowhow.keys.revoke(key.id);
		await assert.rejects(serve(knowhow, { host: '0.0.0.0', port: 0 }), { code: 'keys_required' });
	});

	test('the official client sends them, and has its own errors for 401 and 429', async () => {
		await using served = await serveSmallProject();
		const token = await keyOf(served, 'ann', { requestsPerMinute: 2 });
		const client = (apiKey: string) => new OpenAI({ apiKey, baseURL: served.baseURL, maxRetries: 0 });
		await assert.rejects(client('kh-wrong').models.list(), AuthenticationError);
		await client(token).models.list();
		await client(token).models.list();
		await assert.rejects(client(token).models.list(), (error: RateLimitError) => {
			assert.ok(error instanceof RateLimitError);
			const seconds = Number(error.headers.get('retry-after'));
			assert.ok(seconds >= 1 && seconds <= 30, String(seconds));
			return error.code === 'limit_reached';
		});
		const other = await keyOf(served, 'bob', { requestsPerMinute: 2 });
		await client(other).models.list();
	});

	test('what language models cost counts for the day, streamed or not, in answers and alone', async () => {
		let calls = 0;
		// 1 USD for a million tokens in: each call costs 1 USD.
		const model: Generator = {
			id: 'anthropic/claude-haiku-4-5',
			contextTokens: 8192,
			async *generate() {
				calls++;
				yield { type: 'text-delta', text: 'The refund window is 30 days after delivery [1].' };
				yield { type: 'generator-end', reason: 'stop', usage: { inputTokens: 1e6, outputTokens: 0 } };
			},
		};
		let now = Date.UTC(2026, 5, 1, 23, 59, 0);
		await using served = await serveSmallProject({ model, now: () => now });
		const chat = { messages: [{ role: 'user', content: question }] };
		const token = await keyOf(served, 'ann', { costPerDay: 4 });
		const paid: [string, object][] = [
			['/v1/chat/completions', { ...chat, model: 'rag' }],
			['/v1/chat/completions', { ...chat, model: model.id, stream: true }],
			['/v1/responses', { model: model.id, input: question }],
			['/api/ask', { question, stream: true }],
		];
		for (const [at, [path, body]] of paid.entries()) {
			assert.equal((await send(served, token, path, body)).status, 200);
			assert.equal(await served.knowhow.spending.today((await served.knowhow.keys.list())[0]!.id), at + 1, path);
		}
		const over = await send(served, token, '/api/ask', { question });
		assert.deepEqual([over.status, codeIn(over), over.headers.get('retry-after')], [429, 'limit_reached', '60']);
		assert.equal(calls, 4, 'nothing is called that may not be paid');
		now += 60_000;
		assert.equal((await send(served, token, '/v1/models')).status, 200, 'the next day');
	});
});

describe('who may read', () => {
	test('who uploads for others sees what became of it, and nothing of what it says', async () => {
		await using served = await serveSmallProject();
		const crawler = await keyOf(served, 'crawler', { scopes: ['read', 'write'] });
		const ann = await keyOf(served, 'ann', { groups: ['birds'], scopes: ['read', 'write'] });
		const bob = await keyOf(served, 'bob', { scopes: ['read', 'write'] });
		const client = (apiKey: string) => new OpenAI({ apiKey, baseURL: served.baseURL, maxRetries: 0 });
		const store = { vector_store_id: 'default' };
		const file_id = await uploadAs(served, crawler, 'The emu cannot fly.');
		const added = { file_id, readers: ['group:birds'], attributes: { bird: 'emu' } };
		const openai = client(crawler);
		assert.equal((await openai.vectorStores.files.createAndPoll('default', added, fast)).status, 'completed');
		const batch = await openai.vectorStores.fileBatches.createAndPoll(
			'default',
			{ file_ids: [file_id], readers: ['group:birds'] } as OpenAI.VectorStores.FileBatchCreateParams,
			fast,
		);
		assert.deepEqual([batch.status, batch.file_counts.completed, batch.file_counts.total], ['completed', 1, 1]);
		await client(ann).vectorStores.files.update(file_id, { ...store, attributes: { note: 'flightless' } });
		const shown = await openai.vectorStores.files.retrieve(file_id, store);
		assert.deepEqual(
			[shown.status, shown.attributes, (shown as { document_id?: string | null }).document_id],
			['completed', {}, null],
		);
		assert.equal((await openai.vectorStores.files.list('default')).data.length, 1);
		assert.equal((await openai.vectorStores.retrieve('default')).file_counts.completed, 1);
		await assert.rejects(openai.vectorStores.files.content(file_id, store), { status: 404 });
		await assert.rejects(openai.vectorStores.files.update(file_id, { ...store, attributes: {} }), { status: 404 });
		const { data } = await openai.vectorStores.search('default', { query: 'emu' });
		assert.ok(data.every(({ content }) => !content[0]!.text.includes('emu')));
		await assert.rejects(client(bob).vectorStores.files.retrieve(file_id, store), { status: 404 });
		assert.equal((await client(bob).vectorStores.retrieve('default')).file_counts.total, 0);
		await openai.vectorStores.files.delete(file_id, store);
		await assert.rejects(client(ann).vectorStores.files.retrieve(file_id, store), { status: 404 });
	});

	test('readers go with an upload, a batch, a document and a collection', async () => {
		await using served = await serveSmallProject();
		const ann = await keyOf(served, 'ann', { scopes: ['read', 'write'] });
		const bob = await keyOf(served, 'bob', { groups: ['birds'], scopes: ['read', 'write'] });
		const cat = await keyOf(served, 'cat');
		const finds = async (token: string, store: string): Promise<number> => {
			const { text, status } = await send(served, token, `/v1/vector_stores/${store}/search`, { query: 'emu' });
			if (status !== 200) return -status;
			return (JSON.parse(text) as { data: { content: { text: string }[] }[] }).data.filter(({ content }) =>
				content[0]!.text.includes('emu'),
			).length;
		};
		const everybodyFinds = async (store: string) =>
			await Promise.all([ann, bob, cat].map(async (token) => await finds(token, store)));
		const first = await uploadAs(served, ann, 'The emu cannot fly.');
		const added = { file_id: first, readers: ['ann', 'group:birds'] };
		assert.equal((await send(served, ann, '/v1/vector_stores/default/files', added)).status, 200);
		await served.knowhow.files.inCollections.settled();
		assert.deepEqual(await everybodyFinds('default'), [1, 1, 0]);
		const again = { file_ids: [first], readers: ['ann'] };
		assert.equal((await send(served, ann, '/v1/vector_stores/default/file_batches', again)).status, 200);
		await served.knowhow.files.inCollections.settled();
		assert.deepEqual(await everybodyFinds('default'), [1, 0, 0], 'the same bytes with other readers');
		const own = await send(served, ann, '/v1/vector_stores', { name: 'default' });
		const store = JSON.parse(own.text) as { id: string; name: string; collection: string };
		assert.equal(store.name, 'default');
		assert.match(store.collection, /^vs-/, 'a name that is taken does not show');
		const second = await uploadAs(served, ann, 'The emu runs.');
		await send(served, ann, `/v1/vector_stores/${store.id}/files`, { file_id: second });
		await served.knowhow.files.inCollections.settled();
		assert.deepEqual(await everybodyFinds(store.id), [1, -404, -404], 'who makes a vector store has it alone');
		const access = `/api/collections/${store.id}/access`;
		assert.equal((await send(served, bob, access, { readers: ['bob'] })).status, 404);
		assert.equal((await send(served, ann, access, { readers: ['group:birds'] })).status, 200);
		assert.deepEqual(await everybodyFinds(store.id), [1, 1, -404]);
		assert.equal((await send(served, bob, access, { readers: ['bob'] })).status, 403, 'reaching is not owning');
		const { data } = JSON.parse((await send(served, ann, `/api/documents?collection=${store.id}`)).text) as {
			data: { id: string }[];
		};
		const document = `/api/documents/${data[0]!.id}`;
		assert.equal((await send(served, cat, document)).status, 404);
		assert.equal((await send(served, ann, `${document}/access`, { readers: ['ann'] })).status, 200);
		assert.deepEqual(await everybodyFinds(store.id), [1, 0, -404]);
		const wrong = await send(served, ann, `${document}/access`, { readers: ['no such: name'] });
		assert.equal(wrong.status, 400);
	});

	test('a conversation goes on without what its caller may no longer read', async () => {
		await using served = await serveSmallProject();
		const { knowhow } = served;
		const token = await keyOf(served, 'ann');
		const [document] = (await knowhow.documents()).filter(({ source }) => source === 'docs/errors.md');
		const { id: conversation } = JSON.parse((await send(served, token, '/api/conversations', {})).text) as {
			id: string;
		};
		const ask = async (text: string) => {
			const sent = await send(served, token, '/api/ask', { question: text, conversation });
			return JSON.parse(sent.text) as { interaction: string; answer: string; standalone: string | null };
		};
		const before = await ask('What does ERR_1042 mean?');
		const next = await ask('And ERR_2001?');
		assert.match(before.answer, /declined/);
		assert.match(next.standalone ?? '', /ERR_1042|Error codes|mean/, 'the turn before was read into it');
		await knowhow.setAccess(document!.id, []);
		for (const { interaction } of [before, next]) {
			const { text } = await send(served, token, `/api/interactions/${interaction}`);
			assert.doesNotMatch(text, /declined|Error codes|docs\/errors|lost its connection/);
			assert.equal((JSON.parse(text) as { interaction: { standalone: null } }).interaction.standalone, null);
		}
		const after = await send(served, token, '/api/ask', { question: 'And what else?', conversation });
		assert.doesNotMatch(after.text, /declined|Error codes|docs\/errors/);
		assert.equal((await send(served, token, '/api/ask', { question, conversation: 'cnv_none' })).status, 404);
	});

	test('an answer to one key is not repeated to another of the same person in other groups', async () => {
		await using served = await serveSmallProject();
		const scopes = ['read', 'write'] as const;
		const wide = await keyOf(served, 'wide', { principal: 'ann', groups: ['staff'], scopes });
		const narrow = await keyOf(served, 'narrow', { principal: 'ann', scopes });
		const made = async (token: string) => {
			const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': 'k' };
			const response = await fetch(`${served.baseURL}/vector_stores`, { method: 'POST', headers, body: '{}' });
			return ((await response.json()) as { id: string }).id;
		};
		assert.equal(await made(wide), await made(wide));
		assert.notEqual(await made(wide), await made(narrow));
	});

	test('an export carries who reaches a collection, and an import does not open one that is closed', async () => {
		await using served = await serveSmallProject();
		const { knowhow, folder } = served;
		const [collection] = await knowhow.collections();
		const grant = { owner: 'ann', readers: ['group:staff'] };
		await knowhow.collectionAccess.set(collection!.id, grant);
		await knowhow.export('out');
		await using to = await temporaryFolder();
		const there = ['--project', to.path];
		assert.equal((await run(['import', join(folder, 'out'), ...there])).code, 0);
		const shown = await run(['collections', 'access', 'default', '--json', ...there]);
		assert.deepEqual(JSON.parse(shown.stdout), { collection: 'default', ...grant });
		await run(['collections', 'access', 'default', '--readers', 'everyone', ...there]);
		const again = await run(['import', join(folder, 'out'), '--json', ...there]);
		assert.equal(again.code, 1);
		assert.match(again.stderr + again.stdout, /conflict/);
	});
});

describe('the audit log', () => {
	test('says who did what, to what, when and how it ended, newest first, and no text', async () => {
		await using served = await serveSmallProject();
		const { knowhow } = served;
		const ann = await keyOf(served, 'ann', { scopes: ['read', 'write'] });
		const root = await keyOf(served, 'root', { scopes: ['admin'] });
		const file = await uploadAs(served, ann, 'The secretive emu cannot fly.');
		await send(served, ann, '/api/ask', { question: 'What is the ambrosial refund window?' });
		await send(served, ann, '/v1/files/file-absent');
		await send(served, ann, '/api/audit');
		await send(served, 'kh-wrong', '/v1/models');
		const read = async (query: string) =>
			JSON.parse((await send(served, root, `/api/audit?${query}`)).text) as {
				data: { id: string; at: number; who: string; action: string; object: string | null; result: number }[];
				has_more: boolean;
			};
		const { data } = await read('who=ann');
		assert.deepEqual(
			data.map(({ action, object, result }) => [action, object, result]),
			[
				['GET /api/audit', null, 403],
				['GET /v1/files/:file', 'file-absent', 404],
				['POST /api/ask', null, 200],
				['POST /v1/files', file, 200],
			],
		);
		assert.ok(data.every(({ at }) => Math.abs(at - Date.now()) < 60_000));
		const all = (await knowhow.audit.list({ limit: 1000 })).filter(({ who }) => who !== 'root');
		assert.deepEqual(
			all.slice(-2).map(({ who, action }) => [who, action]),
			[
				[null, 'keys create'],
				[null, 'keys create'],
			],
		);
		assert.doesNotMatch(JSON.stringify(all), /secretive|ambrosial|note\.md|kh-wrong/);
		const pages: string[] = [];
		for (let after = ''; ;) {
			const page = await read(`who=ann&limit=1${after}`);
			pages.push(...page.data.map(({ id }) => id));
			if (!page.has_more) break;
			after = `&after=${page.data[0]!.id}`;
		}
		assert.deepEqual(
			pages,
			data.map(({ id }) => id),
		);
	});

	test('at the prompt: keys, who may read, audit', async () => {
		await using folder = await temporaryFolder();
		await writeSmallDocuments(folder.path);
		const at = { cwd: folder.path };
		const json = async (...words: string[]) => {
			const { stdout, stderr, code } = await run([...words, '--json'], at);
			assert.equal(code, 0, stderr);
			return JSON.parse(stdout) as Record<string, never>;
		};
		await json('ingest', 'docs');
		const created = await json('keys', 'create', 'ann', '--group', 'staff', '--days', '2', '--cost-per-day', '1.5');
		assert.match(created['token']!, /^kh-/);
		assert.equal((await run(['keys', 'create', 'x', '--scope', 'all'], at)).code, 2);
		const access = await json('documents', 'access', 'docs/refunds.md', '--readers', 'ann,group:staff');
		const [{ readers }] = access['documents'] as unknown as [{ readers: string[] }];
		assert.deepEqual(readers, ['ann', 'group:staff']);
		assert.deepEqual((await json('documents', 'access', 'docs/refunds.md'))['documents'], access['documents']);
		assert.equal((await run(['documents', 'access', 'docs/refunds.md', '--readers', ''], at)).code, 2);
		assert.deepEqual((await json('collections', 'access', 'default', '--readers', 'nobody'))['readers'], []);
		const revoked = await json('keys', 'revoke', 'ann');
		assert.ok(Number(revoked['revokedAt']) > 0);
		const entries = (await json('audit'))['entries'] as unknown as { action: string }[];
		assert.deepEqual(
			entries.map(({ action }) => action),
			['keys revoke', 'keys create'],
		);
		const database = await readFile(join(folder.path, '.knowhow/knowhow.db'), 'latin1');
		assert.ok(!database.includes(created['token']!));
	});
});
