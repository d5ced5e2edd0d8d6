import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI, { toFile } from 'openai';
import { serve } from '../src/serve/server.ts';
import { serveSmallProject, type Served } from './serving.ts';

const dayMs = 24 * 60 * 60 * 1000;
const query = 'When is the okapi fed?';

/** A project whose clock stands still until it is moved. */
class Clocked implements AsyncDisposable {
	readonly clock: { at: number };
	readonly served: Served;
	readonly openai: OpenAI;

	private constructor(clock: { at: number }, served: Served) {
		this.clock = clock;
		this.served = served;
		this.openai = new OpenAI({ baseURL: served.baseURL, apiKey: 'none', maxRetries: 0 });
	}

	static async create(): Promise<Clocked> {
		const clock = { at: Date.UTC(2026, 0, 1) };
		return new Clocked(clock, await serveSmallProject({ now: () => clock.at }));
	}

	async upload(name: string, expires?: number): Promise<OpenAI.FileObject> {
		const file = await toFile(Buffer.from('The okapi is fed at seven.'), name);
		const more = expires === undefined ? {} : { expires_after: { anchor: 'created_at' as const, seconds: expires } };
		return await this.openai.files.create({ file, purpose: 'assistants', ...more });
	}

	/** With one file in it that is completed. */
	async store(days: number | null): Promise<{ store: string; file: string }> {
		const more = days === null ? {} : { expires_after: { anchor: 'last_active_at' as const, days } };
		const { id: store } = await this.openai.vectorStores.create({ name: 'zoo', ...more });
		const { id: file } = await this.upload('okapi.txt');
		await this.openai.vectorStores.files.create(store, { file_id: file });
		await this.served.knowhow.files.inCollections.settled();
		return { store, file };
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.served[Symbol.asyncDispose]();
	}
}

test('a vector store that nobody uses for its days is expired: its documents are gone, its files stay', async () => {
	await using clocked = await Clocked.create();
	const { openai, served, clock } = clocked;
	const { store, file } = await clocked.store(2);
	const shown = await openai.vectorStores.retrieve(store);
	assert.deepEqual(
		[shown.status, shown.expires_after, shown.last_active_at, shown.expires_at],
		['completed', { anchor: 'last_active_at', days: 2 }, clock.at / 1000, (clock.at + 2 * dayMs) / 1000],
	);
	clock.at += 2 * dayMs - 1;
	await served.knowhow.expiry.sweep();
	assert.equal((await openai.vectorStores.search(store, { query })).data.length, 1);
	// That was a use: its days begin anew. Looking at it is none.
	clock.at += 2 * dayMs - 1;
	assert.equal((await openai.vectorStores.retrieve(store)).status, 'completed');
	clock.at += 1;
	assert.equal((await served.knowhow.documents({ collection: 'zoo' })).length, 1);
	// The first request from that moment on finds it empty.
	assert.equal((await openai.vectorStores.retrieve(store)).status, 'expired');
	assert.deepEqual(await served.knowhow.documents({ collection: 'zoo' }), []);
	await assert.rejects(openai.vectorStores.search(store, { query }), { status: 404, message: /expired/ });
	await assert.rejects(openai.vectorStores.files.create(store, { file_id: file }), { status: 404 });
	const tools = [{ type: 'file_search' as const, vector_store_ids: [store] }];
	await assert.rejects(openai.responses.create({ model: 'rag', input: query, tools }), { status: 404 });
	const expired = await openai.vectorStores.retrieve(store);
	assert.deepEqual([expired.status, expired.file_counts.total, expired.usage_bytes], ['expired', 0, 0]);
	assert.equal((await openai.files.retrieve(file)).id, file);
	const renewed = await openai.vectorStores.update(store, { expires_after: { anchor: 'last_active_at', days: 1 } });
	assert.equal(renewed.status, 'completed');
	await openai.vectorStores.files.create(store, { file_id: file });
	await served.knowhow.files.inCollections.settled();
	assert.equal((await openai.vectorStores.search(store, { query })).data.length, 1);
});

test('one that is made without days stays, one whose days are taken back too, and its files are counted', async () => {
	await using clocked = await Clocked.create();
	const { openai, served, clock } = clocked;
	const stays = (await clocked.store(null)).store;
	const { store } = await clocked.store(1);
	await openai.vectorStores.update(store, { expires_after: null });
	clock.at += 1000 * dayMs;
	await served.knowhow.expiry.sweep();
	for (const id of [stays, store]) {
		const { status, expires_at, file_counts } = await openai.vectorStores.retrieve(id);
		assert.deepEqual([status, expires_at, file_counts.completed, file_counts.total], ['completed', null, 1, 1]);
	}
	// What was not uploaded is no file of OpenAI's, and a document all the same.
	const small = (await openai.vectorStores.retrieve('default')) as OpenAI.VectorStore & { documents: number };
	assert.deepEqual([small.file_counts.total, small.documents], [0, 4]);
	for (const days of [0, 366, 1.5]) {
		const expires_after = { anchor: 'last_active_at' as const, days };
		await assert.rejects(openai.vectorStores.create({ expires_after }), { status: 400 });
	}
});

