import assert from 'node:assert/strict';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import OpenAI, { type APIError, toFile } from 'openai';
import type { Embedder } from '../src/core/embedder.ts';
import { open } from '../src/index.ts';
import { serve } from '../src/serve/server.ts';
import { hashingEmbedder } from './hashing-embedder.ts';
import { knowhow as run } from './run-program.ts';
import { type Served, serveSmallProject } from './serving.ts';

/** Holds documents back between their reading and their commit, once it is closed. */
class Gate {
	#open = Promise.withResolvers<void>();
	#reached = Promise.withResolvers<void>();
	readonly embedder: Embedder = {
		...hashingEmbedder(),
		embed: async (texts, kind) => {
			if (kind === 'passage') {
				this.#reached.resolve();
				await this.#open.promise;
			}
			return await hashingEmbedder().embed(texts, kind);
		},
	};

	constructor() {
		this.open();
	}

	/** Resolves when a document has come to the gate. */
	get reached(): Promise<void> {
		return this.#reached.promise;
	}

	close(): void {
		this.#open = Promise.withResolvers();
		this.#reached = Promise.withResolvers();
	}

	open(): void {
		this.#open.resolve();
	}
}

class Uploading implements AsyncDisposable {
	readonly gate: Gate;
	readonly served: Served;
	readonly openai: OpenAI;
	readonly clock: { at: number };

	private constructor(gate: Gate, served: Served, clock: { at: number }) {
		this.gate = gate;
		this.served = served;
		this.clock = clock;
		this.openai = new OpenAI({ baseURL: served.baseURL, apiKey: 'none', maxRetries: 0 });
	}

	static async create(): Promise<Uploading> {
		const gate = new Gate();
		const clock = { at: Date.UTC(2026, 0, 1) };
		const settings = { ingest: { concurrency: 4 } };
		const served = await serveSmallProject({ embedder: gate.embedder, now: () => clock.at, settings });
		return new Uploading(gate, served, clock);
	}

	async upload(text: string, name = 'animal.md'): Promise<string> {
		const file = await toFile(Buffer.from(text), name);
		return (await this.openai.files.create({ file, purpose: 'assistants' })).id;
	}

	async add(store: string, file: string): Promise<void> {
		await this.openai.vectorStores.files.create(store, { file_id: file });
		await this.settled();
	}

	async settled(): Promise<void> {
		await this.served.knowhow.files.inCollections.settled();
	}

	/** What a vector store has: files by its counts and by its list, documents by their own list and a search for all of them. */
	async holdings(store: string): Promise<readonly number[]> {
		const { file_counts } = await this.openai.vectorStores.retrieve(store);
		const { data } = await this.openai.vectorStores.files.list(store);
		const collection = (await this.served.knowhow.collections()).find(({ id }) => id === store)!.name;
		const documents = await this.served.knowhow.documents({ collection });
		const hits = await this.openai.vectorStores.search(store, { query: 'wombat' });
		return [file_counts.total, data.length, documents.length, hits.data.length];
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.gate.open();
		await this.served[Symbol.asyncDispose]();
	}
}

