import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Access, Readers } from '../src/core/access.ts';
import type { Collection } from '../src/core/collection.ts';
import type { Chunk, Document } from '../src/core/document.ts';
import type { ErrorCode } from '../src/core/error.ts';
import type { ChunkRow, Corpus, DocumentWrite, Store, VectorSpace } from '../src/core/store.ts';

/** An open store of the implementation under test, empty at first. Disposing of it closes the store and removes its data. */
export interface OpenedStore extends AsyncDisposable {
	readonly store: Store;
	/** A second store on the same data, as another process would have it. The caller disposes of it. */
	second(): Promise<Store>;
	/** Closes the store and opens it again. */
	reopen(): Promise<Store>;
}

export const space: VectorSpace = { space: 'test-3', embedder: 'test embedder', dimensions: 3 };
const otherSpace: VectorSpace = { space: 'other-2', embedder: 'other embedder', dimensions: 2 };
const everything: Access = 'everything';

/** A document cut into chunks of at most `width` characters, each with a vector made of its offsets. */
export function writeOf(
	collection: string,
	source: string,
	text: string,
	more: Partial<DocumentWrite> & { width?: number } = {},
): DocumentWrite {
	const { width = 20, ...rest } = more;
	const starts = Array.from({ length: Math.ceil(text.length / width) }, (_, index) => index * width);
	return {
		id: null,
		expected: 0,
		collection,
		source,
		title: `Title of ${source}`,
		text,
		hash: 'a'.repeat(64),
		format: 'markdown',
		language: 'en',
		date: null,
		attributes: {},
		readers: 'everyone',
		pages: [],
		chunks: starts.map((start) => {
			const end = Math.min(text.length, start + width);
			return { start, end, text: text.slice(start, end), headings: ['Top', 'Part "1"\n'], page: null };
		}),
		vectors: [{ space, rows: starts.map((start) => Float32Array.of(start, text.length, 0.1)) }],
		keepVersion: false,
		...rest,
	};
}

/** Tells whether a promise rejects with an error of this code. */
export async function rejectsWith(code: ErrorCode, promise: Promise<unknown>): Promise<void> {
	await assert.rejects(promise, (error) => {
		assert.equal((error as { code?: unknown }).code, code, String(error));
		return true;
	});
}

/** The suite that every implementation of `Store` runs: what the comments in `core/store.ts` promise. */
export function storeContract(name: string, open: () => Promise<OpenedStore>): void {
	/** Runs a test on a fresh store with one collection. */
	function lawful(title: string, body: (fixture: Fixture) => Promise<void>): void {
		test(title, async () => {
			await using opened = await open();
			const collection = await opened.store.corpus.createCollection('default');
			await body({ opened, store: opened.store, corpus: opened.store.corpus, collection });
			assert.deepEqual(await opened.store.check(), []);
		});
	}

	describe(name, () => {
		describe('collections', () => collectionTests(lawful));
		describe('documents', () => documentTests(lawful));
		describe('access', () => accessTests(lawful));
		describe('vectors', () => vectorTests(lawful));
		describe('changes', () => changesTests(lawful, open));
		describe('records', () => recordTests(lawful));
		describe('jobs', () => jobTests(lawful));
		describe('blobs', () => blobTests(lawful));
	});
}

type Fixture = {
	readonly opened: OpenedStore;
	readonly store: Store;
	readonly corpus: Corpus;
	readonly collection: Collection;
};
type Lawful = (title: string, body: (fixture: Fixture) => Promise<void>) => void;

function collectionTests(lawful: Lawful): void {
	lawful('a collection is found by its name, and a name is taken once', async ({ corpus, collection }) => {
		assert.deepEqual(await corpus.collection('default'), collection);
		assert.equal(await corpus.collection('other'), null);
		await rejectsWith('already_exists', corpus.createCollection('default'));
		for (const name of ['', '.hidden', 'a b', 'é', 'a'.repeat(65)]) {
			await rejectsWith('invalid_argument', corpus.createCollection(name));
		}
	});

	lawful('a collection counts its documents and chunks', async ({ corpus, collection }) => {
		const { document } = await corpus.replace(writeOf(collection.id, 'a.md', 'x'.repeat(50)));
		await corpus.replace(writeOf(collection.id, 'b.md', 'y'.repeat(10)));
		await corpus.replace(writeOf(collection.id, 'a.md', 'z'.repeat(90), { id: document, expected: 1 }));
		const [counted] = await corpus.collections();
		assert.deepEqual([counted?.documents, counted?.chunks], [2, 6]);
	});

	lawful('swapping exchanges the names and nothing else', async ({ corpus, collection }) => {
		const other = await corpus.createCollection('next');
		const { document } = await corpus.replace(writeOf(other.id, 'a.md', 'text'));
		await corpus.swapCollections('default', 'next');
		assert.equal((await corpus.collection('default'))?.id, other.id);
		assert.equal((await corpus.collection('next'))?.id, collection.id);
		assert.equal((await corpus.document(document, everything))?.collection, other.id);
		await rejectsWith('not_found', corpus.swapCollections('default', 'absent'));
	});

	lawful('a removed collection takes its documents along and leaves the others', async ({ corpus, collection }) => {
		const other = await corpus.createCollection('other');
		const gone = await corpus.replace(writeOf(collection.id, 'a.md', 'x'.repeat(50), { keepVersion: true }));
		await corpus.replace(
			writeOf(collection.id, 'a.md', 'y'.repeat(30), { id: gone.document, expected: 1, keepVersion: true }),
		);
		const kept = await corpus.replace(writeOf(other.id, 'a.md', 'z'));
		const receipt = await corpus.removeCollection('default');
		assert.deepEqual([receipt.documents, receipt.chunks, receipt.vectors], [1, 2, 2]);
		assert.equal(await corpus.document(gone.document, everything), null);
		assert.equal((await corpus.document(kept.document, everything))?.text, 'z');
		await rejectsWith('not_found', corpus.removeCollection('default'));
		await rejectsWith('not_found', corpus.changes(collection.id, 0));
		await rejectsWith('not_found', corpus.replace(writeOf(collection.id, 'a.md', 'x')));
	});
}