test('being asked is a use, of the default collection too', async () => {
	await using clocked = await Clocked.create();
	const { openai, served, clock } = clocked;
	await openai.vectorStores.update('default', { expires_after: { anchor: 'last_active_at', days: 1 } });
	for (let day = 0; day < 3; day++) {
		clock.at += dayMs - 1;
		const messages = [{ role: 'user' as const, content: 'What is the refund window?' }];
		const { choices } = await openai.chat.completions.create({ model: 'rag', messages });
		assert.match(choices[0]!.message.content ?? '', /30 days/);
		await served.knowhow.expiry.sweep();
	}
	assert.equal((await served.knowhow.documents()).length, 4);
	clock.at += dayMs;
	await served.knowhow.expiry.sweep();
	assert.deepEqual(await served.knowhow.documents(), []);
});

test('a file whose seconds are over is absent at once, and gone from disk when a server starts', async () => {
	await using clocked = await Clocked.create();
	const { openai, served, clock } = clocked;
	const file = await clocked.upload('okapi.txt', 3600);
	assert.equal((file as { expires_at?: number }).expires_at, clock.at / 1000 + 3600);
	await openai.vectorStores.files.create('default', { file_id: file.id });
	await served.knowhow.files.inCollections.settled();
	clock.at += 3_600_000 - 1;
	assert.equal((await openai.files.retrieve(file.id)).id, file.id);
	clock.at += 1;
	await assert.rejects(openai.files.retrieve(file.id), { status: 404 });
	assert.deepEqual((await openai.files.list()).data, []);
	await served.server.close();
	await using second = await serve(served.knowhow, { port: 0 });
	assert.deepEqual(await served.knowhow.files.expired(), []);
	assert.equal((await served.knowhow.documents()).length, 4);
	const form = new FormData();
	form.set('purpose', 'assistants');
	form.set('file', new File(['a'], 'a.txt'));
	form.set('expires_after[anchor]', 'created_at');
	form.set('expires_after[seconds]', '60');
	assert.equal((await fetch(`${second.url}/v1/files`, { method: 'POST', body: form })).status, 400);
});

test('what has expired is read nowhere from that moment on, before any sweep', async () => {
	await using clocked = await Clocked.create();
	const { openai, served, clock } = clocked;
	const expiring = await clocked.upload('okapi.txt', 3600);
	const { id: zoo } = await openai.vectorStores.create({ name: 'zoo' });
	await openai.vectorStores.files.create(zoo, { file_id: expiring.id });
	const { id: file } = await clocked.upload('okapi.txt');
	await openai.vectorStores.files.create('default', { file_id: file });
	await served.knowhow.files.inCollections.settled();
	await openai.vectorStores.update('default', { expires_after: { anchor: 'last_active_at', days: 1 } });
	const send = async (path: string, body?: object): Promise<{ status: number; data?: unknown[] }> => {
		const headers = { 'content-type': 'application/json' };
		const init = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) };
		const response = await fetch(served.server.url + path, init);
		return { ...((await response.json()) as object), status: response.status };
	};
	const inZoo = { vector_store_id: zoo };
	assert.equal((await openai.vectorStores.search(zoo, { query })).data.length, 1);
	clock.at += 3_600_000;
	assert.deepEqual((await openai.vectorStores.search(zoo, { query })).data, []);
	await assert.rejects(openai.vectorStores.files.retrieve(expiring.id, inZoo), { status: 404 });
	await assert.rejects(openai.vectorStores.files.content(expiring.id, inZoo), { status: 404 });
	assert.deepEqual((await openai.vectorStores.files.list(zoo)).data, []);
	clock.at += dayMs;
	const messages = [{ role: 'user', content: query }];
	assert.equal((await send('/api/ask', { question: query })).status, 404);
	assert.equal((await send('/v1/chat/completions', { model: 'rag', messages })).status, 404);
	assert.equal((await send(`/v1/vector_stores/default/files/${file}/content`)).status, 404);
	assert.deepEqual(await send('/api/documents'), { status: 200, data: [], has_more: false });
	assert.deepEqual(await served.knowhow.documents(), []);
});