describe('a file in a vector store', () => {
	test('that is added many times at once is completed, and one document', async () => {
		await using uploading = await Uploading.create();
		const { openai, gate } = uploading;
		const { id: store } = await openai.vectorStores.create({});
		const file = await uploading.upload('The wombat digs.');
		gate.close();
		const adding = Array.from(
			{ length: 6 },
			async () => await openai.vectorStores.files.create(store, { file_id: file }),
		);
		await gate.reached;
		gate.open();
		await Promise.all(adding);
		await uploading.settled();
		const { status, last_error } = await openai.vectorStores.files.retrieve(file, { vector_store_id: store });
		assert.deepEqual([status, last_error], ['completed', null]);
		assert.deepEqual(await uploading.holdings(store), [1, 1, 1, 1]);
	});

	test('that is deleted while it is added leaves nothing, whoever comes first', async () => {
		await using uploading = await Uploading.create();
		const { openai, gate, served } = uploading;
		const { id: store } = await openai.vectorStores.create({});
		for (let round = 0; round < 8; round++) {
			const file = await uploading.upload('The wombat digs.');
			gate.close();
			const add = async () => await openai.vectorStores.files.create(store, { file_id: file });
			await add();
			await gate.reached;
			// What is added again waits for the one at the gate, and so does the deletion.
			const others = Promise.allSettled([add(), openai.files.delete(file), add()]);
			gate.open();
			const [first, second, third] = await others;
			assert.equal(second.status, 'fulfilled');
			for (const each of [first, third]) {
				if (each.status === 'rejected') assert.equal((each.reason as APIError).status, 404);
			}
			await uploading.settled();
			assert.deepEqual(await uploading.holdings(store), [0, 0, 0, 0]);
		}
		const kept = (await served.knowhow.files.get(await uploading.upload('The wombat digs.')))!;
		await openai.files.delete(kept.id);
		await assert.rejects(served.knowhow.files.inCollections.add(store, kept, {}), { code: 'not_found' });
		assert.deepEqual(await uploading.holdings(store), [0, 0, 0, 0]);
	});

	test('that another process deletes while it is read becomes no document', async () => {
		await using uploading = await Uploading.create();
		const { openai, gate, served } = uploading;
		await using other = await open(served.folder, { env: {}, now: () => uploading.clock.at });
		const { id: store } = await openai.vectorStores.create({});
		const file = await uploading.upload('The wombat digs.');
		gate.close();
		await openai.vectorStores.files.create(store, { file_id: file });
		await gate.reached;
		await other.files.remove(file);
		gate.open();
		await uploading.settled();
		assert.deepEqual(await uploading.holdings(store), [0, 0, 0, 0]);
	});

	test('is not there any more when its document was removed by id', async () => {
		await using uploading = await Uploading.create();
		const { openai, served } = uploading;
		const { id: store } = await openai.vectorStores.create({ name: 'zoo' });
		const file = await uploading.upload('The wombat digs.');
		await uploading.add(store, file);
		const [document] = await served.knowhow.documents({ collection: 'zoo' });
		const { code } = await run(['remove', document!.id, '--collection', 'zoo'], { cwd: served.folder });
		assert.equal(code, 0);
		assert.deepEqual(await uploading.holdings(store), [0, 0, 0, 0]);
		await uploading.add(store, file);
		assert.deepEqual(await uploading.holdings(store), [1, 1, 1, 1]);
	});

	test('is listed where it was added, also from a place that is gone, and among those of one moment once', async () => {
		await using uploading = await Uploading.create();
		const { openai, clock } = uploading;
		const { id: store } = await openai.vectorStores.create({});
		const files: string[] = [];
		for (const text of ['a', 'b', 'c', 'd', 'e', 'f']) files.push(await uploading.upload(`The wombat digs ${text}.`));
		const [a, b, ...rest] = files as [string, string, ...string[]];
		const added = [b, ...rest, a];
		for (const file of added) {
			if (file === rest[0] || file === a) clock.at += 1000;
			await uploading.add(store, file);
		}
		const pages = async (order: 'asc' | 'desc', limit: number, each?: (id: string) => Promise<unknown>) => {
			const found: string[] = [];
			for await (const { id } of openai.vectorStores.files.list(store, { order, limit })) {
				found.push(id);
				await each?.(id);
			}
			return found;
		};
		for (const limit of [1, 2, 4, 100]) {
			const [ascending, descending] = [await pages('asc', limit), await pages('desc', limit)];
			assert.deepEqual([ascending[0], ascending.at(-1), ascending.length], [b, a, 6]);
			assert.deepEqual(descending, ascending.toReversed());
		}
		const batch = await openai.vectorStores.fileBatches.create(store, { file_ids: [a, b] });
		await uploading.settled();
		const listed = await openai.vectorStores.fileBatches.listFiles(batch.id, { vector_store_id: store, limit: 1 });
		assert.equal(listed.has_more, true);
		const all: string[] = [];
		for await (const { id } of listed) all.push(id);
		assert.deepEqual(all.toSorted(), [a, b].toSorted());
		const removed = await pages('asc', 2, async (id) => await openai.files.delete(id));
		assert.deepEqual(removed.toSorted(), files.toSorted());
		assert.deepEqual(await uploading.holdings(store), [0, 0, 0, 0]);
	});
});