function documentTests(lawful: Lawful): void {
	lawful('a document comes back as it was written, after reopening too', async ({ opened, corpus, collection }) => {
		const write = writeOf(collection.id, 'docs/ä 😀.md', 'Grüße 😀 an alle.\nZeile zwei.', {
			title: 'Ein "Titel"',
			language: null,
			date: '2026-01-31',
			attributes: { year: 2026, draft: false, team: 'a\nb' },
			readers: ['ann', 'bob'],
			pages: [0, 18],
		});
		const { document: id, version } = await corpus.replace(write);
		assert.equal(version, 1);
		const store = await opened.reopen();
		const stored = await store.corpus.document(id, everything);
		assert.deepEqual(stored, await store.corpus.documentAt(collection.id, write.source, everything));
		const [summary] = await store.corpus.summaries([id], everything);
		assert.deepEqual({ ...summary, text: write.text, pages: write.pages }, stored);
		const { chunks, vectors: _, keepVersion: __, expected: ___, ...rest } = write;
		assert.deepEqual({ ...stored, updatedAt: 0 }, { ...rest, id, version: 1, updatedAt: 0 });
		const read = await store.corpus.chunksOf(id, everything);
		assert.deepEqual(
			read.map(({ start, end, text, headings, page }) => ({ start, end, text, headings, page })),
			chunks,
		);
		assert.deepEqual(
			read.map((chunk) => chunk.id),
			chunks.map((chunk) => `${id}:1:${chunk.start}-${chunk.end}`),
		);
	});

	lawful('replacing takes the old chunks and vectors out with the new ones in', async ({ corpus, collection }) => {
		const { document } = await corpus.replace(writeOf(collection.id, 'a.md', 'x'.repeat(50)));
		const before = await rowsOf(corpus, collection.id, document);
		const commit = await corpus.replace(writeOf(collection.id, 'b.md', 'y'.repeat(30), { id: document, expected: 1 }));
		assert.equal(commit.version, 2);
		const after = await rowsOf(corpus, collection.id, document);
		assert.equal(after.length, 2);
		assert.ok(after.every(({ row, text }) => row > Math.max(...before.map((old) => old.row)) && text.startsWith('y')));
		const old = before.map(({ row }) => row);
		assert.deepEqual(await corpus.chunks(old, everything), [null, null, null]);
		assert.deepEqual(await corpus.vectors(space.space, old), [null, null, null]);
		assert.equal(await corpus.documentAt(collection.id, 'a.md', everything), null);
		assert.equal((await corpus.documentAt(collection.id, 'b.md', everything))?.version, 2);
	});

	lawful('a write that expects another version is a conflict and changes nothing', async ({ corpus, collection }) => {
		const { document } = await corpus.replace(writeOf(collection.id, 'a.md', 'one'));
		const other = await corpus.createCollection('other');
		const pulse = corpus.pulse();
		await rejectsWith('conflict', corpus.replace(writeOf(collection.id, 'a.md', 'two')));
		await rejectsWith('conflict', corpus.replace(writeOf(collection.id, 'a.md', 'two', { id: document, expected: 2 })));
		await rejectsWith('conflict', corpus.replace(writeOf(other.id, 'a.md', 'two', { id: document, expected: 1 })));
		await rejectsWith(
			'conflict',
			corpus.replace(writeOf(collection.id, 'a.md', 'two', { id: 'doc_absent', expected: 1 })),
		);
		assert.equal(corpus.pulse(), pulse);
		assert.equal((await corpus.document(document, everything))?.text, 'one');
	});

	lawful('of many writers of one version exactly one wins', async ({ opened, corpus, collection }) => {
		await using second = await opened.second();
		const { document } = await corpus.replace(writeOf(collection.id, 'a.md', 'start'));
		const writes = Array.from({ length: 10 }, (_, index) =>
			(index % 2 === 0 ? corpus : second.corpus).replace(
				writeOf(collection.id, 'a.md', `text ${index}`, { id: document, expected: 1 }),
			),
		);
		const outcomes = await Promise.allSettled(writes);
		assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
		assert.equal((await corpus.document(document, everything))?.version, 2);
	});

	lawful('a write that breaks a law is refused whole', async ({ corpus, collection }) => {
		const good = writeOf(collection.id, 'a.md', 'A text that has several chunks.');
		const [first] = good.chunks as [DocumentWrite['chunks'][number]];
		const bad: DocumentWrite[] = [
			{ ...good, chunks: [{ ...first, text: 'other' }] },
			{ ...good, chunks: [{ ...first, start: -1 }] },
			{ ...good, chunks: [] },
			{ ...good, vectors: [{ space, rows: good.chunks.map(() => Float32Array.of(1)) }] },
			{ ...good, text: 'lone \ud800', chunks: [], vectors: [] },
			{ ...good, text: 'nul \0', chunks: [], vectors: [] },
			{ ...good, source: '' },
			{ ...good, expected: 1 },
			{ ...good, id: 'doc_chosen' },
		];
		for (const write of bad) await rejectsWith('invalid_argument', corpus.replace(write));
		assert.deepEqual(await corpus.documents(collection.id, everything), []);
	});

	lawful('moving changes the source only, and not to one that is taken', async ({ corpus, collection }) => {
		const a = await corpus.replace(writeOf(collection.id, 'a.md', 'text of a'));
		await corpus.replace(writeOf(collection.id, 'b.md', 'text of b'));
		const before = await corpus.document(a.document, everything);
		const commit = await corpus.move(a.document, 'c.md');
		assert.equal(commit.version, 1);
		assert.ok(commit.sequence > a.sequence);
		assert.deepEqual(await corpus.document(a.document, everything), { ...before, source: 'c.md' });
		await corpus.move(a.document, 'c.md');
		await rejectsWith('conflict', corpus.move(a.document, 'b.md'));
		await rejectsWith('not_found', corpus.move('doc_absent', 'd.md'));
	});

	lawful('attributes and readers change without a new version', async ({ corpus, collection }) => {
		const { document } = await corpus.replace(writeOf(collection.id, 'a.md', 'text'));
		await corpus.setAttributes(document, { year: 2026 });
		const commit = await corpus.setAccess(document, ['ann']);
		assert.equal(commit.version, 1);
		const stored = await corpus.document(document, everything);
		assert.deepEqual([stored?.attributes, stored?.readers], [{ year: 2026 }, ['ann']]);
		await rejectsWith('not_found', corpus.setAttributes('doc_absent', {}));
		await rejectsWith('not_found', corpus.setAccess('doc_absent', []));
	});

	lawful('removing counts what there was, and removing again counts nothing', async ({ corpus, collection }) => {
		const a = await corpus.replace(writeOf(collection.id, 'a.md', 'x'.repeat(50)));
		const b = await corpus.replace(writeOf(collection.id, 'b.md', 'y'));
		const receipt = await corpus.remove([a.document, 'doc_absent', b.document, a.document]);
		assert.deepEqual([receipt.documents, receipt.chunks, receipt.vectors], [2, 4, 4]);
		const again = await corpus.remove([a.document]);
		assert.deepEqual([again.documents, again.chunks, again.vectors], [0, 0, 0]);
		const reborn = await corpus.replace(writeOf(collection.id, 'a.md', 'anew'));
		assert.notEqual(reborn.document, a.document);
	});

	lawful('old versions keep hash, time and counts, and their text when asked', async ({ corpus, collection }) => {
		const { document: id } = await corpus.replace(writeOf(collection.id, 'a.md', 'one 😀'));
		await corpus.replace(writeOf(collection.id, 'a.md', 'two', { id, expected: 1, hash: 'b'.repeat(64) }));
		await corpus.replace(writeOf(collection.id, 'a.md', 'three', { id, expected: 2, keepVersion: true }));
		const versions = await corpus.versions(id, everything);
		assert.deepEqual(
			versions.map(({ version, hash, characters, chunks, text }) => [version, hash[0], characters, chunks, text]),
			[
				[1, 'a', 6, 1, null],
				[2, 'b', 3, 1, 'two'],
				[3, 'a', 5, 1, 'three'],
			],
		);
		assert.deepEqual(await corpus.versions('doc_absent', everything), []);
	});

	lawful(
		'an adopted document is what it was elsewhere, and can be replaced and removed',
		async ({ corpus, collection }) => {
			const other = await corpus.createCollection('other');
			const { document: id } = await corpus.replace(writeOf(collection.id, 'a.md', 'one', { vectors: [] }));
			await corpus.replace(writeOf(collection.id, 'a.md', 'two', { id, expected: 1, keepVersion: true, vectors: [] }));
			const stored = (await corpus.document(id, everything))!;
			const [versions, chunks] = [await corpus.versions(id, everything), await corpus.chunksOf(id, everything)];
			const adopted = { ...stored, chunks, earlier: versions.slice(0, -1) };
			await rejectsWith('already_exists', corpus.adopt(adopted));
			await corpus.remove([id]);
			await rejectsWith('already_exists', corpus.adopt({ ...adopted, collection: other.id }));
			const taken = await corpus.replace(writeOf(collection.id, 'a.md', 'taken'));
			await rejectsWith('conflict', corpus.adopt(adopted));
			await corpus.remove([taken.document]);
			const { sequence } = (await corpus.collection(collection.name))!;
			assert.equal((await corpus.adopt(adopted)).version, 2);
			assert.deepEqual(await corpus.document(id, everything), stored);
			assert.deepEqual(await corpus.versions(id, everything), versions);
			const withoutRow = ({ id, text, headings, page }: Chunk) => ({ id, text, headings, page });
			assert.deepEqual((await corpus.chunksOf(id, everything)).map(withoutRow), chunks.map(withoutRow));
			const { documents, removed } = await corpus.changes(collection.id, sequence);
			assert.deepEqual([documents.map(({ summary }) => summary.id), removed], [[id], []]);
			await corpus.replace(writeOf(collection.id, 'a.md', 'three', { id, expected: 2 }));
			assert.equal((await corpus.remove([id])).documents, 1);
		},
	);

	lawful('pages of documents join to the whole, in order of id', async ({ corpus, collection }) => {
		const ids: string[] = [];
		for (let index = 0; index < 7; index++) {
			const readers: Readers = index % 3 === 0 ? ['ann'] : 'everyone';
			ids.push((await corpus.replace(writeOf(collection.id, `${index}.md`, 'text', { readers }))).document);
		}
		const seen: string[] = [];
		for (let after = ''; ; after = seen.at(-1) as string) {
			const page = await corpus.documents(collection.id, everything, { after, limit: 3 });
			seen.push(...page.map(({ id }) => id));
			if (page.length < 3) break;
		}
		assert.deepEqual(seen, ids.toSorted());
		assert.equal((await corpus.documents(collection.id, { principals: [] }, { limit: 4 })).length, 4);
		const found = async (contains: string) =>
			(await corpus.documents(collection.id, everything, { contains })).map(({ source }) => source).sort();
		assert.deepEqual(await found('3.MD'), ['3.md']);
		assert.deepEqual(await found('title OF 5'), ['5.md']);
		assert.equal((await found('title of')).length, 7);
		assert.deepEqual(await found('%'), []);
		await rejectsWith('invalid_argument', corpus.documents(collection.id, everything, { limit: 0 }));
		await rejectsWith('invalid_argument', corpus.documents(collection.id, everything, { limit: 1001 }));
	});

	lawful('the pulse moves with every commit and only then', async ({ opened, corpus, collection }) => {
		await using second = await opened.second();
		let last = second.corpus.pulse();
		const moved = () => last !== (last = second.corpus.pulse());
		await corpus.collections();
		assert.equal(moved(), false);
		const { document } = await corpus.replace(writeOf(collection.id, 'a.md', 'text'));
		assert.equal(moved(), true);
		assert.equal((await second.corpus.document(document, everything))?.text, 'text');
		await second.corpus.setAccess(document, ['ann']);
		assert.equal(moved(), true);
		await corpus.remove([document]);
		assert.equal(moved(), true);
		assert.equal(await second.corpus.document(document, everything), null);
		assert.equal(moved(), false);
	});
}

