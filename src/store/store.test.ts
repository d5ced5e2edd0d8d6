import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import type { Store } from '../core/store.ts';
import { type OpenedStore, rejectsWith, storeContract, writeOf } from '../../test/store-contract.ts';
import { restoreStore } from './backup.ts';
import { openStore } from './store.ts';

/** Opens stores in one temporary folder, removed at the end. The clock counts, the ids are hashes of a counter. */
async function openTemporary(busyTimeoutMs = 5000): Promise<OpenedStore & { folder: string }> {
	const folder = await mkdtemp(join(tmpdir(), 'knowhow-store-'));
	let ticks = 0;
	const options = {
		now: () => ++ticks,
		busyTimeoutMs,
		random: (bytes: number) => createHash('sha256').update(`${++ticks}`).digest().subarray(0, bytes),
	};
	let store = await openStore(folder, options);
	return {
		folder,
		get store() {
			return store;
		},
		second: () => openStore(folder, options),
		async reopen() {
			await store[Symbol.asyncDispose]();
			store = await openStore(folder, options);
			return store;
		},
		async [Symbol.asyncDispose]() {
			await store[Symbol.asyncDispose]();
			await rm(folder, { recursive: true, force: true });
		},
	};
}

storeContract('SQLite store', () => openTemporary());

/** All bytes of all files in a folder, as text in which ASCII can be found. */
async function bytesIn(folder: string): Promise<string> {
	const names = await readdir(folder);
	const files = await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1')));
	return files.join('');
}

/** A text of sentences that each hold the marker, so that any piece of it is recognised. */
function marked(marker: string, length: number): string {
	return `The ${marker} sentence tells of ${marker} things. `.repeat(Math.ceil(length / 40) + 1);
}

/** A document whose every part holds the marker. */
function markedWrite(collection: string, marker: string, length: number, width: number) {
	const write = writeOf(collection, `${marker}.md`, marked(marker, length), { width });
	return {
		...write,
		title: marker,
		attributes: { [marker]: marker },
		chunks: write.chunks.map((chunk) => ({ ...chunk, headings: [marker] })),
	};
}

