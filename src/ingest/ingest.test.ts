import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cidPdf } from '../../test/cid-pdf.ts';
import { hashingEmbedder } from '../../test/hashing-embedder.ts';
import { configSchema } from '../core/config.ts';
import type { Embedder } from '../core/embedder.ts';
import type { KnowhowError } from '../core/error.ts';
import type { Corpus } from '../core/store.ts';
import { openStore } from '../store/store.ts';
import { ingest, type IngestEvent, type IngestOptions } from './ingest.ts';
import { ParsePool } from './parse-pool.ts';

const defaults = configSchema.parse({}).ingest;
/** Every ingest of this file uses the same workers, as those of an open project do. */
const pool = new ParsePool(defaults);
after(() => pool[Symbol.asyncDispose]());

/** A project folder with files and a store beside it. */
async function project(t: TestContext, files: Readonly<Record<string, string | Uint8Array>>) {
	const folder = await mkdtemp(join(tmpdir(), 'knowhow-ingest-'));
	const base = join(folder, 'project');
	const store = await openStore(join(folder, 'store'));
	t.after(async () => {
		await store[Symbol.asyncDispose]();
		await rm(folder, { recursive: true, force: true });
	});
	const { corpus } = store;
	const { id: collection } = await corpus.createCollection('default');
	const write = async (name: string, content: string | Uint8Array) => {
		await mkdir(join(base, name, '..'), { recursive: true });
		await writeFile(join(base, name), content);
	};
	for (const [name, content] of Object.entries(files)) await write(name, content);
	const run = async (options: Partial<IngestOptions> = {}) => {
		const { tookMs: _, ...report } = await ingest({
			corpus,
			collection,
			paths: ['docs'],
			base,
			embedder: null,
			settings: defaults,
			pool,
			...options,
		});
		return report;
	};
	const at = (source: string) => corpus.documentAt(collection, source, 'everything');
	return { base, corpus, collection, write, run, at };
}

const nothing = { added: 0, updated: 0, removed: 0, unchanged: 0, failed: [], chunks: 0 };

test('files become documents whose chunks are slices, and unchanged files are left alone', async (t) => {
	const { run, at, corpus } = await project(t, {
		'docs/a.md': '---\ntitle: Refunds\ndate: 2025-03-01\nowner: finance\n---\n\n# Refund policy\n\nThirty days.\n',
		'docs/sub/b.txt': 'The office opens at nine.\n',
	});
	assert.deepEqual(await run(), { ...nothing, added: 2, chunks: 2 });
	const document = await at('docs/a.md');
	assert.ok(document !== null);
	assert.equal(document.title, 'Refunds');
	assert.equal(document.date, '2025-03-01');
	assert.deepEqual(document.attributes, { owner: 'finance' });
	for (const each of await corpus.chunksOf(document.id, 'everything')) {
		assert.equal(each.text, document.text.slice(each.start, each.end));
	}
	assert.deepEqual(await run(), { ...nothing, unchanged: 2 });
	assert.equal((await at('docs/a.md'))?.version, 1);
});

test('a changed file is a new version, and so is every file after a setting that shapes chunks changed', async (t) => {
	const { run, at, write } = await project(t, { 'docs/a.md': 'One.', 'docs/b.md': 'Two.' });
	await run();
	await write('docs/a.md', 'One, changed.');
	assert.deepEqual(await run(), { ...nothing, updated: 1, unchanged: 1, chunks: 1 });
	assert.equal((await at('docs/a.md'))?.version, 2);
	const settings = { ...defaults, chunkTokens: 64 };
	assert.deepEqual(await run({ settings }), { ...nothing, updated: 2, chunks: 2 });
	assert.deepEqual(await run({ settings }), { ...nothing, unchanged: 2 });
});