function accessTests(lawful: Lawful): void {
	lawful('what may not be read looks absent in every read of content', async ({ corpus, collection }) => {
		const access: Access = { principals: ['eve', 'team'] };
		for (const readers of [['ann'], [], ['Eve'], 'everyone', ['ann', 'eve']] as const) {
			const source = `for ${String(readers)}.md`;
			const { document } = await corpus.replace(writeOf(collection.id, source, 'secret', { readers }));
			const rows = (await rowsOf(corpus, collection.id, document)).map(({ row }) => row);
			const seen = readers === 'everyone' || (readers as readonly string[]).includes('eve');
			assert.equal((await corpus.document(document, access)) !== null, seen);
			assert.equal((await corpus.documentAt(collection.id, source, access)) !== null, seen);
			const [absent, summary] = await corpus.summaries(['doc_absent', document], access);
			assert.equal(absent, null);
			assert.equal(summary?.id, seen ? document : undefined);
			assert.equal((await corpus.chunksOf(document, access)).length, seen ? 1 : 0);
			assert.equal((await corpus.versions(document, access)).length, seen ? 1 : 0);
			assert.equal((await corpus.chunks(rows, access))[0] !== null, seen);
			assert.equal(
				(await corpus.documents(collection.id, access)).some(({ id }) => id === document),
				seen,
			);
		}
	});

	lawful('access withdrawn is withdrawn at once', async ({ opened, corpus, collection }) => {
		await using second = await opened.second();
		const ann: Access = { principals: ['ann'] };
		const { document } = await corpus.replace(writeOf(collection.id, 'a.md', 'secret', { readers: ['ann'] }));
		assert.ok(await second.corpus.document(document, ann));
		await corpus.setAccess(document, []);
		assert.equal(await second.corpus.document(document, ann), null);
	});
}

