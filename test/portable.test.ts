import assert from 'node:assert/strict';
import { appendFile, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { configSchema } from '../src/core/config.ts';
import type { Example } from '../src/core/dataset.ts';
import type { Store } from '../src/core/store.ts';
import { type Knowhow, open, type PlainSpec } from '../src/index.ts';
import { listDatasets, readDataset, saveDataset } from '../src/project/datasets/datasets.ts';
import { exportProject, importProject } from '../src/project/portable.ts';
import { openStore } from '../src/store/store.ts';
import { knowhow as runKnowhow, temporaryFolder } from './run-program.ts';
import { writeSmallDocuments } from './small-documents.ts';

const settings = { 'ask.threshold': 0, 'ingest.keepVersions': true };

/** A project with two collections, a replaced document, attributes, readers, answers, a conversation, systems and a dataset. */
async function filled(path: string): Promise<Knowhow> {
	await writeSmallDocuments(path);
	let at = Date.UTC(2026, 2, 1);
	const knowhow = await open(path, { env: {}, settings, now: () => ++at });
	await knowhow.ingest('docs');
	const text = await readFile(join(path, 'docs/refunds.md'), 'utf8');
	await writeFile(join(path, 'docs/refunds.md'), text.replace('30 days', '60 days'));
	await knowhow.ingest('docs');
	await knowhow.ingest('docs/errors.md', { collection: 'errors' });
	const [first, second] = await knowhow.documents();
	assert.ok(first && second);
	await knowhow.setAttributes(first.id, { year: 2026, draft: true, team: 'ä 😀 \u2028 two' });
	await knowhow.setAccess(second.id, ['ann']);
	const conversation = knowhow.startConversation();
	await knowhow.ask('What is the refund window?', { conversation, caller: 'ann' });
	await knowhow.ask('and how do I start one?', { conversation, caller: 'ann' });
	await knowhow.ask('What does ERR_1042 mean?');
	const { spec } = await knowhow.system('rag');
	await knowhow.saveSystem('rag', { ...(spec as PlainSpec), prompt: 'Like a pirate.' });
	const { version } = await knowhow.saveSystem('rag', { ...(spec as PlainSpec), prompt: 'Like a judge.' });
	await knowhow.saveSystem('gone', spec);
	const to = `rag@${version}`;
	await knowhow.saveSystem('routed', {
		kind: 'routed',
		router: 'router-0a1b2c3d4e5f',
		systems: { a: to },
		otherwise: to,
	});
	await knowhow.rollBackSystem('rag');
	const rows = ['What does ERR_2001 mean?', 'What does ERR_1042 mean?'].map((query) => ({
		query,
		answer: `About ${query}`,
	}));
	await writeFile(join(path, 'rows.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
	await knowhow.collect({ name: 'codes', files: ['rows.jsonl'] });
	return knowhow;
}

async function everythingOf(knowhow: Knowhow) {
	const collections = await knowhow.collections();
	const documents = await Promise.all(
		collections.map(async ({ name }) => {
			const summaries = await knowhow.documents({ collection: name });
			return await Promise.all(
				summaries.map(async ({ id }) => ({ ...(await knowhow.document(id)), collection: name })),
			);
		}),
	);
	const interactions = await knowhow.interactions();
	const conversations = await Promise.all(
		interactions.map(({ conversation }) => knowhow.conversation(conversation ?? '')),
	);
	const datasets = await knowhow.datasets();
	return {
		systems: await knowhow.systems(),
		datasets: await Promise.all(datasets.map(({ id }) => knowhow.dataset(id))),
		names: collections.map(({ name, documents, chunks }) => [name, documents, chunks]),
		documents,
		interactions,
		conversations,
	};
}

async function filesOf(folder: string): Promise<Record<string, string>> {
	const names = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'));
	return Object.fromEntries(
		await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')])),
	);
}

const now = () => Date.UTC(2026, 2, 2);

describe('export and import', () => {
	test('a round trip into an empty project changes nothing: not what is read, found or exported again', async () => {
		await using from = await temporaryFolder();
		await using to = await temporaryFolder();
		await using before = await filled(from.path);
		const folder = join(from.path, 'out');
		const report = await before.export(folder);
		assert.deepEqual([report.collections, report.documents, report.interactions, report.conversations], [2, 5, 3, 1]);
		assert.deepEqual([report.systemVersions, report.systems, report.datasets, report.fusion], [4, 3, 1, 0]);
		await using after = await open(to.path, { env: {}, settings, now });
		assert.equal((await after.import(folder)).documents.added, 5);
		assert.deepEqual(await everythingOf(after), await everythingOf(before));
		// What `rag` stood for before its rollback, and before it was saved, moved too.
		const pirate = await after.system('rag');
		assert.equal((pirate.spec as PlainSpec).prompt, 'Like a pirate.');
		assert.equal((await after.rollBackSystem('rag')).version, null);
		await after.saveSystem('rag', pirate.spec);
		await after.export(join(to.path, 'out'));
		assert.deepEqual(await filesOf(join(to.path, 'out')), await filesOf(folder));
		assert.match(
			(await filesOf(folder))['documents.jsonl'] ?? '',
			/30 days after delivery/,
			'the kept version is in it',
		);
		// Vectors stay behind: they belong to an embedder.
		for (const { name } of await after.collections()) await after.reindex({ collection: name });
		const query = 'refund window after delivery';
		const chunks = async (knowhow: Knowhow) =>
			(await knowhow.search(query)).hits.map(({ chunk, text }) => [chunk, text]);
		assert.deepEqual(await chunks(after), await chunks(before));
		const [, , last] = await after.interactions();
		assert.equal((await after.interaction(last!.id))?.sources[0]?.state, 'same');
		assert.deepEqual(await after.check(), []);
	});

	test('importing again adds nothing, and a newer file of the same path is the next version', async () => {
		await using from = await temporaryFolder();
		await using to = await temporaryFolder();
		await using before = await filled(from.path);
		const folder = join(from.path, 'out');
		await before.export(folder);
		await using after = await open(to.path, { env: {}, settings, now });
		await after.import(folder);
		const again = await after.import(folder);
		for (const [kind, { added, same, kept }] of Object.entries(again)) {
			assert.deepEqual([added, kept, same > 0], [0, 0, kind !== 'fusion'], kind);
		}
		await writeSmallDocuments(to.path);
		const { updated, unchanged, added } = await after.ingest('docs');
		assert.deepEqual([updated, unchanged, added], [1, 3, 0]);
		const refunds = (await after.documents()).find(({ source }) => source === 'docs/refunds.md');
		assert.equal(refunds?.version, 3);
	});

	test('what differs is a conflict before anything is written, or kept on request', async () => {
		await using from = await temporaryFolder();
		await using to = await temporaryFolder();
		await using before = await filled(from.path);
		const folder = join(from.path, 'out');
		await before.export(folder);
		await writeSmallDocuments(to.path);
		await using after = await open(to.path, { env: {}, settings, now });
		await after.ingest('docs/refunds.md');
		await assert.rejects(after.import(folder), (error: { code: string; message: string }) => {
			assert.equal(error.code, 'conflict');
			assert.match(error.message, /another document at docs\/refunds\.md/);
			return true;
		});
		assert.equal((await after.documents()).length, 1);
		assert.deepEqual(await after.interactions(), []);
		const report = await after.import(folder, { keepExisting: true });
		assert.deepEqual([report.documents.added, report.documents.kept, report.interactions.added], [4, 1, 3]);
	});

	test('a system that stands for another version is a conflict, or stays as the project has it', async () => {
		await using from = await temporaryFolder();
		await using to = await temporaryFolder();
		await using before = await filled(from.path);
		const folder = join(from.path, 'out');
		await before.export(folder);
		await using after = await open(to.path, { env: {}, settings, now });
		const { spec } = await after.system('rag');
		const own = await after.saveSystem('rag', { ...(spec as PlainSpec), prompt: 'Like a friend.' });
		await assert.rejects(after.import(folder), { code: 'conflict', message: /the system "rag" stands for/i });
		const report = await after.import(folder, { keepExisting: true });
		assert.deepEqual([report.systems, report.systemVersions.added], [{ added: 2, same: 0, kept: 1 }, 4]);
		assert.equal((await after.system('rag')).version, own.version);
	});

	test('an export of the first version of the format comes in', async () => {
		await using to = await temporaryFolder();
		await using after = await open(to.path, { env: {}, settings: { 'ask.threshold': 0 }, now });
		const report = await after.import(new URL('fixtures/export-1', import.meta.url).pathname);
		assert.deepEqual(
			Object.entries(report).flatMap(([kind, { added }]) => (added > 0 ? [`${kind} ${added}`] : [])),
			['collections 1', 'documents 1', 'interactions 1', 'conversations 1'],
		);
		assert.equal((await after.search('refund window', { mode: 'keyword' })).hits.length, 1);
	});

	test('any dataset moves whole, those with erased examples and empty parts too', async () => {
		const text = fc.string({ unit: 'grapheme', minLength: 1 });
		const nullable = fc.option(text);
		const example = fc.record({
			id: fc.stringMatching(/^ex_[0-9a-f]{20}$/),
			query: text,
			earlier: fc.array(fc.record({ role: fc.constantFrom('system', 'user'), content: text })),
			steps: fc.constant([]),
			answer: nullable,
			rejected: nullable,
			label: nullable,
			positives: fc.array(fc.record({ text, document: nullable, version: fc.option(fc.nat()), chunk: nullable })),
			negatives: fc.constant([]),
			split: fc.constantFrom('train', 'dev', 'test'),
			group: nullable,
			origin: fc.record({ kind: fc.constantFrom('interaction', 'file', 'document', 'model'), of: text }),
			sources: fc.array(fc.record({ document: text, version: fc.nat() })),
			rest: fc.option(fc.record({ format: text, difference: fc.jsonValue() })),
		}) as fc.Arbitrary<Example>;
		const examples = fc.uniqueArray(example, { selector: ({ id }) => id, maxLength: 12 });
		await fc.assert(
			fc.asyncProperty(examples, fc.array(text, { maxLength: 2 }), async (all, erased) => {
				await using folder = await temporaryFolder();
				await using from = await openStore(join(folder.path, 'from'));
				await using to = await openStore(join(folder.path, 'to'));
				const portable = (store: Store) => {
					return { store, log: { records: store.records, settings: configSchema.parse({}).interactions, now } };
				};
				const summary = {
					id: 'd@0a1b2c3d4e5f',
					name: 'd',
					version: '0a1b2c3d4e5f',
					at: 1,
					parent: null,
					goal: null,
					madeOf: ['a'],
					seed: 1,
					counts: { train: 1, dev: 2, test: 3 },
					origins: { interaction: 0, file: 1, document: 2, model: 3 },
					rejected: 0,
					faults: {},
					erasures: [{ at: 2, documents: erased, examples: [] }],
				};
				await saveDataset(from.records, summary, all);
				await exportProject(portable(from), join(folder.path, 'out'));
				await importProject(portable(to), join(folder.path, 'out'));
				assert.deepEqual(await listDatasets(to.records), await listDatasets(from.records));
				assert.deepEqual(await readDataset(to.records, 'd'), await readDataset(from.records, 'd'));
				await exportProject(portable(to), join(folder.path, 'again'));
				assert.deepEqual(await filesOf(join(folder.path, 'again')), await filesOf(join(folder.path, 'out')));
			}),
			{ numRuns: 10 },
		);
	});

	test('a damaged export, a strange one and none at all are refused', async () => {
		await using from = await temporaryFolder();
		await using to = await temporaryFolder();
		await using before = await filled(from.path);
		const folder = join(from.path, 'out');
		await before.export(folder);
		await assert.rejects(before.export(folder), { code: 'already_exists' });
		await using after = await open(to.path, { env: {}, settings });
		await appendFile(join(folder, 'documents.jsonl'), '{}\n');
		await assert.rejects(after.import(folder), { code: 'invalid_data' });
		const manifest = await readFile(join(folder, 'manifest.json'), 'utf8');
		for (const wrong of [
			'no JSON',
			manifest.replace('"formatVersion": 2', '"formatVersion": 3'),
			manifest.replace('documents.jsonl', '../x'),
		]) {
			await writeFile(join(folder, 'manifest.json'), wrong);
			await assert.rejects(after.import(folder), { code: 'invalid_data' });
		}
		await rm(join(folder, 'manifest.json'));
		await assert.rejects(after.import(folder), { code: 'not_found' });
		assert.deepEqual(await after.collections(), []);
	});

	test('the commands do the same', async () => {
		await using from = await temporaryFolder();
		await using to = await temporaryFolder();
		await writeSmallDocuments(from.path);
		await runKnowhow(['ingest', 'docs'], { cwd: from.path });
		const folder = join(from.path, 'out');
		assert.match((await runKnowhow(['export', 'out'], { cwd: from.path })).stdout, /4 documents/);
		const { stdout, code } = await runKnowhow(['import', folder], { cwd: to.path });
		assert.equal(code, 0);
		assert.match(stdout, /documents: 4 added/);
		assert.match((await runKnowhow(['search', 'ERR_1042'], { cwd: to.path })).stdout, /declined/);
	});
});