describe('gone from disk', () => {
	test('no sentence of a removed document, replaced version or collection is in any file', async () => {
		await using opened = await openTemporary();
		const { corpus, records } = opened.store;
		const { id } = await corpus.createCollection('default');
		await corpus.createCollection('doomed');
		const doomed = (await corpus.collection('doomed')) as { id: string };
		const first = await corpus.replace(markedWrite(id, 'REPLACED', 50_000, 900));
		const removed = await corpus.replace(markedWrite(id, 'REMOVED', 50_000, 900));
		await corpus.replace(markedWrite(doomed.id, 'DOOMED', 50_000, 900));
		await records.put({ kind: 'interaction', id: 'a', value: 'REDACTED' });
		await records.put({ kind: 'interaction', id: 'a', value: '' });
		await corpus.replace({ ...markedWrite(id, 'CURRENT', 60_000, 700), id: first.document, expected: 1 });
		await corpus.remove([removed.document]);
		await corpus.removeCollection('doomed');
		const bytes = await bytesIn(opened.folder);
		for (const gone of ['REPLACED', 'REMOVED', 'DOOMED', 'REDACTED']) assert.equal(bytes.includes(gone), false, gone);
		assert.ok(bytes.includes('The CURRENT sentence tells of CURRENT things.'));
	});

	test('replaced text leaves the disk when the store is settled', async () => {
		await using opened = await openTemporary();
		const { corpus } = opened.store;
		const { id } = await corpus.createCollection('default');
		const { document } = await corpus.replace(markedWrite(id, 'REPLACED', 5000, 900));
		await corpus.replace({ ...markedWrite(id, 'CURRENT', 5000, 900), id: document, expected: 1 });
		await opened.store.settle();
		assert.equal((await bytesIn(opened.folder)).includes('REPLACED'), false);
	});

	test('nothing that ever left can be found, whatever happened before', async () => {
		const lengths = fc.oneof(fc.nat(3000), fc.nat(60_000));
		const moves = fc.array(fc.record({ pick: fc.nat(30), length: lengths, remove: fc.boolean() }), {
			minLength: 60,
			maxLength: 150,
		});
		await fc.assert(
			fc.asyncProperty(moves, async (moves) => {
				await using opened = await openTemporary();
				const gone = await churn(opened.store, moves);
				await opened.store.settle();
				const found = new Set((await bytesIn(opened.folder)).match(/MARK\d+X/g));
				assert.deepEqual(
					gone.filter((marker) => found.has(marker)),
					[],
				);
				assert.deepEqual(await opened.store.check(), []);
			}),
			{ numRuns: 4 },
		);
	});

	test('space of erased text goes back to the file system', async () => {
		await using opened = await openTemporary();
		const { corpus } = opened.store;
		const { id } = await corpus.createCollection('default');
		const kept = await corpus.replace(markedWrite(id, 'KEPT', 20_000, 900));
		const { document } = await corpus.replace(markedWrite(id, 'LARGE', 6_000_000, 900));
		await opened.store.settle();
		const before = (await readFile(join(opened.folder, 'knowhow.db'))).length;
		await corpus.remove([document]);
		const after = (await readFile(join(opened.folder, 'knowhow.db'))).length;
		assert.ok(after < before / 20, `${before} → ${after}`);
		assert.equal((await corpus.chunksOf(kept.document, 'everything')).length, 23);
		assert.deepEqual(await opened.store.check(), []);
	});

	test('a reader that holds on to the past is named, and settling later completes the removal', async () => {
		await using opened = await openTemporary(200);
		const { corpus } = opened.store;
		const { id } = await corpus.createCollection('default');
		const { document } = await corpus.replace(markedWrite(id, 'REMOVED', 5000, 900));
		const reader = new DatabaseSync(join(opened.folder, 'knowhow.db'));
		reader.exec('begin; select * from texts');
		await assert.rejects(corpus.remove([document]), (error: { code?: string; details?: { receipt?: object } }) => {
			assert.equal(error.code, 'store_busy');
			assert.partialDeepStrictEqual(error.details, { receipt: { documents: 1 } });
			return true;
		});
		assert.equal(await corpus.document(document, 'everything'), null);
		reader.close();
		assert.equal((await corpus.remove([document])).documents, 0);
		assert.equal((await bytesIn(opened.folder)).includes('REMOVED'), false);
	});
});

/** Writes, replaces and removes documents; returns the markers of everything that is no longer there. */
async function churn(
	{ corpus }: Store,
	moves: readonly { pick: number; length: number; remove: boolean }[],
): Promise<string[]> {
	const { id } = await corpus.createCollection('default');
	const live = new Map<number, { document: string; version: number; marker: string }>();
	const gone: string[] = [];
	for (const [index, { pick, length, remove }] of moves.entries()) {
		const old = live.get(pick);
		if (old !== undefined) gone.push(old.marker);
		live.delete(pick);
		if (remove && old !== undefined) {
			await corpus.remove([old.document]);
			continue;
		}
		const marker = `MARK${index}X`;
		const write = markedWrite(id, marker, length, 50 + (index % 7) * 300);
		const { document, version } = await corpus.replace({
			...write,
			id: old?.document ?? null,
			expected: old?.version ?? 0,
		});
		live.set(pick, { document, version, marker });
	}
	return gone;
}