function vectorTests(lawful: Lawful): void {
	lawful('vectors come back in the order asked, bit for bit', async ({ corpus, collection }) => {
		const vectors = [Float32Array.of(0.1, -0, 3e-39), Float32Array.of(1, 2, 3), Float32Array.of(-1, 1e38, 7)];
		const write = writeOf(collection.id, 'a.md', 'x'.repeat(50), { vectors: [{ space, rows: vectors }] });
		const { document } = await corpus.replace(write);
		const rows = (await rowsOf(corpus, collection.id, document)).map(({ row }) => row);
		const asked = [rows[2] as number, 999_999, rows[0] as number];
		assert.deepEqual(await corpus.vectors(space.space, asked), [vectors[2], null, vectors[0]]);
		assert.deepEqual(await corpus.vectors('absent', rows), [null, null, null]);
		const all = await corpus.allVectors(collection.id, space.space, 0, 2);
		const rest = await corpus.allVectors(collection.id, space.space, rows[1] as number, 2);
		assert.deepEqual(
			[...all, ...rest],
			rows.map((row, index) => ({ row, vector: vectors[index] })),
		);
		assert.deepEqual(
			(await corpus.vectorsOf(document)).map(({ chunk, vector }) => [chunk.start, vector]),
			vectors.map((vector, index) => [index * 20, vector]),
		);
	});

	lawful('a second space fills up, takes over and the first is dropped', async ({ corpus, collection }) => {
		const { document } = await corpus.replace(writeOf(collection.id, 'a.md', 'x'.repeat(50)));
		await corpus.activate(collection.id, space.space);
		const missing = await corpus.missingVectors(collection.id, otherSpace.space, 2);
		assert.equal(missing.length, 2);
		assert.equal(missing[0]?.title, 'Title of a.md');
		for (let todo = missing; todo.length > 0;) {
			const vectors = todo.map(({ row }) => ({ row, vector: Float32Array.of(row, 1) }));
			await corpus.addVectors(collection.id, otherSpace, [...vectors, { row: 999_999, vector: Float32Array.of(0, 0) }]);
			todo = await corpus.missingVectors(collection.id, otherSpace.space, 2);
		}
		await rejectsWith('conflict', corpus.dropSpace(collection.id, space.space));
		await corpus.activate(collection.id, otherSpace.space);
		assert.equal((await corpus.dropSpace(collection.id, space.space)).vectors, 3);
		assert.equal((await corpus.dropSpace(collection.id, space.space)).vectors, 0);
		assert.deepEqual(await corpus.spaces(collection.id), [{ ...otherSpace, vectors: 3 }]);
		assert.equal((await corpus.collection('default'))?.space, otherSpace.space);
		const rows = (await rowsOf(corpus, collection.id, document)).map(({ row }) => row);
		assert.deepEqual(
			await corpus.vectors(otherSpace.space, rows),
			rows.map((row) => Float32Array.of(row, 1)),
		);
	});

	lawful('a space has one length of vector and is known before it is active', async ({ corpus, collection }) => {
		await rejectsWith('not_found', corpus.activate(collection.id, space.space));
		await corpus.addVectors(collection.id, space, []);
		await corpus.activate(collection.id, space.space);
		await rejectsWith('embedder_mismatch', corpus.addVectors(collection.id, { ...space, dimensions: 4 }, []));
		await corpus.activate(collection.id, null);
		assert.equal((await corpus.collection('default'))?.space, null);
		await rejectsWith('not_found', corpus.activate('col_absent', null));
		await rejectsWith('not_found', corpus.addVectors('col_absent', space, []));
	});

	lawful('vectors added to the active space are announced', async ({ corpus, collection }) => {
		const { document, sequence } = await corpus.replace(
			writeOf(collection.id, 'a.md', 'x'.repeat(50), { vectors: [] }),
		);
		const [chunk] = await rowsOf(corpus, collection.id, document);
		const vectors = [{ row: (chunk as ChunkRow).row, vector: Float32Array.of(1, 2, 3) }];
		await corpus.addVectors(collection.id, space, vectors);
		assert.deepEqual((await corpus.changes(collection.id, sequence)).documents, []);
		await corpus.activate(collection.id, space.space);
		await corpus.addVectors(collection.id, space, vectors);
		const { documents } = await corpus.changes(collection.id, sequence);
		assert.deepEqual(
			documents.map(({ summary }) => summary.id),
			[document],
		);
	});
}