test('a broken file is reported and keeps its old version, the others go on', async (t) => {
	const { run, at, write } = await project(t, { 'docs/a.md': 'First.', 'docs/b.md': 'Second.' });
	await run();
	await write(
		'docs/a.md',
		Uint8Array.from({ length: 4000 }, (_, index) => (index * 131) % 256),
	);
	await write('docs/b.md', 'Second, changed.');
	await write('docs/c.pdf', 'no pdf');
	await write('docs/d.docx', 'PK\x03\x04 no docx');
	await write('docs/empty.md', ' \n');
	const report = await run();
	assert.deepEqual(
		report.failed.map(({ path, code }) => [path, code]),
		[
			['docs/a.md', 'unreadable_file'],
			['docs/c.pdf', 'unreadable_file'],
			['docs/d.docx', 'unreadable_file'],
			['docs/empty.md', 'empty_document'],
		],
	);
	assert.equal(report.updated, 1);
	assert.equal((await at('docs/a.md'))?.text, 'First.');
	assert.ok(report.failed.every(({ message, hint }) => message !== '' && hint !== null));
});

test('a renamed file keeps its document, also into another folder', async (t) => {
	const { run, at, base } = await project(t, { 'docs/a.md': 'Same text.', 'docs/copy.md': 'Same text.' });
	await run();
	const before = await at('docs/a.md');
	await mkdir(join(base, 'docs/new'));
	await rename(join(base, 'docs/a.md'), join(base, 'docs/new/b.md'));
	assert.deepEqual(await run(), { ...nothing, updated: 1, unchanged: 1 });
	assert.equal((await at('docs/new/b.md'))?.id, before?.id);
	assert.equal(await at('docs/a.md'), null);
	assert.notEqual((await at('docs/copy.md'))?.id, before?.id);
});

test('a copy of a file that is still there is a document of its own', async (t) => {
	const { run, write } = await project(t, { 'docs/a.md': 'Same text.' });
	await run();
	await write('docs/b.md', 'Same text.');
	assert.deepEqual(await run(), { ...nothing, added: 1, unchanged: 1, chunks: 1 });
});

test('sync removes what vanished under the paths given and nothing else', async (t) => {
	const { run, at, base } = await project(t, {
		'docs/a.md': 'A.',
		'docs/b.md': 'B.',
		'docs-old/c.md': 'C.',
		'docs/d.md': 'D.',
	});
	await run({ paths: ['docs', 'docs-old'] });
	await run({ paths: ['-'], stdin: stream('From a pipe.'), stdinName: 'note.md' });
	for (const name of ['docs/a.md', 'docs-old/c.md']) await rm(join(base, name));
	assert.equal((await run()).removed, 0);
	const settings = { ...defaults, ignore: ['d.md'] };
	assert.deepEqual(await run({ sync: true, settings }), { ...nothing, removed: 1, unchanged: 1 });
	assert.equal(await at('docs/a.md'), null);
	assert.ok((await at('docs-old/c.md')) !== null);
	assert.ok((await at('docs/d.md')) !== null, 'ignored files have not vanished');
	assert.equal((await run({ sync: true, paths: ['.'] })).removed, 1);
	assert.ok((await at('stdin:note.md')) !== null);
});

test('sync removes nothing below a path that is missing, unreadable or suddenly empty', async (t) => {
	const { run, at, base } = await project(t, { 'docs/in/a.md': 'A.', 'docs/b.md': 'B.' });
	await run();
	await rename(join(base, 'docs'), join(base, 'elsewhere'));
	const missing = await run({ sync: true });
	assert.deepEqual([missing.removed, missing.failed.map(({ code }) => code)], [0, ['not_found']]);
	await mkdir(join(base, 'docs'));
	const emptied = await run({ sync: true });
	assert.deepEqual([emptied.removed, emptied.failed.map(({ code }) => code)], [0, ['not_found']]);
	assert.ok((await at('docs/in/a.md')) !== null);
});

test(
	'an unreadable folder is reported and protects what it held',
	{ skip: process.getuid?.() === 0 && 'needs an unprivileged user' },
	async (t) => {
		const { run, at, base } = await project(t, { 'docs/in/a.md': 'A.', 'docs/b.md': 'B.' });
		await run();
		await chmod(join(base, 'docs/in'), 0);
		const report = await run({ sync: true });
		await chmod(join(base, 'docs/in'), 0o755);
		assert.deepEqual([report.removed, report.failed.map(({ code }) => code)], [0, ['unreadable_file']]);
		assert.ok((await at('docs/in/a.md')) !== null);
	},
);

