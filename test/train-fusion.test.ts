import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Embedder, type Knowhow, open } from '../src/index.ts';
import { builtInFolder, openStaticEmbedder } from '../src/models/static-embedder.ts';
import { vectorWeightOf } from '../src/search/vector-weight.ts';
import { knowhow as runKnowhow, repository, temporaryFolder } from './run-program.ts';

const topics = 40;
const name = (topic: number): string => 'abcdefghij'[topic % 10]! + 'klmnopqrst'[Math.floor(topic / 10)]!;

/** Knows that `wishXY` and `subjectXY` mean the same, and nothing else: one dimension a topic, and one for all other words. */
const synonyms: Embedder = {
	id: 'synonyms',
	space: 'synonyms',
	dimensions: topics + 1,
	embed: async (texts) =>
		texts.map((text) => {
			const vector = new Float32Array(topics + 1);
			const topic = Array.from({ length: topics }, (_, i) => i).find((i) =>
				new RegExp(`(wish|subject)${name(i)}`).test(text),
			);
			vector[topic ?? topics] = 1;
			return vector;
		}),
};

/** The words that a query shares with a document are in the wrong one, again and again: only the vector leg knows better. */
function remarks(i: number): string {
	return `remark${name(i)} notice${name(i)} token${name(i)}`;
}

const queries = Array.from({ length: topics }, (_, i) => ({
	query: `wish${name(i)} ${remarks(i)}`,
	source: `docs/${name(i)}.md`,
}));
const labelled = queries.map(({ query, source }) => ({
	query,
	positives: [{ document: source, quote: null, grade: 1 }],
}));

async function prepared(): Promise<AsyncDisposable & { readonly path: string }> {
	const folder = await temporaryFolder();
	await mkdir(join(folder.path, 'docs'));
	for (let i = 0; i < topics; i++) {
		const others = remarks((i + 1) % topics);
		const text = `# subject${name(i)}\n\nSee ${others}, ${others}, ${others}.\n`;
		await writeFile(join(folder.path, 'docs', `${name(i)}.md`), text);
	}
	return folder;
}

async function ingested(path: string): Promise<Knowhow> {
	const knowhow = await open(path, { env: {}, embedder: synonyms });
	await knowhow.ingest('docs');
	return knowhow;
}

async function firstIsRight(knowhow: Knowhow, options: { vectorWeight?: number } = {}): Promise<number> {
	let right = 0;
	for (const { query, source } of queries) {
		const { hits } = await knowhow.search(query, { k: 1, rerank: false, ...options });
		if (hits[0]?.document.source === source) right++;
	}
	return right;
}

test('a collection learns its fusion weight, keeps it, and gives it back', async () => {
	await using folder = await prepared();
	{
		await using knowhow = await ingested(folder.path);
		assert.deepEqual(await knowhow.fusion(), { vectorWeight: 0.3, from: 'embedder', learned: null });
		assert.ok((await firstIsRight(knowhow)) < topics / 2);
		const report = await knowhow.trainFusion({ data: labelled });
		assert.deepEqual([report.queries, report.found, report.current, report.isKept], [topics, topics, 0.3, true]);
		assert.ok(report.weight > 0.3 && report.after > report.before && report.interval!.low > 0);
		assert.equal(await firstIsRight(knowhow), topics);
		assert.equal(await firstIsRight(knowhow, { vectorWeight: 0 }), 0);
	}
	await using knowhow = await open(folder.path, { env: {}, embedder: synonyms });
	const fusion = await knowhow.fusion();
	assert.deepEqual([fusion?.from, fusion?.learned?.queries], ['collection', topics]);
	assert.equal(await firstIsRight(knowhow), topics);
	assert.equal(await knowhow.forgetFusion(), true);
	assert.equal(await knowhow.forgetFusion(), false);
	assert.equal((await knowhow.fusion())?.from, 'embedder');
	assert.ok((await firstIsRight(knowhow)) < topics / 2);
});