function changesTests(lawful: Lawful, open: () => Promise<OpenedStore>): void {
	lawful('a document that changed twice appears once, in its newest state', async ({ corpus, collection }) => {
		const { document } = await corpus.replace(writeOf(collection.id, 'a.md', 'one'));
		await corpus.replace(writeOf(collection.id, 'a.md', 'two', { id: document, expected: 1 }));
		await corpus.move(document, 'b.md');
		const changes = await corpus.changes(collection.id, 0);
		assert.equal(changes.done, true);
		assert.deepEqual(
			changes.documents.map(({ summary, chunks }) => [summary.source, summary.version, chunks.map(({ text }) => text)]),
			[['b.md', 2, ['two']]],
		);
		const none = await corpus.changes(collection.id, changes.sequence);
		assert.deepEqual(none, { sequence: changes.sequence, done: true, removed: [], documents: [] });
	});

	test('catching up page by page, while others commit, ends in the direct state', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 40 }), async (operations) => {
				await using opened = await open();
				const { corpus } = opened.store;
				const collection = (await corpus.createCollection('default')).id;
				const other = (await corpus.createCollection('other')).id;
				const mirror: Mirror = { sequence: 0, documents: new Map() };
				for (const [index, one] of operations.entries()) {
					if (one.type === 'catch-up') await step(corpus, collection, mirror, one.limit);
					else await apply(corpus, one.elsewhere ? other : collection, one, index);
				}
				while (!(await step(corpus, collection, mirror, 2)));
				assert.deepEqual(mirror.documents, await directState(corpus, collection));
				assert.deepEqual(await opened.store.check(), []);
			}),
			{ numRuns: 40 },
		);
	});
}