describe('processes', () => {
	test('a commit of another process is seen by the next read', async () => {
		await using opened = await openTemporary();
		const { corpus } = opened.store;
		await corpus.createCollection('default');
		const pulse = corpus.pulse();
		await runModule(
			`import { openStore } from ${JSON.stringify(new URL('store.ts', import.meta.url).href)};
			await using store = await openStore(${JSON.stringify(opened.folder)});
			await store.corpus.createCollection('from-elsewhere');`,
		);
		assert.notEqual(corpus.pulse(), pulse);
		assert.ok(await corpus.collection('from-elsewhere'));
	});

	test('processes that open a new store at once agree on it', async () => {
		const folder = await mkdtemp(join(tmpdir(), 'knowhow-store-'));
		const open = (name: string) =>
			runModule(
				`import { openStore } from ${JSON.stringify(new URL('store.ts', import.meta.url).href)};
				await using store = await openStore(${JSON.stringify(folder)});
				await store.corpus.createCollection('${name}');`,
			);
		await Promise.all(['a', 'b', 'c', 'd'].map(open));
		const store = await openStore(folder);
		assert.deepEqual(
			(await store.corpus.collections()).map(({ name }) => name),
			['a', 'b', 'c', 'd'],
		);
		await store[Symbol.asyncDispose]();
		await rm(folder, { recursive: true });
	});

	test('a store opened to be read only reads and does not write', async () => {
		await using opened = await openTemporary();
		await opened.store.corpus.createCollection('default');
		await using reader = await openStore(opened.folder, { readOnly: true });
		assert.ok(await reader.corpus.collection('default'));
		await assert.rejects(reader.corpus.createCollection('other'), { code: 'unusable_path' });
		await rejectsWith('not_found', openStore(join(opened.folder, 'absent'), { readOnly: true }));
	});
});

/** Runs a module in a new process; rejects unless it ends well. */
async function runModule(code: string): Promise<void> {
	const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	const [status] = (await once(child, 'exit')) as [number | null];
	assert.equal(status, 0);
}

describe('the file', () => {
	test('a database of the first schema gets jobs and keeps what it has', async () => {
		await using opened = await openTemporary();
		await opened.store.records.put({ kind: 'k', id: 'a', value: 1 });
		await opened.store[Symbol.asyncDispose]();
		{
			using file = new DatabaseSync(join(opened.folder, 'knowhow.db'));
			file.exec('drop table job_events; drop table jobs; pragma user_version = 1');
		}
		const store = await opened.reopen();
		assert.equal((await store.records.get('k', 'a'))?.value, 1);
		assert.equal((await store.jobs.enqueue({ kind: 'train', spec: {} })).status, 'queued');
		assert.deepEqual(await store.check(), []);
	});

	test('a database of a newer schema is refused with both versions', async () => {
		await using opened = await openTemporary();
		const file = new DatabaseSync(join(opened.folder, 'knowhow.db'));
		file.exec('pragma user_version = 99');
		file.close();
		await assert.rejects(openStore(opened.folder), (error: { code?: string; message: string }) => {
			assert.equal(error.code, 'store_newer');
			assert.match(error.message, /schema version 99.*up to 2\b/);
			return true;
		});
	});

	test('a file that is no database is called damaged', async () => {
		const folder = await mkdtemp(join(tmpdir(), 'knowhow-store-'));
		await writeFile(join(folder, 'knowhow.db'), 'this is not a database, however long it may be. '.repeat(100));
		await rejectsWith('store_corrupt', openStore(folder));
		await rm(folder, { recursive: true });
	});

	test('the settings that durability and deletion rest on are on', async () => {
		await using opened = await openTemporary();
		const file = new DatabaseSync(join(opened.folder, 'knowhow.db'));
		assert.partialDeepStrictEqual(file.prepare('pragma journal_mode').get(), { journal_mode: 'wal' });
		assert.partialDeepStrictEqual(file.prepare('pragma page_size').get(), { page_size: 16384 });
		file.close();
	});

	test('check names what was broken behind the store', async () => {
		const damages = {
			'part of its document': `update texts set body = replace(body, 'x', 'y') where id = (select body from chunks limit 1)`,
			'current version': 'update chunks set version = 2',
			'wrong dimensions': 'update embeddings set body = zeroblob(4)',
			'counts its documents': 'update collections set chunks = 7',
			'lags behind': 'update collections set sequence = 0',
			'lacks its text': 'delete from versions',
			'belongs to nothing': `insert into texts (body) values ('stray')`,
			'does not have': `update collections set space = 'absent'`,
		};
		for (const [expected, damage] of Object.entries(damages)) {
			await using opened = await openTemporary();
			const { id } = await opened.store.corpus.createCollection('default');
			await opened.store.corpus.replace(writeOf(id, 'a.md', 'x'.repeat(50)));
			const file = new DatabaseSync(join(opened.folder, 'knowhow.db'));
			file.exec(damage);
			file.close();
			const problems = await opened.store.check();
			assert.ok(
				problems.some(({ what }) => what.includes(expected)),
				`${expected}: ${JSON.stringify(problems)}`,
			);
		}
	});
});