test('folders are walked in order, without hidden, ignored and foreign files, and links do not loop', async (t) => {
	const { run, base, write } = await project(t, {
		'docs/b.md': 'B.',
		'docs/a.md': 'A.',
		'docs/.hidden.md': 'x',
		'docs/.git/c.md': 'x',
		'docs/node_modules/d.md': 'x',
		'docs/drafts/e.md': 'x',
		'docs/picture.png': 'x',
	});
	await symlink(join(base, 'docs'), join(base, 'docs/loop'));
	await write('large.md', 'x'.repeat(2000));
	await symlink(join(base, 'nowhere'), join(base, 'docs/broken.md'));
	const events: IngestEvent[] = [];
	const settings = { ...defaults, ignore: ['docs/drafts/**', 'drafts'], maxFileMb: 0.001 };
	const report = await run({ paths: ['docs', 'large.md'], settings, onEvent: (event) => events.push(event) });
	assert.equal(report.added, 2);
	assert.deepEqual(
		report.failed.map(({ path, code }) => [path, code]),
		[['large.md', 'file_too_large']],
	);
	assert.deepEqual(
		events.map((event) => (event.type === 'file-end' ? `${event.path} ${event.outcome} ${event.chunks}` : event.type)),
		[
			'walk-end',
			'warning',
			'file-start',
			'docs/a.md added 1',
			'file-start',
			'docs/b.md added 1',
			'file-start',
			'file-fail',
			'large.md failed 0',
		],
	);
});

test('what is lost of a file is a warning, and kept with the document', async (t) => {
	const chinese = { font: { map: 'GBK-EUC-H', collection: 'GB1' }, lines: ['cdcbbfeec6da'] };
	const broken = { font: { map: 'Unheard-Of-H', collection: 'GB1' }, lines: ['cdcbbfeec6da'] };
	const { run, at } = await project(t, { 'docs/a.pdf': cidPdf([chinese, broken]) });
	const warnings: IngestEvent[] = [];
	const onEvent = (event: IngestEvent) => event.type === 'warning' && warnings.push(event);
	assert.equal((await run({ onEvent })).added, 1);
	const message = 'docs/a.pdf: text could not be decoded on page 2.';
	const hint = 'Its fonts do not say which letters they show: run text recognition (OCR) on the file first.';
	assert.deepEqual(warnings, [{ type: 'warning', path: 'docs/a.pdf', message, hint }]);
	assert.deepEqual((await at('docs/a.pdf'))?.attributes, { undecodedPages: '2' });
});

test('a file given by name is read whatever the folder rules say, or named in failed', async (t) => {
	const { run, at, write } = await project(t, { 'docs/.hidden.md': 'Hidden.', README: 'Read me first.' });
	await write('film.mp4', 'x');
	const report = await run({ paths: ['docs/.hidden.md', 'README', 'film.mp4'] });
	assert.equal(report.added, 2);
	assert.deepEqual(
		report.failed.map(({ code }) => code),
		['unsupported_format'],
	);
	assert.equal((await at('README'))?.format, 'text');
});

test('only changed chunks are embedded; the first vectors make a new collection searchable by them', async (t) => {
	const { run, corpus, collection, write, at } = await project(t, {
		'docs/a.md': `# A\n\n${'Alpha beta gamma. '.repeat(20)}\n\n# B\n\n${'Delta epsilon. '.repeat(20)}`,
	});
	const counting = countingEmbedder();
	await run({ embedder: counting });
	assert.equal((await corpus.collections())[0]?.space, counting.space);
	assert.equal(counting.texts, 2);
	await write('docs/a.md', `# A\n\n${'Alpha beta gamma. '.repeat(20)}\n\n# B\n\n${'Zeta eta theta. '.repeat(20)}`);
	await run({ embedder: counting });
	assert.equal(counting.texts, 3);
	assert.equal((await corpus.vectorsOf((await at('docs/a.md'))?.id ?? '')).length, 2);
	assert.deepEqual(await corpus.missingVectors(collection, counting.space, 10), []);
});

test('without an answer from the embedder documents are committed without vectors, with one warning', async (t) => {
	const { run, corpus, collection } = await project(t, { 'docs/a.md': 'A.', 'docs/b.md': 'B.' });
	await run({ embedder: hashingEmbedder(), paths: ['docs/a.md'] });
	const warnings: IngestEvent[] = [];
	const onEvent = (event: IngestEvent) => event.type === 'warning' && warnings.push(event);
	const failing: Embedder = { ...hashingEmbedder(), embed: () => Promise.reject(new Error('connection refused')) };
	const settings = { ...defaults, chunkTokens: 100 };
	assert.equal((await run({ embedder: failing, settings, onEvent })).added, 1);
	assert.equal(warnings.length, 1);
	assert.equal((await corpus.missingVectors(collection, failing.space, 10)).length, 1);
});