type Operation =
	| { type: 'catch-up'; limit: number }
	| { type: 'write' | 'remove' | 'move' | 'access' | 'attributes'; elsewhere: boolean; pick: number; length: number };

const operation: fc.Arbitrary<Operation> = fc.oneof(
	{
		weight: 3,
		arbitrary: fc.record({ type: fc.constant('catch-up' as const), limit: fc.integer({ min: 1, max: 3 }) }),
	},
	{
		weight: 7,
		arbitrary: fc.record({
			type: fc.constantFrom('write' as const, 'write', 'remove', 'move', 'access', 'attributes'),
			elsewhere: fc.boolean(),
			pick: fc.nat(4),
			length: fc.nat(60),
		}),
	},
);

/** What an index would hold: the documents that `changes` delivered, minus the removed ones. */
type Mirror = { sequence: number; documents: Map<string, unknown> };

async function step(corpus: Corpus, collection: string, mirror: Mirror, limit: number): Promise<boolean> {
	const changes = await corpus.changes(collection, mirror.sequence, limit);
	assert.ok(changes.documents.length + changes.removed.length <= limit);
	for (const id of changes.removed) mirror.documents.delete(id);
	for (const { summary, chunks } of changes.documents) mirror.documents.set(summary.id, { summary, chunks });
	mirror.sequence = changes.sequence;
	return changes.done;
}

/** Does one operation on the document with the source `<pick>.md`, where there is one. */
async function apply(
	corpus: Corpus,
	collection: string,
	{ type, pick, length }: Exclude<Operation, { type: 'catch-up' }>,
	index: number,
): Promise<void> {
	const source = `${pick}.md`;
	const stored = await corpus.documentAt(collection, source, everything);
	if (type === 'write') {
		const of = { id: stored?.id ?? null, expected: stored?.version ?? 0 };
		await corpus.replace(writeOf(collection, source, `${index} `.repeat(length), of));
	} else if (stored !== null) await change(corpus, type, stored, index);
}

async function change(
	corpus: Corpus,
	type: 'remove' | 'move' | 'access' | 'attributes',
	{ id }: Document,
	index: number,
): Promise<void> {
	if (type === 'remove') await corpus.remove([id]);
	else if (type === 'move') await corpus.move(id, `moved-${index}.md`);
	else if (type === 'access') await corpus.setAccess(id, [`reader ${index}`]);
	else await corpus.setAttributes(id, { index });
}

/** The documents and their chunks, read without `changes`. */
export async function directState(corpus: Corpus, collection: string): Promise<Map<string, unknown>> {
	const state = new Map<string, unknown>();
	const { documents } = await corpus.changes(collection, 0, 10_000);
	const rows = new Map(documents.map(({ summary, chunks }) => [summary.id, chunks.map(({ row }) => row)]));
	for (const { chunks: count, ...summary } of await corpus.documents(collection, everything, { limit: 1000 })) {
		const chunks = await corpus.chunksOf(summary.id, everything);
		assert.equal(count, chunks.length);
		state.set(summary.id, {
			summary,
			chunks: chunks.map((chunk, index) => ({ row: rows.get(summary.id)?.[index], ...chunk })),
		});
	}
	return state;
}

