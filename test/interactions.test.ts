import assert from 'node:assert/strict';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { open, type Knowhow, type OpenOptions } from '../src/index.ts';
import { knowhow as runKnowhow, temporaryFolder } from './run-program.ts';
import { writeSmallDocuments } from './small-documents.ts';

const dayMs = 24 * 60 * 60 * 1000;

type Clock = { now: () => number; pass: (ms: number) => void };

function clock(): Clock {
	let at = Date.UTC(2026, 2, 1);
	return { now: () => at, pass: (ms) => void (at += ms) };
}

/** Bytes that differ from call to call and are the same in every run. */
function counting(): (bytes: number) => Uint8Array {
	let calls = 0;
	return (bytes) => {
		calls++;
		return Uint8Array.from({ length: bytes }, (_, at) => (calls * 7 + at * (calls + 3)) & 255);
	};
}

async function project(settings: OpenOptions['settings'] = {}, time = clock()) {
	const folder = await temporaryFolder();
	await writeSmallDocuments(folder.path);
	const options = { env: {}, settings: { 'ask.threshold': 0, ...settings }, now: time.now, random: counting() };
	const knowhow = await open(folder.path, options);
	await knowhow.ingest('docs');
	return {
		path: folder.path,
		knowhow,
		time,
		[Symbol.asyncDispose]: async () => {
			await knowhow.close();
			await folder[Symbol.asyncDispose]();
		},
	};
}

/** Whether any file of the project's data holds these words. */
async function isOnDisk(path: string, words: string): Promise<boolean> {
	const files = await readdir(join(path, '.knowhow'), { recursive: true, withFileTypes: true });
	for (const file of files.filter((entry) => entry.isFile())) {
		if ((await readFile(join(file.parentPath, file.name))).includes(words)) return true;
	}
	return false;
}

async function idOf(knowhow: Knowhow, source: string): Promise<string> {
	const found = (await knowhow.documents()).find((document) => document.source === source);
	assert.ok(found);
	return found.id;
}

