import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { KnowhowError } from '../core/error.ts';
import { temporaryFolder } from '../../test/run-program.ts';
import { readLabelledQueries } from './labelled-queries.ts';

test('every way to name an answer is read; lines without one are left out', async () => {
	await using folder = await temporaryFolder();
	const path = join(folder.path, 'queries.jsonl');
	const lines = [
		{ query: 'a', source: 'guide.md' },
		{ query: 'b', document: ['d1', 'd2'] },
		{ query: 'c', quote: 'thirty days', source: 'guide.md' },
		{ question: 'd', evidence: [{ path: 'x.md', quote: 'q' }], split: 'dev' },
		{ question: 'e', evidence: { v1: [{ path: 'x.md', quote: 'q' }], v2: [{ path: 'y.md', quote: 'r' }] } },
		{ query: 'f', positives: [{ text: 'a passage', document: null, version: null, chunk: null }] },
		{ question: 'g', answer: null, evidence: [] },
	];
	await writeFile(path, lines.map((line) => JSON.stringify(line)).join('\n'));
	const found = await readLabelledQueries(path);
	assert.deepEqual(
		found.map(({ query, positives }) => [query, ...positives.map(({ document, quote }) => `${document}: ${quote}`)]),
		[
			['a', 'guide.md: null'],
			['b', 'd1: null', 'd2: null'],
			['c', 'guide.md: thirty days'],
			['d', 'x.md: q'],
			['e', 'x.md: q', 'y.md: r'],
			['f', 'null: a passage'],
		],
	);
	assert.deepEqual(
		(await readLabelledQueries(path, { split: 'dev' })).map(({ query }) => query),
		['d'],
	);
});

test('a folder in BEIR’s layout gives the documents judged relevant, with their grades', async () => {
	await using folder = await temporaryFolder();
	await mkdir(join(folder.path, 'qrels'));
	await writeFile(join(folder.path, 'corpus.jsonl'), '{"_id": "d1", "text": "x"}\n{"_id": "d2", "text": "y"}\n');
	await writeFile(join(folder.path, 'queries.jsonl'), '{"_id": "q1", "text": "what"}\n{"_id": "q2", "text": "who"}\n');
	await writeFile(join(folder.path, 'qrels', 'train.tsv'), 'q1\td1\t2\nq1\td2\t0\n');
	assert.deepEqual(await readLabelledQueries(folder.path), [
		{ query: 'what', positives: [{ document: 'd1', quote: null, grade: 2 }] },
	]);
});

test('what holds no labelled query is refused with the place', async () => {
	await using folder = await temporaryFolder();
	const path = join(folder.path, 'queries.jsonl');
	const refuses = async (text: string, message: RegExp): Promise<void> => {
		await writeFile(path, text);
		const isRight = (error: unknown): boolean =>
			error instanceof KnowhowError && error.code === 'invalid_data' && message.test(error.message);
		await assert.rejects(readLabelledQueries(path), isRight);
	};
	await refuses('{"query": "a"}\n', /holds no query with a known answer/);
	await refuses('{"query": "a", "source": "x"}\n{"source": "x"}\n', /:2: it has neither "query" nor "question"/);
	await refuses('{"query": ', /:1: is not JSON/);
	await assert.rejects(readLabelledQueries(join(folder.path, 'absent')), { code: 'not_found' });
});