async function rowsOf(corpus: Corpus, collection: string, document: string): Promise<(ChunkRow & Chunk)[]> {
	const { documents } = await corpus.changes(collection, 0);
	return [...(documents.find(({ summary }) => summary.id === document)?.chunks ?? [])];
}

function recordTests(lawful: Lawful): void {
	lawful('a record comes back as the JSON that was put', async ({ opened, store }) => {
		const value = { text: 'Grüße 😀\n', list: [1, null, { deep: true }] };
		const put = await store.records.put({ kind: 'setting', id: 'a', value });
		assert.deepEqual([put.value, put.revision], [value, 1]);
		const reopened = await opened.reopen();
		assert.deepEqual(await reopened.records.get('setting', 'a'), put);
		assert.equal(await reopened.records.get('other', 'a'), null);
		await rejectsWith('invalid_argument', reopened.records.put({ kind: 'setting', id: 'b', value: undefined }));
	});

	lawful('a record that another one changed first is a conflict', async ({ store: { records } }) => {
		await records.put({ kind: 'k', id: 'a', value: 1 }, 0);
		await rejectsWith('conflict', records.put({ kind: 'k', id: 'a', value: 2 }, 0));
		assert.equal((await records.put({ kind: 'k', id: 'a', value: 2 }, 1)).revision, 2);
		assert.equal((await records.put({ kind: 'k', id: 'a', value: 3 })).revision, 3);
		await rejectsWith('conflict', records.put({ kind: 'k', id: 'b', value: 1 }, 1));
		assert.equal((await records.get('k', 'a'))?.value, 3);
	});

	lawful('records of a kind are listed in order of id, page by page', async ({ store: { records } }) => {
		for (const id of ['b', 'a', 'c']) await records.put({ kind: 'k', id, value: id });
		await records.put({ kind: 'other', id: 'aa', value: null });
		assert.deepEqual(
			(await records.list('k', { limit: 2 })).map(({ id }) => id),
			['a', 'b'],
		);
		assert.deepEqual(
			(await records.list('k', { after: 'b' })).map(({ value }) => value),
			['c'],
		);
		assert.deepEqual(
			(await records.list('k', { order: 'desc', limit: 2 })).map(({ id }) => id),
			['c', 'b'],
		);
		assert.deepEqual(
			(await records.list('k', { order: 'desc', after: 'b' })).map(({ id }) => id),
			['a'],
		);
		await rejectsWith('invalid_argument', records.list('k', { limit: 0 }));
	});

	lawful('removing several records counts those that were there', async ({ store: { records } }) => {
		for (const id of ['a', 'b', 'c']) await records.put({ kind: 'k', id, value: 1 });
		assert.equal(await records.removeAll('k', ['a', 'c', 'absent']), 2);
		assert.deepEqual(
			(await records.list('k')).map(({ id }) => id),
			['b'],
		);
	});

	lawful('removing a record tells whether there was one', async ({ store: { records } }) => {
		await records.put({ kind: 'k', id: 'a', value: 1 });
		assert.deepEqual([await records.remove('k', 'a'), await records.remove('k', 'a')], [true, false]);
		assert.equal(await records.get('k', 'a'), null);
	});
}

function blobTests(lawful: Lawful): void {
	async function* parts(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
		for (const text of texts) yield Buffer.from(text);
	}
	/** Of "hello": from `printf hello | sha256sum`. */
	const hello = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';

	lawful(
		'equal bytes are one blob, which another process reads and which can be removed once',
		async ({ opened, store }) => {
			assert.deepEqual(await store.blobs.put(parts('hel', 'lo')), { sha256: hello, bytes: 5 });
			assert.deepEqual(await store.blobs.put(parts('hello')), { sha256: hello, bytes: 5 });
			await using other = await opened.second();
			const content = await other.blobs.get(hello);
			assert.equal(Buffer.concat(await Array.fromAsync(content ?? [])).toString(), 'hello');
			assert.deepEqual(await store.blobs.olderThan(0), []);
			assert.deepEqual(await store.blobs.olderThan(Infinity), [hello]);
			assert.equal(await store.blobs.remove(hello), true);
			assert.equal(await other.blobs.get(hello), null);
			assert.equal(await store.blobs.remove(hello), false);
			assert.equal((await store.blobs.put(parts())).bytes, 0);
		},
	);

	lawful('what breaks off leaves nothing', async ({ store }) => {
		const broken = (async function* () {
			yield* parts('hel');
			throw new Error('The client has left.');
		})();
		await assert.rejects(store.blobs.put(broken), /has left/);
		assert.deepEqual(await store.blobs.olderThan(Infinity), []);
	});
}

