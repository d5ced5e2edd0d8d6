import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { join } from 'node:path';
import { readBeir } from '../src/collect/beir.ts';
import type { Embedder } from '../src/core/embedder.ts';
import { indexDataset, type RetrievalDataset } from '../src/evaluate/retrieval.ts';
import type { Judgements } from '../src/evaluate/metrics/ndcg.ts';
import type { Candidate } from '../src/search/memory-index.ts';
import { isByFirstAuthor } from '../sample/first-author.ts';
import { openFolder } from '../weights/collection.ts';
import { sampleFolder, type SampleQuestion, sampleQuestions, squadSplit } from '../weights/examples.ts';

/** One test question: what both legs found for it, the name of each find, and which names answer. */
export type Asked = {
	readonly kind: string;
	readonly candidates: readonly Candidate[];
	readonly units: readonly string[];
	readonly judgements: Judgements;
};

/** A test set, searched by keywords and by vectors of an embedder, `depth` candidates a leg. */
export type RetrievalSet = { readonly name: string; readonly ask: (embedder: Embedder) => Promise<Asked[]> };

const depth = 100;
const data = join(import.meta.dirname, '../../shared/data');
const article = (passage: string): string => passage.replace(/-\d+$/, '');

export const retrievalSets: readonly RetrievalSet[] = [
	{
		name: 'SciFact test',
		ask: async (embedder) => await askDataset(await readBeir(join(data, 'scifact'), { split: 'test' }), embedder),
	},
	{
		name: 'SQuAD2, 8 test articles',
		ask: async (embedder) => {
			const dataset = await readBeir(join(data, 'squad2'), { split: 'test' });
			return await askDataset(
				restricted(dataset, (id) => squadSplit.test.includes(article(id))),
				embedder,
			);
		},
	},
	{ name: 'XQuAD en, articles not in training', ask: async (embedder) => await askDataset(xquad('en'), embedder) },
	{ name: 'the sample, test questions', ask: async (embedder) => await askSample(isByFirstAuthor, embedder) },
	{
		name: 'the sample, customers’ words',
		ask: async (embedder) => await askSample((question) => !isByFirstAuthor(question), embedder),
	},
];

/** What other languages cost: nothing was trained in them. */
export const otherLanguages: readonly RetrievalSet[] = ['de', 'es', 'zh', 'ar'].map((language) => ({
	name: `XQuAD ${language}`,
	ask: async (embedder) => await askDataset(xquad(language), embedder, language),
}));

/** XQuAD in one language, without the articles whose English texts the embedder was trained on. */
function xquad(language: string): RetrievalDataset {
	const lines = <T>(name: string): T[] =>
		gunzipSync(readFileSync(join(data, 'xquad', `${name}.${language}.jsonl.gz`)))
			.toString()
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line) as T);
	const passages = lines<{ _id: string; title: string; text: string }>('corpus');
	const qrels = new Map<string, Map<string, number>>();
	for (const line of readFileSync(join(data, 'xquad/qrels', `test.${language}.tsv`), 'utf8')
		.trim()
		.split('\n')
		.slice(1)) {
		const [query, passage, grade] = line.split('\t');
		qrels.set(query!, new Map([...(qrels.get(query!) ?? []), [passage!, Number(grade)]]));
	}
	const corpus = passages.map(({ _id, title, text }) => ({ id: _id, title, text }));
	const queries = lines<{ _id: string; text: string }>('queries').map(({ _id, text }) => ({ id: _id, text }));
	return restricted(
		{ name: `xquad ${language}`, corpus, queries, qrels },
		(id) => !squadSplit.dev.includes(article(id)),
	);
}

/** Only the questions whose passages all pass; the other passages stay in the corpus. */
function restricted(dataset: RetrievalDataset, keep: (passage: string) => boolean): RetrievalDataset {
	const qrels = [...dataset.qrels].filter(([, judgements]) => [...judgements.keys()].every(keep));
	return { ...dataset, qrels: new Map(qrels) };
}

async function askDataset(dataset: RetrievalDataset, embedder: Embedder, language = 'en'): Promise<Asked[]> {
	const index = await indexDataset(dataset, { embedder, language });
	const asked: Asked[] = [];
	for (const { id, text } of dataset.queries) {
		const judgements = dataset.qrels.get(id);
		if (judgements === undefined) continue;
		const [vector] = await embedder.embed([text], 'query');
		const { candidates } = index.search({ text, vector: vector!, k: depth, filter: null, access: 'everything' });
		asked.push({ kind: 'question', candidates, units: candidates.map(({ document }) => document.id), judgements });
	}
	return asked;
}

/** The sample's first revision, ingested; a chunk answers when it holds a quote of the evidence. */
async function askSample(isIn: (question: SampleQuestion) => boolean, embedder: Embedder): Promise<Asked[]> {
	await using collection = await openFolder(new URL('v1', sampleFolder).pathname, embedder);
	const asked: Asked[] = [];
	for (const asks of sampleQuestions('test').filter(isIn)) {
		const { question, evidence: either } = asks;
		const kind = isByFirstAuthor(asks) ? asks.class : `${asks.class}, customers’ words`;
		const evidence = 'v1' in either ? either.v1 : either;
		if (evidence.length === 0) continue;
		const [vector] = await embedder.embed([question], 'query');
		const query = { text: question, vector: vector!, k: depth, filter: null, access: 'everything' } as const;
		const { candidates } = await collection.searcher.search(query, embedder.space);
		const chunks = await collection.corpus.chunks(
			candidates.map(({ row }) => row),
			'everything',
		);
		const units = candidates.map(({ row }) => `${row}`);
		const judgements = new Map<string, number>();
		evidence.forEach(({ path, quote }, nth) => {
			const found = units.filter(
				(_, at) => candidates[at]!.document.source === path && squash(chunks[at]?.text ?? '').includes(squash(quote)),
			);
			for (const unit of found.length === 0 ? [`not found ${nth}`] : found) judgements.set(unit, 1);
		});
		asked.push({ kind, candidates, units, judgements });
	}
	return asked;
}

/** Without white space and Markdown's marks: quotes are those of the source files, chunks those of the converted text. */
function squash(text: string): string {
	return text.replaceAll(/[\s*`\\]+/g, ' ').toLowerCase();
}