describe('kept answers', () => {
	test('an interaction says what was asked, found and answered, and no text that was not cited', async () => {
		await using folder = await project();
		const { knowhow } = folder;
		const answer = await knowhow.ask('What is the refund window?', { caller: 'ann' });
		const [kept] = await knowhow.interactions();
		assert.ok(kept);
		assert.equal(kept.id, answer.interaction);
		assert.equal(kept.at, folder.time.now());
		assert.equal(kept.caller, 'ann');
		for (const key of ['question', 'standalone', 'answer', 'system', 'model', 'usage', 'costUsd', 'tookMs'] as const) {
			assert.deepEqual(kept[key], answer[key], key);
		}
		assert.deepEqual(kept.citations, answer.citations);
		assert.deepEqual(
			kept.hits.map(({ chunk, version, score }) => [chunk, version, score]),
			answer.hits.map(({ chunk, document, score }) => [chunk, document.version, score]),
		);
		assert.ok(answer.hits.length > 1);
		assert.ok(!JSON.stringify(kept).includes('weighs 310 grams'), 'the text of a hit that is not cited was kept');
	});

	test('they are listed newest first, by caller, by time and by whether the documents did not say', async () => {
		await using folder = await project({ 'ask.threshold': 0.2 });
		const { knowhow, time } = folder;
		const ids: string[] = [];
		for (const caller of ['ann', 'bob', 'ann']) {
			ids.push((await knowhow.ask('What is the refund window?', { caller })).interaction);
			time.pass(1000);
		}
		const list = async (filter: Parameters<Knowhow['interactions']>[0]) =>
			(await knowhow.interactions(filter)).map(({ id }) => ids.indexOf(id));
		assert.deepEqual(await list({}), [2, 1, 0]);
		assert.deepEqual(await list({ limit: 1 }), [2]);
		assert.deepEqual(await list({ after: ids[2] }), [1, 0]);
		assert.deepEqual(await list({ caller: 'ann' }), [2, 0]);
		assert.deepEqual(await list({ since: time.now() - 2000 }), [2, 1]);
		const { interaction, abstained } = await knowhow.ask('Who won the cup of 1954?');
		assert.ok(abstained);
		assert.deepEqual(
			(await knowhow.interactions({ abstained: true })).map(({ id }) => id),
			[interaction],
		);
	});

	test('one setting keeps none', async () => {
		await using folder = await project({ 'interactions.keep': false });
		await folder.knowhow.ask('What is the refund window?');
		assert.deepEqual(await folder.knowhow.interactions(), []);
	});

	test('they expire: not listed at once, removed with the next answer, and gone from disk with the next ingest', async () => {
		await using folder = await project();
		const { knowhow, time, path } = folder;
		const { interaction } = await knowhow.ask('What is the refund window, xylophone?');
		time.pass(90 * dayMs + 1);
		assert.deepEqual(await knowhow.interactions(), []);
		assert.equal(await knowhow.interaction(interaction), null);
		assert.ok(await isOnDisk(path, 'xylophone'));
		await knowhow.ask('What does the Growth plan cost?');
		assert.equal((await knowhow.interactions()).length, 1);
		await knowhow.ingest('docs');
		assert.ok(!(await isOnDisk(path, 'xylophone')));
	});

	test('sources say whether the document is the same, still says so, no longer says so, or is gone', async () => {
		await using folder = await project();
		const { knowhow, path } = folder;
		const { interaction } = await knowhow.ask('What is the refund window?');
		const states = async () => {
			const shown = await knowhow.interaction(interaction);
			assert.match(shown?.sources[0]?.citation.quote ?? '', /30 days after delivery/);
			return shown?.sources[0]?.state;
		};
		assert.equal(await states(), 'same');
		const text = await readFile(join(path, 'docs/refunds.md'), 'utf8');
		await writeFile(join(path, 'docs/refunds.md'), `${text}\nMore.\n`);
		await knowhow.ingest('docs');
		assert.equal(await states(), 'changed');
		await writeFile(join(path, 'docs/refunds.md'), text.replace('30 days', '60 days'));
		await knowhow.ingest('docs');
		assert.equal(await states(), 'no-longer-says');
		await knowhow.remove([await idOf(knowhow, 'docs/refunds.md')]);
		assert.equal(await states(), 'gone');
	});

	test('text of documents that a reader may not read is left out for that reader', async () => {
		await using folder = await project();
		const { knowhow } = folder;
		const { interaction } = await knowhow.ask('What is the refund window?');
		await knowhow.setAccess(await idOf(knowhow, 'docs/refunds.md'), ['ann']);
		const shown = await knowhow.interaction(interaction, { access: { principals: ['bob'] } });
		assert.ok(shown);
		assert.ok(!JSON.stringify(shown).includes('30 days'));
		const whole = await knowhow.interaction(interaction, { access: { principals: ['ann'] } });
		assert.match(JSON.stringify(whole), /30 days/);
	});

	test('forgetting a caller leaves nothing of them on disk, and the others alone', async () => {
		await using folder = await project();
		const { knowhow, path } = folder;
		const conversation = knowhow.startConversation();
		await knowhow.ask('What is the refund window, xylophone?', { caller: 'ann@example.com', conversation });
		await knowhow.ask('What is the refund window?', { caller: 'bob' });
		assert.ok(await isOnDisk(path, 'xylophone'));
		const receipt = await knowhow.forget('ann@example.com');
		assert.deepEqual([receipt.interactions, receipt.conversations], [1, 1]);
		for (const words of ['xylophone', 'ann@example.com']) assert.ok(!(await isOnDisk(path, words)), words);
		assert.equal(await knowhow.conversation(conversation), null);
		assert.deepEqual(
			(await knowhow.interactions()).map(({ caller }) => caller),
			['bob'],
		);
		assert.equal((await knowhow.forget('ann@example.com')).interactions, 0);
	});

	test('removing a document lists the answers that quote it, and with erase takes its text out of them', async () => {
		await using folder = await project();
		const { knowhow, path } = folder;
		const { interaction } = await knowhow.ask('What is the refund window?');
		const other = await knowhow.ask('What does the Growth plan cost?');
		const document = await idOf(knowhow, 'docs/refunds.md');
		const first = await knowhow.remove([document]);
		assert.deepEqual([first.documents, first.interactions, first.erased], [1, [interaction], false]);
		assert.ok(await isOnDisk(path, '30 days after delivery'));
		const second = await knowhow.remove([document], { erase: true });
		assert.deepEqual([second.documents, second.interactions, second.erased], [0, [interaction], true]);
		assert.ok(!(await isOnDisk(path, '30 days after delivery')));
		const shown = await knowhow.interaction(interaction);
		assert.equal(shown?.interaction.answer, null);
		assert.equal(shown?.interaction.question, 'What is the refund window?');
		assert.equal(shown?.interaction.erasedAt, folder.time.now());
		assert.equal((await knowhow.interaction(other.interaction))?.interaction.answer, other.answer);
	});
});

describe('knowhow history, show, forget', () => {
	test('go from a question to its sources and to nothing', async () => {
		await using folder = await temporaryFolder();
		await writeSmallDocuments(folder.path);
		const run = (...words: string[]) => runKnowhow(words, { cwd: folder.path });
		const started = await run('init');
		assert.match(started.stdout, /kept for 90 days.*"keep": false/);
		await run('ingest', 'docs');
		await run('ask', 'What is the refund window?', '--caller', 'ann');
		const { interactions } = JSON.parse((await run('history', '--json')).stdout) as { interactions: { id: string }[] };
		assert.equal(interactions.length, 1);
		const id = interactions[0]!.id;
		assert.match((await run('history', '--caller', 'ann', '--since', '2020-01-01')).stdout, new RegExp(id));
		assert.match((await run('history', '--caller', 'bob')).stdout, /No answer/);
		assert.equal((await run('history', '--since', 'yesterdayish')).code, 2);
		assert.match((await run('show', id)).stdout, /“The refund window is 30 days after delivery\.”/);
		assert.match((await run('remove', 'docs/refunds.md')).stdout, new RegExp(`still quote them: ${id}`));
		assert.match((await run('show', id)).stdout, /the document is gone/);
		assert.equal((await run('forget')).code, 2);
		assert.match((await run('forget', '--caller', 'ann')).stdout, /Erased 1 answers/);
		assert.equal((await run('show', id)).code, 1);
	});
});
