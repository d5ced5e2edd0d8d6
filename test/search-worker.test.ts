import assert from 'node:assert/strict';
import { once } from 'node:events';
import { suite, test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { type Embedder, type Knowhow, KnowhowError, open, type SearchOptions } from '../src/index.ts';
import { hashingEmbedder } from './hashing-embedder.ts';
import { temporaryFolder } from './run-program.ts';
import { writeSmallDocuments } from './small-documents.ts';

type World = AsyncDisposable & {
	/** Searches in a thread of its own. */
	readonly served: Knowhow;
	/** The same project, searched in this thread. */
	readonly here: Knowhow;
	/** The threads begun so far. */
	readonly threads: readonly Worker[];
};

/** `onThread` meets each thread as it begins. */
async function openWorld(onThread: (thread: Worker, number: number) => void = () => {}): Promise<World> {
	const folder = await temporaryFolder();
	await writeSmallDocuments(folder.path);
	const embedder: Embedder = { ...hashingEmbedder(), meanings: () => new Map([['zzz', ['refund']]]) };
	const options = { env: {}, embedder };
	const here = await open(folder.path, options);
	await here.ingest('docs');
	const threads: Worker[] = [];
	const began = (thread: Worker): void => onThread(thread, threads.push(thread));
	process.on('worker', began);
	const served = await open(folder.path, { ...options, searchThread: true });
	return {
		served,
		here,
		threads,
		[Symbol.asyncDispose]: async () => {
			await served.close();
			await here.close();
			process.off('worker', began);
			await folder[Symbol.asyncDispose]();
		},
	};
}

async function failure(run: Promise<unknown>): Promise<{ code: string; message: string; hint: string | undefined }> {
	const error = await run.then(
		() => null,
		(thrown: unknown) => thrown,
	);
	assert.ok(error instanceof KnowhowError, String(error));
	const { code, message, hint } = error;
	return { code, message, hint };
}

suite('a search in a thread of its own', () => {
	test('finds what a search in this thread finds, in any mode, for any reader, with any filter', async () => {
		await using world = await openWorld();
		const [first] = await world.here.documents();
		await world.here.setAccess(first!.id, ['ann']);
		const asked: SearchOptions[] = [
			{},
			{ mode: 'keyword' },
			{ mode: 'vector' },
			{ rerank: false, fusion: 'rrf' },
			{ vectorWeight: 0.9, k: 3 },
			{ access: { principals: ['ann'] } },
			{ access: { principals: ['bob'] } },
			{ access: { principals: [] }, k: 50 },
			{ filter: { type: 'eq', key: 'format', value: 'markdown' } },
		];
		let found = 0;
		for (const query of ['refund window', 'password', 'how long is the warranty of X-1200/B?', 'zzz']) {
			for (const options of asked) {
				const [there, here] = await Promise.allSettled([
					world.served.search(query, options),
					world.here.search(query, options),
				]);
				if (here.status === 'rejected') {
					assert.equal(String((there as PromiseRejectedResult).reason), String(here.reason));
					continue;
				}
				assert.equal(there.status, 'fulfilled');
				assert.deepEqual({ ...there.value, tookMs: 0 }, { ...here.value, tookMs: 0 });
				found += here.value.hits.length;
			}
		}
		assert.ok(found > 20, `${found} hits`);
		assert.equal(world.threads.length, 1);
	});

	test('looks for what words mean, beside vectors alone', async () => {
		await using world = await openWorld();
		const { hits } = await world.served.search('zzz');
		const byWord = hits.filter(({ parts }) => parts.keyword! > 0);
		assert.ok(byWord.length > 0 && byWord.every(({ text, headings }) => /refund/i.test(`${headings.join()} ${text}`)));
		assert.deepEqual((await world.served.search('zzz', { mode: 'keyword' })).hits, []);
	});

	test('sees every commit of any connection that was made before it, a new vector space too', async () => {
		await using world = await openWorld();
		const { served, here } = world;
		const sources = async (): Promise<string[]> => {
			const { hits } = await served.search('refund', { k: 50 });
			return [...new Set(hits.map(({ document }) => document.id))];
		};
		const all = await sources();
		assert.ok(all.length > 0);
		await here.remove([all[0]!]);
		assert.deepEqual(await sources(), all.slice(1));
		await served.remove([all[1]!]);
		assert.deepEqual(await sources(), all.slice(2));
		await served.createCollection('late');
		assert.deepEqual((await served.search('refund', { collections: ['late'] })).hits, []);
		await here.ingest('docs', { collection: 'late' });
		const { hits } = await served.search('refund', { collections: ['late'], mode: 'vector' });
		assert.ok(hits.length > 0 && hits.every(({ parts }) => parts.vector !== null));
		await here.deleteCollection('late');
		assert.equal((await failure(served.search('refund', { collections: ['late'] }))).code, 'not_found');
	});

	test('fails as a search in this thread does', async () => {
		await using world = await openWorld();
		const options = { collections: ['nowhere'] };
		const there = await failure(world.served.search('refund', options));
		assert.equal(there.code, 'not_found');
		assert.equal((await failure(world.here.search('refund', options))).code, 'not_found');
		const settings = { env: {}, settings: { embedder: null } };
		await using bare = await open(world.served.folder, { ...settings, searchThread: true });
		await using bareHere = await open(world.served.folder, settings);
		const expected = await failure(bareHere.search('refund', { mode: 'vector' }));
		assert.equal(expected.code, 'no_embedder');
		assert.deepEqual(await failure(bare.search('refund', { mode: 'vector' })), expected);
	});

	test('is done by the next thread when one ends before the answer', async () => {
		await using world = await openWorld((thread, number) => {
			if (number === 1) void thread.terminate();
		});
		const [a, b] = await Promise.all([world.served.search('refund'), world.served.search('password')]);
		assert.ok(a.hits.length > 0 && b.hits.length > 0);
		assert.equal(world.threads.length, 2);
	});

	test('fails with one clear error when two threads end, and works again after', async () => {
		await using world = await openWorld((thread, number) => {
			if (number <= 2) void thread.terminate();
		});
		const { code, hint } = await failure(world.served.search('refund'));
		assert.equal(code, 'search_failed');
		assert.ok(hint);
		assert.ok((await world.served.search('refund')).hits.length > 0);
		assert.equal(world.threads.length, 3);
	});

	test('that is cancelled is not waited for, and holds up no other', async () => {
		await using world = await openWorld();
		const leaving = new AbortController();
		const others = Array.from({ length: 20 }, () => world.served.search('refund'));
		const left = world.served.search('password', { mode: 'keyword', signal: leaving.signal });
		others.push(world.served.search('refund'));
		leaving.abort();
		assert.equal((await failure(left)).code, 'cancelled');
		for (const { hits } of await Promise.all(others)) assert.ok(hits.length > 0);
	});

	test('the thread ends with the project, after what was asked of it', async () => {
		await using world = await openWorld();
		await world.served.search('refund');
		const [thread] = world.threads;
		const ended = once(thread!, 'exit');
		const last = world.served.search('password');
		const [{ hits }] = await Promise.all([last, world.served.close()]);
		assert.ok(hits.length > 0);
		assert.deepEqual(await ended, [0]);
	});
});