test('an embedder of another space is not mixed in, and chunks that stayed keep their vectors', async (t) => {
	const { run, corpus, collection, at } = await project(t, { 'docs/a.md': 'A.' });
	await run({ embedder: hashingEmbedder(64) });
	const warnings: IngestEvent[] = [];
	const onEvent = (event: IngestEvent) => event.type === 'warning' && warnings.push(event);
	await run({ embedder: hashingEmbedder(128), settings: { ...defaults, chunkTokens: 100 }, onEvent });
	assert.equal(warnings.length, 1);
	assert.equal((await at('docs/a.md'))?.version, 2);
	assert.deepEqual(await corpus.missingVectors(collection, 'hashing-64', 10), []);
});

test('a document that something else changed meanwhile is read again and replaced once more', async (t) => {
	const { run, corpus, collection, write, at, base } = await project(t, { 'docs/a.md': 'One.' });
	await run();
	await write('docs/a.md', 'Two.');
	let interfered = false;
	const busy: Corpus = {
		...corpus,
		replace: async (document) => {
			if (!interfered) {
				interfered = true;
				await ingest({
					corpus,
					collection,
					paths: ['docs'],
					base,
					embedder: null,
					settings: { ...defaults, chunkTokens: 99 },
				});
			}
			return corpus.replace(document);
		},
	};
	assert.equal((await run({ corpus: busy })).updated, 1);
	assert.equal((await at('docs/a.md'))?.version, 3);
});

test('an aborted signal stops between files and keeps what was committed', async (t) => {
	const { run, at } = await project(t, { 'docs/a.md': 'A.', 'docs/b.md': 'B.' });
	const controller = new AbortController();
	const onEvent = (event: IngestEvent) => event.type === 'file-end' && controller.abort();
	await assert.rejects(run({ signal: controller.signal, onEvent }), (error: KnowhowError) => {
		assert.equal(error.code, 'cancelled');
		assert.equal((error.details as { report: { added: number } }).report.added, 1);
		return true;
	});
	assert.ok((await at('docs/a.md')) !== null);
	assert.equal(await at('docs/b.md'), null);
});

test('who may read a document survives a new version', async (t) => {
	const { run, at, corpus, write } = await project(t, { 'docs/a.md': 'A.' });
	await run();
	await corpus.setAccess((await at('docs/a.md'))?.id ?? '', ['legal']);
	await write('docs/a.md', 'A, changed.');
	await run();
	assert.deepEqual((await at('docs/a.md'))?.readers, ['legal']);
});

test('files outside the project are named absolutely', async (t) => {
	const { run, at, base } = await project(t, { 'docs/a.md': 'A.' });
	await run({ base: join(base, 'docs'), paths: [base] });
	assert.ok((await at('a.md')) !== null);
	await run({ base: join(base, 'elsewhere'), paths: [join(base, 'docs')] });
	assert.ok((await at(join(base, 'docs/a.md'))) !== null);
});

const handbook = fileURLToPath(new URL('../../../shared/data/handbook-18f/r1', import.meta.url));

test(
	'a team handbook (2 MB, 207 files) is ingested whole',
	{ skip: !existsSync(handbook) && 'needs ../shared/data/handbook-18f' },
	async (t) => {
		const { run } = await project(t, {});
		const report = await run({ paths: [handbook] });
		assert.deepEqual(report.failed, []);
		assert.ok(report.added >= 207 && report.chunks > 2000);
	},
);

async function* stream(text: string): AsyncGenerator<Uint8Array> {
	yield Buffer.from(text);
}

function countingEmbedder(): Embedder & { texts: number } {
	const inner = hashingEmbedder();
	const counting = {
		...inner,
		texts: 0,
		embed: (...[texts, kind, signal]: Parameters<Embedder['embed']>) => {
			counting.texts += texts.length;
			return inner.embed(texts, kind, signal);
		},
	};
	return counting;
}
