import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { readBeir } from '../src/collect/beir.ts';
import { configSchema } from '../src/core/config.ts';
import { builtInFolder, openStaticEmbedder } from '../src/models/static-embedder.ts';
import { features } from '../src/search/features.ts';
import { fuse } from '../src/search/fuse.ts';
import { occurrencesInText } from '../src/search/occurrences.ts';
import { rerankScore } from '../src/search/rerank.ts';
import { vectorWeightOf } from '../src/search/vector-weight.ts';
import { fingerprint, isNearDuplicate } from '../src/text/near-duplicates.ts';
import { type Collection, openFolder, openPassages } from '../weights/collection.ts';
import { sampleFolder, sampleQuestions } from '../weights/examples.ts';

const { fusion } = configSchema.parse({}).search;
const k = 10;
const embedder = await openStaticEmbedder(builtInFolder, { name: 'built-in' });

/** What a search is, said plainly: every candidate's text is read, cut and compared. Ids, scores and texts of the hits. */
async function byReading({ corpus, searcher }: Collection, query: string): Promise<unknown[]> {
	const [vector] = await embedder.embed([query], 'query');
	const asked = { text: query, vector: vector!, k: 60, filter: null, access: 'everything' } as const;
	const { candidates, terms } = await searcher.search(asked, embedder.space);
	const fused = fuse(candidates, fusion, vectorWeightOf(embedder.space));
	const best = candidates
		.map((candidate, i) => ({ candidate, fused: fused[i]! }))
		.sort((a, b) => b.fused - a.fused || a.candidate.row - b.candidate.row)
		.slice(0, 30);
	const rows = best.map(({ candidate }) => candidate.row);
	const chunks = await corpus.chunks(rows, 'everything');
	const scored = best.map(({ candidate, fused: score }, i) => {
		const { document, keyword, vector: cosine } = candidate;
		const chunk = chunks[i]!;
		const scores = { fused: score, keyword, vector: cosine };
		const rerank = rerankScore(features(terms, occurrencesInText(terms, chunk, document), scores));
		return { chunk, rerank, keyword, vector: cosine, print: fingerprint(chunk.text) };
	});
	const kept: typeof scored = [];
	for (const one of scored.sort((a, b) => b.rerank - a.rerank)) {
		if (!kept.some(({ print }) => isNearDuplicate(print, one.print))) kept.push(one);
	}
	return kept.slice(0, k).map(({ chunk, rerank, keyword, vector: cosine }) => {
		return [chunk.id, chunk.text, rerank, { keyword, vector: cosine, rerank }];
	});
}

async function compare(collection: Collection, queries: readonly string[]): Promise<void> {
	for (const query of queries) {
		const { hits } = await collection.search(query, k);
		const found = hits.map(({ chunk, text, score, parts }) => [chunk, text, score, parts]);
		assert.deepEqual(found, await byReading(collection, query), query);
	}
}

test('a search of the sample finds what reading every candidate finds, with the same scores', async () => {
	await using collection = await openFolder(new URL('v1', sampleFolder).pathname);
	await compare(
		collection,
		sampleQuestions('dev').map(({ question }) => question),
	);
});

const scifact = new URL('../../shared/data/scifact/', import.meta.url);
const skip = existsSync(scifact) ? false : 'needs ../shared/data/scifact';

test('a search of scientific abstracts finds what reading every candidate finds', { skip }, async () => {
	const { corpus, queries } = await readBeir(scifact.pathname, { split: 'train' });
	await using collection = await openPassages(corpus.slice(0, 1000).map((text) => ({ ...text, _id: text.id })));
	await compare(
		collection,
		queries.slice(0, 60).map(({ text }) => text),
	);
});
