import assert from 'node:assert/strict';
import { appendFile, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type Knowhow, open } from '../src/index.ts';
import { knowhow as runKnowhow, temporaryFolder } from './run-program.ts';
import { writeSmallDocuments } from './small-documents.ts';

const settings = { 'ask.threshold': 0, 'ingest.keepVersions': true };

/** A project with two collections, a replaced document, attributes, readers, answers and a conversation. */
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
	await knowhow.setAttributes(first.id, { year: 2026, draft: true, team: 'ä 😀' });
	await knowhow.setAccess(second.id, ['ann']);
	const conversation = knowhow.startConversation();
	await knowhow.ask('What is the refund window?', { conversation, caller: 'ann' });
	await knowhow.ask('and how do I start one?', { conversation, caller: 'ann' });
	await knowhow.ask('What does ERR_1042 mean?');
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
	return {
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
		await using after = await open(to.path, { env: {}, settings, now });
		assert.equal((await after.import(folder)).documents.added, 5);
		assert.deepEqual(await everythingOf(after), await everythingOf(before));
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
		assert.deepEqual(
			Object.values(again).map(({ added, kept }) => [added, kept]),
			[
				[0, 0],
				[0, 0],
				[0, 0],
				[0, 0],
			],
		);
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
			manifest.replace('"formatVersion": 1', '"formatVersion": 2'),
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
