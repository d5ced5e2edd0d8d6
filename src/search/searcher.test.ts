import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { crc32 } from 'node:zlib';
import type { DocumentWrite, Store, VectorSpace } from '../core/store.ts';
import { restoreStore } from '../store/backup.ts';
import { openStore } from '../store/store.ts';
import { search, type SearchOptions } from './search.ts';
import { Searcher } from './searcher.ts';
import { snapshotPath } from './snapshot-path.ts';

const options: SearchOptions = {
	k: 5,
	mode: 'keyword',
	access: 'everything',
	fusion: 'weighted',
	vectorWeight: 0.5,
	rerank: true,
};

async function openTemporary(t: TestContext): Promise<{ store: Store; folder: string; collection: string }> {
	const folder = await mkdtemp(join(tmpdir(), 'knowhow-search-'));
	const store = await openStore(folder);
	t.after(async () => {
		await store[Symbol.asyncDispose]();
		await rm(folder, { recursive: true });
	});
	const { id } = await store.corpus.createCollection('default');
	return { store, folder, collection: id };
}

function write(collection: string, source: string, text: string, more: Partial<DocumentWrite> = {}): DocumentWrite {
	return {
		id: null,
		expected: 0,
		collection,
		source,
		title: source,
		text,
		hash: `${text.length}`,
		format: 'markdown',
		language: 'en',
		date: null,
		attributes: {},
		readers: 'everyone',
		pages: [],
		chunks: [{ start: 0, end: text.length, text, headings: [], page: null }],
		vectors: [],
		keepVersion: false,
		...more,
	};
}

async function texts(
	store: Store,
	searcher: Searcher,
	query: string,
	more: Partial<SearchOptions> = {},
): Promise<string[]> {
	const { hits } = await search(
		query,
		{ searchers: [searcher], corpus: store.corpus, embedder: null },
		{ ...options, ...more },
	);
	return hits.map(({ text }) => text);
}

test('a search that starts after a commit sees it: added, replaced, removed', async (t) => {
	const { store, folder, collection } = await openTemporary(t);
	const searcher = await Searcher.open(store.corpus, 'default', join(folder, 'index'));
	const { document } = await store.corpus.replace(write(collection, 'a.md', 'The refund window is 30 days.'));
	assert.deepEqual(await texts(store, searcher, 'refund window'), ['The refund window is 30 days.']);
	await store.corpus.replace(write(collection, 'a.md', 'The refund window is 45 days.', { id: document, expected: 1 }));
	assert.deepEqual(await texts(store, searcher, 'refund window'), ['The refund window is 45 days.']);
	await store.corpus.remove([document]);
	assert.deepEqual(await texts(store, searcher, 'refund window'), []);
});

test('another connection sees commits, access changes and filters in its next search', async (t) => {
	const { store, folder, collection } = await openTemporary(t);
	await using other = await openStore(folder);
	const searcher = await Searcher.open(other.corpus, 'default', null);
	const { document } = await store.corpus.replace(
		write(collection, 'a.md', 'Payouts arrive on Tuesday.', { attributes: { year: 2025 } }),
	);
	assert.equal((await texts(other, searcher, 'payouts')).length, 1);
	assert.equal(
		(await texts(other, searcher, 'payouts', { filter: { type: 'eq', key: 'year', value: 2024 } })).length,
		0,
	);
	await store.corpus.setAccess(document, ['finance']);
	assert.equal((await texts(other, searcher, 'payouts', { access: { principals: ['support'] } })).length, 0);
	assert.equal((await texts(other, searcher, 'payouts', { access: { principals: ['finance'] } })).length, 1);
});

