import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { readBeir } from '../src/collect/beir.ts';
import { evaluateRetrieval, type RetrievalMetrics } from '../src/evaluate/retrieval.ts';
import { ndcg } from '../src/evaluate/metrics/ndcg.ts';
import { openFolder, openPassages } from '../weights/collection.ts';
import { sampleFolder, sampleQuestions } from '../weights/examples.ts';
import { isHeldOutPassage } from '../weights/held-out.ts';

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

/** nDCG@10 of SQuAD 2.0's development articles that the embedder has not seen: as a project searches, and without the reranker. */
const storedSearch = { reranked: 0.8714, fused: 0.858 } as const;

const squad = new URL('../../shared/data/squad2/', import.meta.url);
const noSquad = existsSync(squad) ? false : 'needs ../shared/data/squad2';

test('the reranker orders what both legs found better than fusion does', { skip: noSquad }, async (t) => {
	const { corpus, queries, qrels } = await readBeir(squad.pathname);
	await using collection = await openPassages(corpus.map((text) => ({ ...text, _id: text.id })));
	const asked = queries.filter(({ id }) => [...(qrels.get(id)?.keys() ?? [])].some(isHeldOutPassage));
	const found = { reranked: 0, fused: 0 };
	for (const { id, text } of asked) {
		for (const [way, rerank] of [
			['reranked', true],
			['fused', false],
		] as const) {
			const { hits } = await collection.search(text, 15, { rerank });
			// A long passage has two chunks; it counts where the better one stands.
			const ranking = [...new Set(hits.map(({ document }) => document.source))];
			found[way] += ndcg(ranking, qrels.get(id)!, 10) / asked.length;
		}
	}
	for (const way of ['reranked', 'fused'] as const) {
		t.diagnostic(`${way} ${found[way].toFixed(4)} (stored ${storedSearch[way]})`);
		assert.ok(found[way] >= storedSearch[way] - tolerance, `${way}: nDCG@10 fell to ${found[way]}`);
	}
	assert.ok(found.reranked > found.fused);
});

/**
 * Questions of the sample's test split whose evidence is inside the top 5 hits, of all of their class: as a project searches, and
 * beside it each leg alone and both fused without the reranker. No slack: the numbers are counts and nothing is random.
 */
const storedSample = {
	answerable: { questions: 35, search: 33, keyword: 32, vector: 32, fused: 32 },
	changed: { questions: 12, search: 12, keyword: 12, vector: 12, fused: 12 },
	conflict: { questions: 6, search: 6, keyword: 6, vector: 6, fused: 6 },
	'how-to': { questions: 11, search: 10, keyword: 9, vector: 8, fused: 8 },
	identifier: { questions: 14, search: 14, keyword: 14, vector: 10, fused: 14 },
	'multi-document': { questions: 8, search: 8, keyword: 8, vector: 7, fused: 8 },
	table: { questions: 13, search: 13, keyword: 13, vector: 9, fused: 13 },
	mismatch: { questions: 137, search: 17, keyword: 8, vector: 24, fused: 18 },
} as const;

/** All classes but `mismatch`: share of questions whose evidence is inside the top 5. */
const leastShare = 0.95;

const ways = {
	search: {},
	keyword: { mode: 'keyword', rerank: false },
	vector: { mode: 'vector', rerank: false },
	fused: { mode: 'hybrid', rerank: false },
} as const;
type Way = keyof typeof ways;
type Counts = Record<Way | 'questions', number>;

test('on the sample the evidence of a question is among the first five hits', async (t) => {
	await using collection = await openFolder(new URL('v1', sampleFolder).pathname);
	const found: Record<string, Counts> = {};
	for (const { question, class: kind, evidence: either } of sampleQuestions('test')) {
		const evidence = 'v1' in either ? either.v1 : either;
		if (evidence.length === 0) continue;
		const counts = (found[kind] ??= { questions: 0, search: 0, keyword: 0, vector: 0, fused: 0 });
		counts.questions++;
		for (const way of Object.keys(ways) as Way[]) {
			const { hits } = await collection.search(question, 5, ways[way]);
			const isFound = evidence.some(({ path, quote }) =>
				hits.some(({ document, text }) => document.source === path && squash(text).includes(squash(quote))),
			);
			if (isFound) counts[way]++;
		}
	}
	for (const [kind, counts] of Object.entries(found)) t.diagnostic(`${kind} ${JSON.stringify(counts)}`);
	for (const [kind, least] of Object.entries(storedSample)) {
		assert.equal(found[kind]!.questions, least.questions, `${kind}: another number of questions`);
		for (const way of Object.keys(ways) as Way[]) {
			assert.ok(found[kind]![way] >= least[way], `${kind}, ${way}: ${found[kind]![way]} found, stored ${least[way]}`);
		}
	}
	const counted = Object.entries(found).filter(([kind]) => kind !== 'mismatch');
	const sum = (of: Way | 'questions'): number => counted.reduce((total, [, counts]) => total + counts[of], 0);
	const share = sum('search') / sum('questions');
	t.diagnostic(`all but vocabulary mismatch: ${(100 * share).toFixed(1)} %`);
	assert.ok(share >= leastShare);
	assert.equal(found['identifier']!.search, found['identifier']!.questions);
});

/** Without white space and Markdown's marks: quotes are those of the source files, hits those of the converted text. */
function squash(text: string): string {
	return text.replace(/[\s*`\\]+/g, ' ').toLowerCase();
}