test('a few queries change nothing, and another vector space knows nothing of what was learned', async () => {
	await using folder = await prepared();
	await using knowhow = await ingested(folder.path);
	assert.equal((await knowhow.trainFusion({ data: labelled.slice(0, 9) })).isKept, false);
	assert.equal((await knowhow.fusion())?.from, 'embedder');
	assert.equal((await knowhow.trainFusion({ data: labelled })).isKept, true);
	await using other = await open(folder.path, { env: {}, embedder: { ...synonyms, id: 'other', space: 'other' } });
	await other.reindex();
	assert.deepEqual(await other.fusion(), { vectorWeight: 0.3, from: 'embedder', learned: null });
});

test('a learned weight moves with an export, and counts once the same embedder has indexed the collection', async () => {
	await using folder = await prepared();
	await using elsewhere = await temporaryFolder();
	await using knowhow = await ingested(folder.path);
	await knowhow.trainFusion({ data: labelled });
	await knowhow.export('out');
	await using other = await open(elsewhere.path, { env: {}, embedder: synonyms });
	assert.equal((await other.import(join(folder.path, 'out'))).fusion.added, 1);
	assert.equal((await other.import(join(folder.path, 'out'))).fusion.same, 1);
	await other.reindex();
	assert.deepEqual(await other.fusion(), await knowhow.fusion());
	assert.equal(await firstIsRight(other), topics);
});

test('what cannot be learned is said', async () => {
	await using folder = await prepared();
	await using knowhow = await ingested(folder.path);
	const elsewhere = [{ query: 'x', positives: [{ document: 'absent.md', quote: null, grade: 1 }] }];
	await assert.rejects(knowhow.trainFusion({ data: elsewhere }), { code: 'invalid_data' });
	await assert.rejects(knowhow.trainFusion({ data: labelled, collection: 'absent' }), { code: 'not_found' });
	const settings = { 'search.vectorWeight': 0.4 };
	await using set = await open(folder.path, { env: {}, embedder: synonyms, settings });
	await assert.rejects(set.trainFusion({ data: labelled }), { code: 'invalid_argument' });
	assert.equal((await set.fusion())?.from, 'setting');
	await using bare = await open(folder.path, { env: { KNOWHOW_EMBEDDER: '' }, settings: { embedder: null } });
	await assert.rejects(bare.trainFusion({ data: labelled }), { code: 'no_embedder' });
});

test('the command prints before, after and interval, and says when nothing changed', async () => {
	await using folder = await prepared();
	await runKnowhow(['ingest', 'docs'], { cwd: folder.path });
	await writeFile(join(folder.path, 'queries.jsonl'), queries.map((line) => JSON.stringify(line)).join('\n'));
	const { code, stdout } = await runKnowhow(['train', 'fusion', '--data', 'queries.jsonl'], { cwd: folder.path });
	assert.equal(code, 0);
	assert.match(stdout, /^40 queries, the answer of \d+ among the candidates of "default"$/m);
	assert.match(
		stdout,
		/nDCG@10 of held-out queries: \d\.\d{4} → \d\.\d{4} \([+−]\d\.\d{4}, 95 % [+−]\d\.\d{4} to [+−]\d\.\d{4}\)/,
	);
	const listed = JSON.parse((await runKnowhow(['collections', '--json'], { cwd: folder.path })).stdout) as {
		readonly collections: readonly { readonly fusion: { readonly from: string } }[];
	};
	assert.match(listed.collections[0]!.fusion.from, /^(collection|embedder)$/);
	assert.equal((await runKnowhow(['train', 'fusion'], { cwd: folder.path })).code, 2);
});

test('the shipped weights were learned for the shipped embedder (else: node weights/train-fusion.ts)', async () => {
	const { space } = await openStaticEmbedder(builtInFolder);
	const weights = JSON.parse(await readFile(join(repository, 'weights/fusion.json'), 'utf8')) as Record<string, number>;
	assert.ok(Object.hasOwn(weights, space), `weights/fusion.json knows nothing of ${space}`);
	assert.equal(vectorWeightOf(space), weights[space]);
	assert.ok(weights[space]! > 0 && weights[space]! < 1);
});
