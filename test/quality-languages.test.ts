import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { evaluateRetrieval, type RetrievalDataset } from '../src/evaluate/retrieval.ts';

const data = new URL('../../shared/data/xquad/', import.meta.url);
const skip = existsSync(data) ? false : 'needs ../shared/data/xquad';

/** Keyword nDCG@10 when last looked at; it may rise (then store it, saying why) and may not fall by more than the tolerance. */
const stored = { ar: 0.9365, de: 0.9479, en: 0.972, es: 0.9686, zh: 0.9618 } as const;
const tolerance = 0.002;

for (const language of Object.keys(stored) as (keyof typeof stored)[]) {
	test(`keyword search in ${language} finds what it found before (xquad)`, { skip }, async (t) => {
		const { systems } = await evaluateRetrieval(readDataset(language), { embedder: null, vectorWeight: 0.5, language });
		const found = systems.keyword['ndcg@10'];
		t.diagnostic(`ndcg@10 ${found.toFixed(4)} (stored ${stored[language]})`);
		assert.ok(found >= stored[language] - tolerance, `fell from ${stored[language]} to ${found}`);
	});
}

/** xquad names its files by language, otherwise as BEIR does. */
function readDataset(language: string): RetrievalDataset {
	const lines = (name: string): { _id: string; title?: string; text: string }[] =>
		gunzipSync(readFileSync(new URL(`${name}.${language}.jsonl.gz`, data)))
			.toString('utf8')
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line) as { _id: string; title?: string; text: string });
	const qrels = new Map<string, Map<string, number>>();
	const judged = readFileSync(new URL(`qrels/test.${language}.tsv`, data), 'utf8')
		.trim()
		.split('\n')
		.slice(1);
	for (const line of judged) {
		const [query, document, grade] = line.split('\t') as [string, string, string];
		qrels.set(query, (qrels.get(query) ?? new Map<string, number>()).set(document, Number(grade)));
	}
	return {
		name: `xquad-${language}`,
		corpus: lines('corpus').map(({ _id, title, text }) => ({ id: _id, title: title ?? '', text })),
		queries: lines('queries').map(({ _id, text }) => ({ id: _id, text })),
		qrels,
	};
}