describe('backup', () => {
	test('a backup taken while others write restores to one state of the store', async () => {
		await using opened = await openTemporary();
		const { corpus } = opened.store;
		const { id } = await corpus.createCollection('default');
		for (let index = 0; index < 20; index++) await corpus.replace(writeOf(id, `${index}.md`, 'x'.repeat(5000)));
		const copies = join(opened.folder, 'backup');
		const copying = opened.store.backup(copies);
		for (let index = 20; index < 60; index++) {
			await corpus.replace(writeOf(id, `${index}.md`, 'y'.repeat(500)));
			await turn(); // the copy's end is an event
		}
		await copying;
		assert.deepEqual(await readdir(copies), ['knowhow.db']);
		await rejectsWith('invalid_argument', opened.store.backup(copies));

		const target = join(opened.folder, 'restored');
		await restoreStore(copies, target);
		await using restored = await openStore(target);
		assert.deepEqual(await restored.check(), []);
		const sources = (await restored.corpus.documents(id, 'everything', { limit: 1000 })).map(({ source }) => source);
		const numbers = sources.map((source) => Number.parseInt(source, 10)).toSorted((a, b) => a - b);
		assert.ok(numbers.length >= 20);
		assert.deepEqual(numbers, [...numbers.keys()]);
		assert.notEqual(restored.corpus.epoch, corpus.epoch);
		assert.deepEqual(
			(await readdir(target)).filter((name) => name.includes('partial')),
			[],
		);
	});

	test('restoring replaces a store only when told, and never one that is open', async () => {
		await using opened = await openTemporary();
		await opened.store.corpus.createCollection('before');
		const copies = join(opened.folder, 'backup');
		await opened.store.backup(copies);
		await opened.store.corpus.createCollection('after');
		await rejectsWith('already_exists', restoreStore(copies, opened.folder));
		await rejectsWith('store_busy', restoreStore(copies, opened.folder, { overwrite: true }));
		assert.ok(await opened.store.corpus.collection('after'));
		await opened.store[Symbol.asyncDispose]();
		await restoreStore(copies, opened.folder, { overwrite: true });
		const store = await opened.reopen();
		assert.deepEqual(
			(await store.corpus.collections()).map(({ name }) => name),
			['before'],
		);
	});

	test('a backup that is damaged, newer or absent leaves the store alone', async () => {
		await using opened = await openTemporary();
		const copies = join(opened.folder, 'backup');
		const target = join(opened.folder, 'target');
		await rejectsWith('not_found', restoreStore(copies, target));
		await mkdir(copies);
		await writeFile(join(copies, 'knowhow.db'), 'no database at all, but long enough to look. '.repeat(100));
		await rejectsWith('store_corrupt', restoreStore(copies, target));
		await rm(copies, { recursive: true });
		await opened.store.backup(copies);
		const file = new DatabaseSync(join(copies, 'knowhow.db'));
		file.exec('pragma user_version = 99');
		file.close();
		await rejectsWith('store_newer', restoreStore(copies, target));
		assert.deepEqual(await readdir(target), []);
	});
});