test('an index opens from its snapshot plus what came since, and rebuilds when the snapshot is torn or missing', async (t) => {
	const { store, folder, collection } = await openTemporary(t);
	const index = join(folder, 'index');
	await store.corpus.replace(write(collection, 'a.md', 'The first terminal prints receipts.'));
	const first = await Searcher.open(store.corpus, 'default', index);
	await first.save();
	await store.corpus.replace(write(collection, 'b.md', 'The second terminal does not.'));
	const path = snapshotPath(index, collection);
	const whole = await readFile(path);
	const damages: [string, () => Promise<unknown>][] = [
		['whole', async () => {}],
		['cut', () => truncate(path, whole.length - 40)],
		[
			'flipped',
			() =>
				writeFile(
					path,
					Buffer.concat([whole.subarray(0, -20), Buffer.from([whole.at(-20)! ^ 1]), whole.subarray(-19)]),
				),
		],
		['of an earlier format', () => writeFile(path, withFormat(whole, 1))],
		['garbage', () => writeFile(path, 'not a snapshot')],
		['empty', () => writeFile(path, '')],
		['missing', () => rm(path)],
	];
	for (const [name, damage] of damages) {
		await damage();
		const searcher = await Searcher.open(store.corpus, 'default', index);
		assert.equal((await texts(store, searcher, 'terminal')).length, 2, name);
	}
});

/** A snapshot whose header says another format, with the right checksum. */
function withFormat(snapshot: Buffer, version: number): Buffer {
	const length = snapshot.readUInt32LE(8);
	const header = snapshot.toString('utf8', 16, 16 + length).replace(/"formatVersion":\d/, `"formatVersion":${version}`);
	const bytes = Buffer.from(snapshot);
	bytes.write(header, 16);
	bytes.writeUInt32LE(crc32(bytes.subarray(16, 16 + length)), 12);
	return bytes;
}

test('a snapshot of the time before a restore is not used', async (t) => {
	const { store, folder, collection } = await openTemporary(t);
	const backup = join(folder, 'backup');
	await store.corpus.replace(write(collection, 'a.md', 'The first terminal.'));
	await store.backup(backup);
	const { document } = await store.corpus.replace(write(collection, 'b.md', 'The second terminal.'));
	await store.corpus.remove([document]);
	const before = await Searcher.open(store.corpus, 'default', join(folder, 'index'));
	await before.save();
	const restored = join(folder, 'restored');
	await restoreStore(backup, restored);
	await using other = await openStore(restored);
	await other.corpus.replace(write(collection, 'c.md', 'The third terminal.'));
	const searcher = await Searcher.open(other.corpus, 'default', join(folder, 'index'));
	assert.equal((await texts(other, searcher, 'terminal')).length, 2);
});

test('a saved snapshot holds no word of a removed document', async (t) => {
	const { store, folder, collection } = await openTemporary(t);
	const index = join(folder, 'index');
	const { document } = await store.corpus.replace(write(collection, 'a.md', 'Xylophonic zeppelins.'));
	await store.corpus.replace(write(collection, 'b.md', 'Plain words.'));
	const searcher = await Searcher.open(store.corpus, 'default', index);
	await searcher.save();
	assert.ok((await readFile(snapshotPath(index, collection))).includes('xylophon'));
	await store.corpus.remove([document]);
	await searcher.refresh();
	await searcher.save();
	const bytes = await readFile(snapshotPath(index, collection));
	assert.ok(!bytes.includes('xylophon') && !bytes.includes('zeppelin') && bytes.includes('plain'));
});

test('a swap of collections shows at once, and several collections are read as one ranking', async (t) => {
	const { store, collection } = await openTemporary(t);
	const { id } = await store.corpus.createCollection('next');
	await store.corpus.replace(write(collection, 'a.md', 'The old fee is 2 percent.'));
	await store.corpus.replace(write(id, 'a.md', 'The new fee is 3 percent.'));
	const current = await Searcher.open(store.corpus, 'default', null);
	const next = await Searcher.open(store.corpus, 'next', null);
	assert.deepEqual(await texts(store, current, 'fee'), ['The old fee is 2 percent.']);
	const both = await search('fee', { searchers: [current, next], corpus: store.corpus, embedder: null }, options);
	assert.equal(both.hits.length, 2);
	await store.corpus.swapCollections('default', 'next');
	assert.deepEqual(await texts(store, current, 'fee'), ['The new fee is 3 percent.']);
});

