import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { readBeir } from '../src/collect/beir.ts';
import { evaluateRetrieval, type RetrievalMetrics } from '../src/evaluate/retrieval.ts';
import { openFolder } from '../weights/collection.ts';
import { sampleFolder, sampleQuestions } from '../weights/examples.ts';

/** Stored numbers may rise (then store the new ones, saying why) and may not fall by more than this. */
const tolerance = 0.002;

const stored = [
	{ name: 'scifact', split: 'test', 'ndcg@10': 0.6925, 'recall@100': 0.9393 },
	{ name: 'scifact', split: 'train', 'ndcg@10': 0.7093, 'recall@100': 0.9258 },
	{ name: 'squad2', split: 'test', 'ndcg@10': 0.9037, 'recall@100': 0.9966 },
] as const;

for (const expected of stored) {
	const folder = new URL(`../../shared/data/${expected.name}/`, import.meta.url);
	const skip = existsSync(folder) ? false : `needs ../shared/data/${expected.name}`;
	test(`keyword search on ${expected.name} (${expected.split}) finds what it found before`, { skip }, async (t) => {
		const dataset = await readBeir(folder.pathname, { split: expected.split });
		const { systems } = await evaluateRetrieval(dataset, { embedder: null, vectorWeight: 0.5, language: 'en' });
		compare(t, systems.keyword, expected);
	});
}

function compare(t: TestContext, found: RetrievalMetrics, expected: (typeof stored)[number]): void {
	for (const metric of ['ndcg@10', 'recall@100'] as const) {
		t.diagnostic(`${metric} ${found[metric].toFixed(4)} (stored ${expected[metric]})`);
		assert.ok(
			found[metric] >= expected[metric] - tolerance,
			`${metric} fell from ${expected[metric]} to ${found[metric]}`,
		);
	}
}

/** Questions whose evidence is inside the top 5 hits, of all questions of their class in the test split. */
const storedSample = {
	answerable: [32, 35],
	changed: [12, 12],
	conflict: [6, 6],
	'how-to': [10, 11],
	identifier: [14, 14],
	'multi-document': [8, 8],
	table: [13, 13],
	mismatch: [3, 15],
} as const;

test('on the sample the evidence of a question is among the first five hits', async (t) => {
	await using collection = await openFolder(new URL('v1', sampleFolder).pathname);
	const found: Record<string, [number, number]> = {};
	for (const { question, class: kind, evidence: either } of sampleQuestions('test')) {
		const evidence = 'v1' in either ? either.v1 : either;
		if (evidence.length === 0) continue;
		const { hits } = await collection.search(question, 5);
		const isFound = evidence.some(({ path, quote }) =>
			hits.some(({ document, text }) => document.source === path && squash(text).includes(squash(quote))),
		);
		const [hit, all] = found[kind] ?? [0, 0];
		found[kind] = [hit + (isFound ? 1 : 0), all + 1];
	}
	t.diagnostic(JSON.stringify(found));
	for (const [kind, [least, all]] of Object.entries(storedSample)) {
		assert.equal(found[kind]![1], all, `${kind}: another number of questions`);
		assert.ok(found[kind]![0] >= least, `${kind}: ${found[kind]![0]} of ${all} found, stored ${least}`);
	}
	const counted = Object.entries(found).filter(([kind]) => kind !== 'mismatch');
	const share = counted.reduce((sum, [, [hit]]) => sum + hit, 0) / counted.reduce((sum, [, [, all]]) => sum + all, 0);
	t.diagnostic(`all but vocabulary mismatch: ${(100 * share).toFixed(1)} %`);
	assert.ok(share >= 0.95);
	assert.equal(found['identifier']![0], found['identifier']![1]);
});

/** Without white space and Markdown's marks: quotes are those of the source files, hits those of the converted text. */
function squash(text: string): string {
	return text.replace(/[\s*`\\]+/g, ' ').toLowerCase();
}
