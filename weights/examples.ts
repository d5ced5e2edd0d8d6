import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { openFolder, openPassages, type Collection, type Passage } from './collection.ts';
import type { Evidence } from '../src/ask/units.ts';
import type { SearchResult } from '../src/search/search.ts';

/** A question with what the search found for it and what is known of its answer. */
export type Example = {
	readonly id: string;
	/** What is held out together: the article, or the sample's class. */
	readonly group: string;
	readonly question: string;
	readonly answerable: boolean;
	/** Wordings of the right answer; empty when there is none. */
	readonly answers: readonly string[];
	/** Where the answer stands: source of the document and, when known, the offset. */
	readonly gold: readonly { readonly source: string; readonly quote: string; readonly at: number | null }[];
	readonly evidence: readonly Evidence[];
	readonly terms: SearchResult['terms'];
};

export type Split = { readonly dev: readonly string[]; readonly test: readonly string[] };

/** The articles of SQuAD 2.0 that are for development and training, and those that are only measured. */
export const squadSplit = JSON.parse(readFileSync(new URL('squad2-split.json', import.meta.url), 'utf8')) as Split;

/** `../shared/data/squad2`, beside the repository. */
export const squadFolder = new URL('../../shared/data/squad2/', import.meta.url);

type SquadQuestion = {
	readonly id: string;
	readonly question: string;
	readonly answerable: boolean;
	readonly answers: readonly { readonly text: string; readonly start: number }[];
	readonly doc_id: string;
};

/** The questions of some articles, searched among all 646 passages with `k` hits. */
export async function squadExamples(articles: readonly string[], k: number): Promise<Example[]> {
	await using collection = await openPassages(readLines<Passage>('corpus.jsonl.gz'));
	const chosen = readLines<SquadQuestion>('qa.jsonl.gz').filter(({ doc_id }) => articles.includes(articleOf(doc_id)));
	const examples: Example[] = [];
	for (const { id, question, answerable, answers, doc_id } of chosen) {
		examples.push({
			id,
			group: articleOf(doc_id),
			question,
			answerable,
			answers: answers.map(({ text }) => text),
			gold: answers.map(({ text, start }) => ({ source: doc_id, quote: text, at: start })),
			...(await gather(collection, question, k)),
		});
	}
	return examples;
}

function articleOf(passage: string): string {
	return passage.replace(/-\d+$/, '');
}

function readLines<T>(name: string): T[] {
	return parseLines<T>(gunzipSync(readFileSync(new URL(name, squadFolder))).toString('utf8'));
}

function parseLines<T>(text: string): T[] {
	return text
		.split('\n')
		.filter((line) => line.trim() !== '')
		.map((line) => JSON.parse(line) as T);
}

type Quote = { readonly path: string; readonly quote: string };
type Told = string | readonly string[] | null;

/** A line of `sample/questions.jsonl`; of class `changed` the answer depends on the revision. */
export type SampleQuestion = {
	readonly id: string;
	readonly split: 'dev' | 'test';
	readonly class: string;
	readonly language: string;
	readonly question: string;
	readonly answer: Told | { readonly v1: Told; readonly v2: Told };
	readonly evidence: readonly Quote[] | { readonly v1: readonly Quote[]; readonly v2: readonly Quote[] };
};

export const sampleFolder = new URL('../sample/', import.meta.url);

export function sampleQuestions(split: 'dev' | 'test'): SampleQuestion[] {
	const all = parseLines<SampleQuestion>(readFileSync(new URL('questions.jsonl', sampleFolder), 'utf8'));
	return all.filter((question) => question.split === split);
}

/**
 * The sample's questions of a split, searched in its first revision with `k` hits. `withoutGold` takes the answerable
 * ones only and leaves the documents out that answer them: what remains comes close and must be refused.
 */
export async function sampleExamples(
	split: 'dev' | 'test',
	k: number,
	{ withoutGold = false } = {},
): Promise<Example[]> {
	await using collection = await openFolder(new URL('v1', sampleFolder).pathname);
	const examples: Example[] = [];
	for (const { id, class: kind, question, answer: either, evidence: both } of sampleQuestions(split)) {
		const answer = hasRevisions(either) ? either.v1 : either;
		const quotes = hasRevisions(both) ? both.v1 : both;
		const gold = quotes.map(({ path, quote }) => ({ source: path, quote, at: null }));
		if (withoutGold && gold.length === 0) continue;
		const found = await gather(collection, question, withoutGold ? 4 * k : k);
		examples.push({
			id,
			group: kind,
			question,
			answerable: kind !== 'unanswerable',
			answers: answer === null ? [] : typeof answer === 'string' ? [answer] : answer,
			gold: withoutGold ? [] : gold,
			...(withoutGold
				? { evidence: found.evidence.filter((one) => !isFrom(one, gold)).slice(0, k), terms: found.terms }
				: found),
		});
	}
	return examples;
}

/** A line of `weights/training/<set>.jsonl`: questions written for training, beside those of the sample. */
type TrainingQuestion = {
	readonly id: string;
	readonly answerable: boolean;
	readonly question: string;
	readonly answer: string | null;
	readonly evidence: readonly Quote[];
	readonly near: readonly string[];
};

/** The folder that the questions of each training set are asked of. */
export const trainingFolders = {
	'sample-dev': new URL('v1', sampleFolder),
	handbook: new URL('../handbook-18f/r1/', squadFolder),
} as const;

export function trainingQuestions(set: keyof typeof trainingFolders): TrainingQuestion[] {
	return parseLines(readFileSync(new URL(`training/${set}.jsonl`, import.meta.url), 'utf8'));
}

/** Training questions, searched with `k` hits; grouped by the document they are about. */
export async function trainingExamples(set: keyof typeof trainingFolders, k: number): Promise<Example[]> {
	await using collection = await openFolder(trainingFolders[set].pathname);
	const examples: Example[] = [];
	for (const { id, answerable, question, answer, evidence, near } of trainingQuestions(set)) {
		examples.push({
			id,
			group: evidence[0]?.path ?? near[0] ?? id,
			question,
			answerable,
			answers: answer === null ? [] : [answer],
			gold: evidence.map(({ path, quote }) => ({ source: path, quote, at: null })),
			...(await gather(collection, question, k)),
		});
	}
	return examples;
}

function isFrom({ document }: Evidence, gold: readonly { readonly source: string }[]): boolean {
	return gold.some(({ source }) => document.source.endsWith(source));
}

function hasRevisions<T>(value: T): value is Extract<T, { readonly v1: unknown }> {
	return typeof value === 'object' && value !== null && 'v1' in value;
}

async function gather(
	collection: Collection,
	question: string,
	k: number,
): Promise<Pick<Example, 'evidence' | 'terms'>> {
	const { hits, terms } = await collection.search(question, k);
	const evidence: Evidence[] = [];
	for (const hit of hits) {
		const document = await collection.document(hit.document.id);
		if (document !== null) evidence.push({ hit, document });
	}
	return { evidence, terms };
}
