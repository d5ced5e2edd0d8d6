import assert from 'node:assert/strict';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type Embedder, type IngestEvent, type Knowhow, KnowhowError, type OpenOptions, open } from '../src/index.ts';
import { hashingEmbedder } from './hashing-embedder.ts';
import { temporaryFolder } from './run-program.ts';
import { writeSmallDocuments } from './small-documents.ts';

const env = {};

async function preparedFolder(): Promise<AsyncDisposable & { readonly path: string }> {
	const folder = await temporaryFolder();
	await writeSmallDocuments(folder.path);
	return folder;
}

async function ingested(path: string, options: OpenOptions = {}) {
	const knowhow = await open(path, { env, ...options });
	await knowhow.ingest('docs');
	return knowhow;
}

/** A server that is not there. */
const lost: Embedder = {
	...hashingEmbedder(),
	embed: async () => {
		throw new KnowhowError('embedder_failed', 'The embedding service does not answer.');
	},
};

describe('open', () => {
	test('makes a project that hides itself from git, or with create: false says that there is none', async () => {
		await using folder = await temporaryFolder();
		await assert.rejects(open(folder.path, { env, create: false }), { code: 'not_found' });
		assert.deepEqual(await readdir(folder.path), []);
		await (await open(folder.path, { env })).close();
		assert.equal(await readFile(join(folder.path, '.knowhow/.gitignore'), 'utf8'), '*\n');
		await (await open(folder.path, { env, create: false })).close();
	});

	test('settings of the call win', async () => {
		await using folder = await preparedFolder();
		await writeFile(join(folder.path, 'knowhow.json'), '{ "search": { "k": 3 } }');
		await using knowhow = await ingested(folder.path, { settings: { 'search.k': 1 } });
		assert.equal((await knowhow.search('refund')).hits.length, 1);
		await assert.rejects(open(folder.path, { env, settings: { 'search.k': 0 } }), { code: 'invalid_argument' });
	});
});

describe('a project with an embedder', () => {
	test('searches by vectors from its first ingest', async () => {
		await using folder = await preparedFolder();
		await using knowhow = await ingested(folder.path, { embedder: hashingEmbedder() });
		const { hits, warnings } = await knowhow.search('refund window delivery', { mode: 'vector', k: 1 });
		assert.deepEqual(warnings, []);
		assert.equal(hits[0]?.document.source, 'docs/refunds.md');
		assert.equal(hits[0]?.parts.keyword, null);
		assert.ok((hits[0]?.parts.vector ?? 0) > 0.2);
	});

	test('after a change of embedder goes on with keywords and a warning until reindex has swapped', async () => {
		await using folder = await preparedFolder();
		const before = await ingested(folder.path, { embedder: hashingEmbedder(256) });
		await before.close();
		await using knowhow = await open(folder.path, { env, embedder: hashingEmbedder(128) });
		const stale = await knowhow.search('refund window');
		assert.match(stale.warnings.join(), /reindex/);
		assert.ok(stale.hits.length > 0 && stale.hits.every(({ parts }) => parts.vector === null));
		await assert.rejects(knowhow.search('refund window', { mode: 'vector' }), { code: 'embedder_mismatch' });

		const events: IngestEvent[] = [];
		await writeFile(join(folder.path, 'docs/new.md'), '# New\n\nA new page about loyalty points.\n');
		await knowhow.ingest('docs', { onEvent: (event) => events.push(event) });
		assert.ok(events.some(({ type }) => type === 'warning'));

		const progress: number[] = [];
		const report = await knowhow.reindex({ onProgress: (done) => progress.push(done) });
		assert.deepEqual([report.space, report.replaced], ['hashing-128', 'hashing-256']);
		assert.equal(report.vectors, progress.at(-1));
		assert.deepEqual((await knowhow.search('loyalty points', { mode: 'vector' })).warnings, []);
		const again = await knowhow.reindex({ dropOld: true });
		assert.equal(again.vectors, 0);
		assert.ok(again.dropped > 0);
	});

	test('that does not answer: hybrid goes on with keywords and a warning, vector fails, ingest warns', async () => {
		await using folder = await preparedFolder();
		const before = await ingested(folder.path, { embedder: hashingEmbedder() });
		await before.close();
		await using knowhow = await open(folder.path, { env, embedder: lost });
		const { hits, warnings } = await knowhow.search('refund window');
		assert.ok(hits.length > 0);
		assert.match(warnings.join(), /does not answer/);
		await assert.rejects(knowhow.search('refund', { mode: 'vector' }), { code: 'embedder_failed' });
		const events: IngestEvent[] = [];
		await writeFile(join(folder.path, 'docs/new.md'), '# New\n\nA new page about loyalty points.\n');
		const report = await knowhow.ingest('docs', { onEvent: (event) => events.push(event) });
		assert.equal(report.added, 1);
		assert.ok(events.some((event) => event.type === 'warning' && event.message.includes('does not answer')));
		assert.equal((await knowhow.search('loyalty points')).hits[0]?.document.source, 'docs/new.md');
	});

	test('mode vector without an embedder says so', async () => {
		await using folder = await preparedFolder();
		await using knowhow = await ingested(folder.path, { settings: { embedder: null } });
		await assert.rejects(knowhow.search('refund', { mode: 'vector' }), { code: 'no_embedder' });
	});
});