describe('the name of a file', () => {
	test('is not cut inside of a character', async () => {
		await using uploading = await Uploading.create();
		const { openai } = uploading;
		const file = await uploading.upload('The wombat digs.', `${'😀'.repeat(200)}.md`);
		const { filename } = await openai.files.retrieve(file);
		assert.equal(filename, '😀'.repeat(127));
		await openai.vectorStores.files.create('default', { file_id: file });
		await uploading.settled();
		assert.equal((await openai.files.delete(file)).deleted, true);
	});

	test('may have halves of characters from a program', async () => {
		await using uploading = await Uploading.create();
		const { files } = uploading.served.knowhow;
		const content = ReadableStream.from([Buffer.from('The wombat digs.')]);
		const { id, name } = await files.upload({ name: 'half \ud83d.md', purpose: 'assistants', content, owner: null });
		assert.equal(name, 'half \ufffd.md');
		const { id: store } = await uploading.openai.vectorStores.create({});
		await uploading.add(store, id);
		assert.deepEqual(await uploading.holdings(store), [1, 1, 1, 1]);
		assert.notEqual(await files.remove(id), null);
	});
});

test('a file that cannot be removed keeps no other from expiring, and is reported', async () => {
	await using uploading = await Uploading.create();
	const { openai, served, clock } = uploading;
	const create = async (text: string) => {
		const file = await toFile(Buffer.from(text), 'a.txt');
		const expires_after = { anchor: 'created_at' as const, seconds: 3600 };
		return (await openai.files.create({ file, purpose: 'assistants', expires_after })).id;
	};
	const [stuck, other] = [await create('stuck'), await create('other')];
	const { sha256 } = (await served.knowhow.files.get(stuck))!;
	// In place of its bytes is what no file system removes as a file.
	const blob = join(served.folder, '.knowhow/blobs', sha256.slice(0, 2), sha256);
	await rm(blob);
	await mkdir(join(blob, 'inside'), { recursive: true });
	const problems: string[] = [];
	await served.server.close();
	await using server = await serve(served.knowhow, { port: 0, report: ({ event }) => problems.push(event) });
	clock.at += 3_600_000;
	assert.equal((await fetch(`${server.url}/v1/files/${other}`)).status, 404);
	assert.deepEqual(problems, ['expiry-failed']);
	const left = await readdir(join(served.folder, '.knowhow/blobs'), { recursive: true });
	assert.deepEqual(
		left.filter((path) => /[0-9a-f]{64}$/.test(path)).map((path) => path.slice(-64)),
		[sha256],
	);
});

test('a project has one server at a time, and commands beside it', async () => {
	await using served = await serveSmallProject();
	const again = await run(['serve', '--port', '0'], { cwd: served.folder });
	assert.equal(again.code, 1);
	assert.match(
		again.stderr,
		/error \(conflict\): Another server serves the project in .+\n.*other commands work beside it/,
	);
	assert.equal((await run(['documents'], { cwd: served.folder })).code, 0);
	await using other = await open(served.folder, { env: {} });
	await assert.rejects(serve(other, { port: 0 }), { code: 'conflict' });
	await served.server.close();
	await using second = await serve(other, { port: 0 });
	const port = Number(new URL(second.url).port);
	await using elsewhere = await serveSmallProject();
	await elsewhere.server.close();
	await assert.rejects(serve(elsewhere.knowhow, { port }), { code: 'conflict', message: /^Port/ });
	await using third = await serve(elsewhere.knowhow, { port: 0 });
	assert.equal((await fetch(`${third.url}/healthz`)).status, 200, 'a start that failed holds nothing');
});
