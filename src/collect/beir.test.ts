import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { KnowhowError } from '../core/error.ts';
import { readBeir } from './beir.ts';

const corpus = [
	{ _id: 'd1', title: 'Refunds', text: 'Thirty days.\u2028Not one more.', metadata: {} },
	{ _id: 'd2', title: '', text: 'Café' },
	{ _id: 3, text: 'no title' },
];
const queries = [
	{ _id: 'q1', text: 'refund window' },
	{ _id: 'q2', text: 'coffee' },
];
const qrels = 'query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\t3\t0\r\n\nq2\td2\t1\n';

type Files = Readonly<Record<string, string | Buffer>>;

const good: Files = { 'corpus.jsonl': toLines(corpus), 'queries.jsonl': toLines(queries), 'qrels/test.tsv': qrels };

function toLines(values: readonly unknown[]): string {
	return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}

async function folderWith(files: Files): Promise<AsyncDisposable & { path: string }> {
	const path = await mkdtemp(join(tmpdir(), 'knowhow-beir-'));
	await mkdir(join(path, 'qrels'));
	for (const [name, content] of Object.entries(files)) await writeFile(join(path, name), content);
	return { path, [Symbol.asyncDispose]: async () => await rm(path, { recursive: true }) };
}

async function failureOf(files: Files, split = 'test'): Promise<KnowhowError> {
	await using folder = await folderWith(files);
	const error: unknown = await readBeir(folder.path, { split }).catch((thrown: unknown) => thrown);
	assert.ok(error instanceof KnowhowError, String(error));
	return error;
}

describe('readBeir', () => {
	test('reads texts, queries and grades; ids are strings, line separators inside of strings stay', async () => {
		await using folder = await folderWith(good);
		const dataset = await readBeir(folder.path);
		assert.deepEqual(
			dataset.corpus.map(({ id, title }) => [id, title]),
			[
				['d1', 'Refunds'],
				['d2', ''],
				['3', ''],
			],
		);
		assert.equal(dataset.corpus[0]?.text, 'Thirty days.\u2028Not one more.');
		assert.deepEqual(dataset.queries, [
			{ id: 'q1', text: 'refund window' },
			{ id: 'q2', text: 'coffee' },
		]);
		assert.deepEqual(
			dataset.qrels.get('q1'),
			new Map([
				['d1', 2],
				['3', 0],
			]),
		);
	});

	test('reads compressed files the same', async () => {
		await using plain = await folderWith(good);
		await using packed = await folderWith({
			'corpus.jsonl.gz': gzipSync(good['corpus.jsonl'] as string),
			'queries.jsonl.gz': gzipSync(good['queries.jsonl'] as string),
			'qrels/test.tsv': qrels,
		});
		const [a, b] = [await readBeir(plain.path), await readBeir(packed.path)];
		assert.deepEqual({ ...b, name: a.name }, a);
	});

	test('a missing file or split is not found, by name', async () => {
		const { 'corpus.jsonl': _, ...rest } = good;
		const missing = await failureOf(rest);
		assert.equal(missing.code, 'not_found');
		assert.match(missing.message, /corpus\.jsonl or corpus\.jsonl\.gz/);
		assert.match((await failureOf(good, 'dev')).message, /qrels.dev\.tsv/);
	});

	test('what is wrong is named with its line', async () => {
		const cases: [string, string | Buffer, RegExp][] = [
			['corpus.jsonl', '{"_id":"d1","text":"x"}\n{"_id":', /corpus\.jsonl:2: is not JSON/],
			['corpus.jsonl', '{"id":"d1","text":"x"}', /corpus\.jsonl:1: _id/],
			['corpus.jsonl', toLines([corpus[0], corpus[0]]), /corpus\.jsonl:2: the document "d1" was there before/],
			['queries.jsonl', toLines([queries[0], queries[0]]), /queries\.jsonl:2: the query "q1" was there before/],
			['qrels/test.tsv', 'q1\td1\t1\nq9\td1\t1\n', /test\.tsv:2: there is no query "q9"/],
			['qrels/test.tsv', 'q1\td1\t1\nq1\td9\t1\n', /test\.tsv:2: there is no document "d9"/],
			['qrels/test.tsv', 'q1\td1\t1\nq1 d1 1\n', /test\.tsv:2: expected query id/],
			['qrels/test.tsv', 'query-id\tcorpus-id\tscore\n', /no judgements/],
		];
		for (const [name, content, pattern] of cases) {
			const error = await failureOf({ ...good, [name]: content });
			assert.equal(error.code, 'invalid_data');
			assert.match(error.message, pattern);
		}
	});

	test('a compressed file that ends too early is an error, not a shorter dataset', async () => {
		const { 'corpus.jsonl': plain, ...rest } = good;
		const packed = gzipSync(plain as string);
		const error = await failureOf({ ...rest, 'corpus.jsonl.gz': packed.subarray(0, packed.length - 10) });
		assert.equal(error.code, 'invalid_data');
		assert.match(error.message, /corpus\.jsonl\.gz could not be read/);
	});
});