test('vectors are searched in the active space, and a swap of spaces shows at once', async (t) => {
	const { store, collection } = await openTemporary(t);
	const space: VectorSpace = { space: 'one', embedder: 'e1', dimensions: 2 };
	await store.corpus.replace(
		write(collection, 'a.md', 'alpha', { vectors: [{ space, rows: [Float32Array.of(1, 0)] }] }),
	);
	await store.corpus.replace(
		write(collection, 'b.md', 'beta', { vectors: [{ space, rows: [Float32Array.of(0, 1)] }] }),
	);
	await store.corpus.activate(collection, 'one');
	const searcher = await Searcher.open(store.corpus, 'default', null);
	const ask = async (name: string, vector: Float32Array): Promise<string[]> => {
		const embedder = { id: name, space: name, dimensions: 2, embed: async () => [vector] };
		const found = await search(
			'?',
			{ searchers: [searcher], corpus: store.corpus, embedder },
			{ ...options, mode: 'vector' },
		);
		return found.hits.map(({ text }) => text);
	};
	assert.deepEqual(await ask('one', Float32Array.of(0.6, 0.8)), ['beta', 'alpha']);
	await assert.rejects(ask('two', Float32Array.of(0.6, 0.8)), { code: 'embedder_mismatch' });
	const missing = await store.corpus.missingVectors(collection, 'two', 10);
	await store.corpus.addVectors(
		collection,
		{ space: 'two', embedder: 'e2', dimensions: 2 },
		missing.map(({ row, text }) => ({ row, vector: text === 'alpha' ? Float32Array.of(0, 1) : Float32Array.of(1, 0) })),
	);
	await store.corpus.activate(collection, 'two');
	assert.deepEqual(await ask('two', Float32Array.of(0.6, 0.8)), ['alpha', 'beta']);
});

test('a vector that is replaced in its space counts in the next search, though the last one read the old', async (t) => {
	const { store, collection } = await openTemporary(t);
	const space: VectorSpace = { space: 'one', embedder: 'e1', dimensions: 2 };
	await store.corpus.addVectors(collection, space, []);
	await store.corpus.activate(collection, 'one');
	await store.corpus.replace(
		write(collection, 'a.md', 'alpha', { vectors: [{ space, rows: [Float32Array.of(1, 0)] }] }),
	);
	const searcher = await Searcher.open(store.corpus, 'default', null);
	const asked = { text: null, vector: Float32Array.of(0.6, 0.8), k: 5, filter: null, access: 'everything' } as const;
	const cosine = async (): Promise<number> => (await searcher.search(asked, 'one')).candidates[0]!.vector!;
	assert.ok(Math.abs((await cosine()) - 0.6) < 1e-6);
	await store.corpus.addVectors(collection, space, [{ row: 1, vector: Float32Array.of(0.8, 0.6) }]);
	assert.ok(Math.abs((await cosine()) - 0.96) < 1e-6);
});

test('near-duplicates are shown once, but two editions that differ in a number are both shown', async (t) => {
	const { store, collection } = await openTemporary(t);
	const text =
		'Merchants on the Growth plan receive payouts every Tuesday by bank transfer, minus a fee of 12 euros per month.';
	await store.corpus.replace(write(collection, 'a.md', text));
	await store.corpus.replace(write(collection, 'b.md', text.replace('Merchants', 'merchants')));
	await store.corpus.replace(write(collection, 'c.md', text.replace('12', '15')));
	const searcher = await Searcher.open(store.corpus, 'default', null);
	const found = await texts(store, searcher, 'payout fee on the Growth plan');
	assert.equal(found.length, 2);
	assert.ok(found.some((hit) => hit.includes('15')));
});
