import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { open, type Knowhow } from '../src/index.ts';

const data = new URL('../../shared/data/handbook-18f/', import.meta.url);
const skip = existsSync(data) ? false : 'needs ../shared/data/handbook-18f';

type Revision = 'r1' | 'r2';
type Fact = { question: string; evidence: Record<Revision, { path: string; quote: string }> };

function squash(text: string): string {
	return text.replace(/\s+/g, ' ');
}

async function readFacts(): Promise<Fact[]> {
	const lines = (await readFile(new URL('changed_facts.jsonl', data), 'utf8')).trim().split('\n');
	return lines.map((line) => JSON.parse(line) as Fact);
}

/** Facts whose quote of a revision is inside the top 5 hits for their question. */
async function countFound(knowhow: Knowhow, facts: readonly Fact[], revision: Revision): Promise<number> {
	let found = 0;
	for (const { question, evidence } of facts) {
		const { hits } = await knowhow.search(question, { k: 5 });
		if (hits.some(({ text }) => squash(text).includes(squash(evidence[revision].quote)))) found++;
	}
	return found;
}

/** Every text that search, ask and documents show for the questions. */
async function shown(knowhow: Knowhow, facts: readonly Fact[]): Promise<string> {
	const texts: string[] = [];
	for (const { question, evidence } of facts) {
		for (const query of [question, evidence.r1.quote]) {
			const { hits } = await knowhow.search(query, { k: 20 });
			texts.push(...hits.map(({ text }) => text));
			const { answer, citations } = await knowhow.ask(query);
			texts.push(answer, ...citations.map(({ quote }) => quote));
		}
	}
	for (const { id } of await knowhow.documents({ limit: 1000 })) {
		const document = await knowhow.document(id);
		texts.push(document!.text);
	}
	return squash(texts.join('\n'));
}

test('a team handbook is searched, follows its next revision and forgets what is deleted', { skip }, async (t) => {
	const folder = await mkdtemp(join(tmpdir(), 'knowhow-handbook-'));
	t.after(() => rm(folder, { recursive: true }));
	const facts = await readFacts();
	await cp(new URL('r1', data), join(folder, 'docs'), { recursive: true });
	await using knowhow = await open(folder);
	const first = await knowhow.ingest('docs');
	assert.deepEqual(first.failed, []);
	assert.ok(first.added >= 204, `${first.added} documents`);
	const r1 = await countFound(knowhow, facts, 'r1');
	t.diagnostic(`r1: ${r1} of ${facts.length} facts in the top 5`);
	assert.ok(r1 >= 8);

	await rm(join(folder, 'docs'), { recursive: true });
	await cp(new URL('r2', data), join(folder, 'docs'), { recursive: true });
	const chunked: string[] = [];
	const second = await knowhow.ingest('docs', {
		sync: true,
		onEvent: (event) => {
			if (event.type === 'file-end' && event.chunks > 0) chunked.push(event.path);
		},
	});
	const r2 = await countFound(knowhow, facts, 'r2');
	t.diagnostic(
		`r2: ${r2} of ${facts.length} facts in the top 5; ${JSON.stringify({ ...second, failed: second.failed.length })}`,
	);
	assert.ok(r2 >= 8);
	const changed = await changedPaths();
	assert.deepEqual(
		chunked.filter((path) => !changed.has(path.replace('docs/', ''))),
		[],
		'a file that did not change was chunked again',
	);
	const everything = await shown(knowhow, facts);
	for (const { evidence } of facts) assert.ok(!everything.includes(squash(evidence.r1.quote)), evidence.r1.quote);

	await deletesFromDisk(knowhow, folder);
});

/** Paths whose bytes in r2 are not those of the same path in r1. */
async function changedPaths(): Promise<Set<string>> {
	const changed = new Set<string>();
	for (const entry of await readdir(new URL('r2', data), { recursive: true, withFileTypes: true })) {
		if (!entry.isFile()) continue;
		const path = join(entry.parentPath, entry.name).slice(new URL('r2/', data).pathname.length);
		const before = await readFile(new URL(`r1/${path}`, data)).catch(() => null);
		const after = await readFile(new URL(`r2/${path}`, data));
		if (before === null || !before.equals(after)) changed.add(path);
	}
	return changed;
}

/** After a document is removed, a byte search of the project's folder finds none of three of its sentences. */
async function deletesFromDisk(knowhow: Knowhow, folder: string): Promise<void> {
	const [summary] = (await knowhow.documents({ limit: 1000 })).filter(({ source }) => source.endsWith('overtime.md'));
	const document = await knowhow.document(summary!.id);
	const sentences = document!.text
		.split('\n')
		.filter((line) => line.length > 60)
		.slice(0, 3);
	assert.equal(sentences.length, 3);
	assert.deepEqual(
		await countInFiles(folder, sentences),
		[true, true, true],
		'the search would not find what is there',
	);
	const receipt = await knowhow.remove([document!.id]);
	assert.equal(receipt.documents, 1);
	assert.deepEqual(await countInFiles(folder, sentences), [false, false, false]);
}

async function countInFiles(folder: string, sentences: readonly string[]): Promise<boolean[]> {
	const files = await readdir(join(folder, '.knowhow'), { recursive: true, withFileTypes: true });
	const bytes = await Promise.all(
		files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name))),
	);
	return sentences.map((sentence) => bytes.some((content) => content.includes(sentence)));
}