test('a question and a query without words are refused, and nothing is kept of them', async () => {
	await using folder = await preparedFolder();
	await using knowhow = await ingested(folder.path);
	for (const empty of ['', ' \n\t']) {
		await assert.rejects(knowhow.search(empty), { code: 'invalid_argument', message: 'The query is empty.' });
		await assert.rejects(async () => await knowhow.ask(empty), {
			code: 'invalid_argument',
			message: 'The question is empty.',
		});
		await assert.rejects(async () => await knowhow.ask([{ role: 'user', content: empty }]), {
			code: 'invalid_argument',
		});
	}
	assert.deepEqual(await knowhow.interactions(), []);
});

describe('access', () => {
	test('search, ask and document show a document only to its readers', async () => {
		await using folder = await preparedFolder();
		await using knowhow = await ingested(folder.path, { settings: { 'ask.threshold': 0 } });
		const refunds = (await knowhow.documents()).find(({ source }) => source === 'docs/refunds.md');
		assert.ok(refunds);
		await knowhow.setAccess(refunds.id, ['team:support']);
		const insider = { access: { principals: ['ann', 'team:support'] } };
		const outsider = { access: { principals: ['bob'] } };
		const sources = async (options: object) =>
			(await knowhow.search('refund window', options)).hits.map(({ document }) => document.source);
		assert.ok((await sources(insider)).includes('docs/refunds.md'));
		assert.ok((await sources({})).includes('docs/refunds.md'));
		assert.ok(!(await sources(outsider)).includes('docs/refunds.md'));
		assert.equal(await knowhow.document(refunds.id, outsider), null);
		assert.doesNotMatch(JSON.stringify(await knowhow.ask('What is the refund window?', outsider)), /30 days/);
		assert.match((await knowhow.ask('What is the refund window?', insider)).answer, /30 days/);
	});
});

describe('two open projects on one folder', () => {
	test('each sees at once what the other commits', async () => {
		await using folder = await preparedFolder();
		await using writer = await ingested(folder.path);
		await using reader = await open(folder.path, { env });
		const found = async (knowhow: Knowhow) =>
			(await knowhow.search('loyalty points')).hits.map(({ document }) => document.source);
		assert.ok(!(await found(reader)).includes('docs/new.md'));
		await writeFile(join(folder.path, 'docs/new.md'), '# New\n\nA new page about loyalty points.\n');
		await writer.ingest('docs');
		assert.equal((await found(reader))[0], 'docs/new.md');
		const [added] = (await reader.search('loyalty points')).hits;
		const receipt = await reader.remove([added?.document.id ?? '']);
		assert.deepEqual([receipt.documents, receipt.chunks > 0], [1, true]);
		assert.ok(!(await found(writer)).includes('docs/new.md'));
	});

	test('a removed document is gone from every file', async () => {
		await using folder = await preparedFolder();
		await using knowhow = await ingested(folder.path);
		const [document] = (await knowhow.search('refund window')).hits;
		await knowhow.remove([document?.document.id ?? '']);
		const entries = await readdir(join(folder.path, '.knowhow'), { recursive: true, withFileTypes: true });
		for (const entry of entries.filter((found) => found.isFile())) {
			const bytes = await readFile(join(entry.parentPath, entry.name), 'latin1');
			assert.ok(!bytes.includes('refund window is 30 days'), entry.name);
		}
	});
});