function jobTests(lawful: Lawful): void {
	const spec = { data: 'Grüße 😀', seed: 1 };

	lawful('a job goes from queued to running to succeeded', async ({ opened, store: { jobs } }) => {
		const queued = await jobs.enqueue({ kind: 'train', spec });
		assert.match(queued.id, /^job_[0-9a-z]{16}$/);
		assert.deepEqual([queued.status, queued.spec, queued.startedAt], ['queued', spec, null]);
		const claimed = (await jobs.claim('w1', ['train'], 1_000_000))!;
		assert.deepEqual([claimed.id, claimed.status, claimed.worker], [queued.id, 'running', 'w1']);
		await jobs.finish(queued.id, 'w1', { status: 'succeeded', result: { model: 'm' } });
		const ended = (await (await opened.reopen()).jobs.get(queued.id))!;
		assert.deepEqual(
			[ended.status, ended.result, ended.error, ended.leaseUntil],
			['succeeded', { model: 'm' }, null, null],
		);
		assert.ok(ended.finishedAt! > ended.startedAt!);
	});

	lawful('one worker has a job until its lease ends', async ({ opened, store: { jobs } }) => {
		const { id } = await jobs.enqueue({ kind: 'train', spec });
		await using other = await opened.second();
		// The clock of these stores counts calls, so that a lease of 0 is over at once.
		assert.equal((await jobs.claim('w1', ['train'], 0))?.id, id);
		assert.equal((await other.jobs.claim('w2', ['train'], 1_000_000))?.worker, 'w2');
		assert.equal(await jobs.claim('w3', ['train'], 1_000_000), null);
		assert.equal(await jobs.extend(id, 'w1', 1_000_000), false);
		assert.equal(await other.jobs.extend(id, 'w2', 1_000_000), true);
		await rejectsWith('conflict', jobs.finish(id, 'w1', { status: 'succeeded', result: null }));
	});

	lawful('jobs are claimed in order, by kind or by id', async ({ store: { jobs } }) => {
		const [a, b, c] = [
			await jobs.enqueue({ kind: 'train', spec: 1 }),
			await jobs.enqueue({ kind: 'other', spec: 2 }),
			await jobs.enqueue({ kind: 'train', spec: 3 }),
		];
		assert.equal((await jobs.claim('w', ['train', 'other'], 1_000_000, c.id))?.id, c.id);
		assert.equal((await jobs.claim('w', ['other'], 1_000_000))?.id, b.id);
		assert.equal((await jobs.claim('w', ['train', 'other'], 1_000_000))?.id, a.id);
		assert.equal(await jobs.claim('w', ['train', 'other'], 1_000_000), null);
		assert.deepEqual(
			(await jobs.list({ limit: 2 })).map(({ id }) => id),
			[c.id, b.id],
		);
		const older = await jobs.list({ limit: 2, after: c.id });
		assert.deepEqual(
			older.map(({ id }) => id),
			[b.id, a.id],
		);
		assert.deepEqual(await jobs.list({ after: a.id }), []);
		assert.deepEqual(await jobs.list({ after: 'job_absent' }), []);
	});

	lawful('the worker of a cancelled job learns of it', async ({ store: { jobs } }) => {
		const { id } = await jobs.enqueue({ kind: 'train', spec });
		await jobs.claim('w', ['train'], 1_000_000);
		assert.equal((await jobs.cancel(id)).status, 'cancelled');
		assert.equal(await jobs.extend(id, 'w', 1_000_000), false);
		await rejectsWith('conflict', jobs.finish(id, 'w', { status: 'succeeded', result: null }));
		assert.equal((await jobs.cancel(id)).status, 'cancelled');
		assert.equal(await jobs.claim('w', ['train'], 1_000_000), null);
		await rejectsWith('not_found', jobs.cancel('job_absent'));
	});

	lawful('events of a job are numbered and come page by page', async ({ opened, store: { jobs } }) => {
		const { id } = await jobs.enqueue({ kind: 'train', spec });
		await jobs.append(id, [{ step: 1 }, { step: 2 }]);
		await jobs.append(id, [{ step: 3 }]);
		const { jobs: again } = await opened.reopen();
		assert.deepEqual(
			(await again.events(id, { after: 1 })).map(({ number, event }) => [number, event]),
			[
				[2, { step: 2 }],
				[3, { step: 3 }],
			],
		);
		assert.equal((await again.events(id, { limit: 1 })).length, 1);
		const backward = await again.events(id, { after: 1, order: 'desc' });
		assert.deepEqual(
			backward.map(({ number }) => number),
			[3, 2],
		);
		await rejectsWith('not_found', again.append('job_absent', [1]));
	});

	lawful('a failed job says why, and a store with jobs is sound', async ({ store }) => {
		const { id } = await store.jobs.enqueue({ kind: 'train', spec });
		await store.jobs.claim('w', ['train'], 1_000_000);
		await store.jobs.append(id, ['began']);
		const error = { code: 'invalid_data', message: 'no rows' };
		const ended = await store.jobs.finish(id, 'w', { status: 'failed', error });
		assert.deepEqual([ended.status, ended.error, ended.result], ['failed', error, null]);
		assert.deepEqual(await store.check(), []);
	});
}
