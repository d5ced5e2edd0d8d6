/**
 * Learns `reranker.json`: a linear model over the parts of the score, by listwise softmax cross-entropy (ListNet with one
 * relevant position shared by all relevant candidates; Cao et al. 2007) on development questions only, of which those that the
 * embedder was trained on are left out. Same data, same bytes.
 * Run: node weights/train-reranker.ts
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { readBeir } from '../src/collect/beir.ts';
import { ndcg } from '../src/evaluate/metrics/ndcg.ts';
import { featureNames, features } from '../src/search/features.ts';
import { occurrencesInText } from '../src/search/occurrences.ts';
import type { SearchMode } from '../src/search/search.ts';
import { isByFirstAuthor } from '../sample/first-author.ts';
import { openFolder, openPassages, type Collection, type Passage } from './collection.ts';
import { sampleFolder, sampleQuestions, squadFolder, trainingFolders, trainingQuestions } from './examples.ts';
import { isHeldOutClaim, isHeldOutPassage } from './held-out.ts';

/** The candidates of a question as fusion ranks them: features and whether each is relevant. */
type List = { readonly rows: readonly (readonly number[])[]; readonly relevant: readonly boolean[] };
type Question = { readonly text: string; readonly isRelevant: (source: string, text: string) => boolean };
type Part = {
	readonly name: string;
	/** Ranked by both legs: what is learned from. */
	readonly lists: readonly List[];
	/** Ranked by keywords alone, to see what the weights do where there is no embedder. */
	readonly keyword: readonly List[];
};

/** As many as a search reranks. */
const candidates = 30;
const steps = 400;
const learningRate = 0.05;
/** L2 penalty: enough to keep rare features (identifiers) from running away. */
const penalty = 0.002;

async function gather(name: string, collection: Collection, questions: readonly Question[]): Promise<Part> {
	const lists = async (mode: SearchMode): Promise<List[]> => {
		const found: List[] = [];
		for (const question of questions) found.push(await gatherList(collection, question, mode));
		return found;
	};
	return { name, lists: await lists('hybrid'), keyword: await lists('keyword') };
}

async function gatherList(collection: Collection, { text, isRelevant }: Question, mode: SearchMode): Promise<List> {
	const { hits, terms } = await collection.search(text, candidates, { rerank: false, mode });
	const rows: number[][] = [];
	for (const hit of hits) {
		const language = (await collection.document(hit.document.id))?.language ?? null;
		const scores = { ...hit.parts, fused: hit.score };
		const found = features(terms, occurrencesInText(terms, hit, { ...hit.document, language }), scores);
		rows.push(featureNames.map((name) => found[name]));
	}
	return { rows, relevant: hits.map((hit) => isRelevant(hit.document.source, hit.text)) };
}

type Keep = (document: string, query: string) => boolean;

async function beirPart(name: string, folder: URL, { split, keep }: { split: string; keep: Keep }): Promise<Part> {
	const { corpus, queries, qrels } = await readBeir(folder.pathname, { split });
	await using collection = await openPassages(corpus.map((text): Passage => ({ ...text, _id: text.id })));
	const questions = queries.flatMap(({ id, text }) => {
		const grades = qrels.get(id);
		if (grades === undefined || ![...grades.keys()].every((document) => keep(document, text))) return [];
		return [{ text, isRelevant: (source: string) => (grades.get(source) ?? 0) > 0 }];
	});
	return await gather(name, collection, questions);
}

async function samplePart(): Promise<Part> {
	await using collection = await openFolder(new URL('v1', sampleFolder).pathname);
	const questions = sampleQuestions('dev')
		.filter(isByFirstAuthor)
		.flatMap(({ question, evidence: both }) => {
			const evidence = 'v1' in both ? both.v1 : both;
			return evidence.length === 0 ? [] : [{ text: question, isRelevant: heldBy(evidence) }];
		});
	return await gather('sample dev', collection, questions);
}

/** Questions by another author, whose passages the embedder has seen beside them: measured, not learned from. */
async function freshPart(set: keyof typeof trainingFolders): Promise<Part> {
	await using collection = await openFolder(trainingFolders[set].pathname);
	const answerable = trainingQuestions(set).filter((question) => question.answerable);
	const questions = answerable.map(({ question, evidence }) => ({ text: question, isRelevant: heldBy(evidence) }));
	return await gather(`fresh questions, ${set}`, collection, questions);
}

function heldBy(evidence: readonly { readonly path: string; readonly quote: string }[]): Question['isRelevant'] {
	return (source, text) => evidence.some(({ path, quote }) => path === source && squash(text).includes(squash(quote)));
}

function squash(text: string): string {
	return text.replace(/[\s*`\\]+/g, ' ').toLowerCase();
}

/** Each part weighs the same, however many questions it has. */
function train(parts: readonly Part[]): number[] {
	const lists = parts.flatMap((part) =>
		part.lists.filter(hasBoth).map((list) => ({ list, share: 1 / part.lists.length })),
	);
	const weights = featureNames.map(() => 0);
	const mean = weights.map(() => 0);
	const square = weights.map(() => 0);
	for (let step = 1; step <= steps; step++) {
		const gradient = weights.map((weight) => penalty * weight);
		for (const { list, share } of lists) addGradient(list, weights, share / parts.length, gradient);
		// Adam (Kingma & Ba 2015)
		gradient.forEach((slope, i) => {
			mean[i] = 0.9 * mean[i]! + 0.1 * slope;
			square[i] = 0.999 * square[i]! + 0.001 * slope * slope;
			const update = mean[i] / (1 - 0.9 ** step) / (Math.sqrt(square[i] / (1 - 0.999 ** step)) + 1e-8);
			weights[i] = weights[i]! - learningRate * update;
		});
	}
	return weights;
}

function hasBoth({ relevant }: List): boolean {
	return relevant.includes(true) && relevant.includes(false);
}

function scoresOf({ rows }: List, weights: readonly number[]): number[] {
	return rows.map((row) => row.reduce((sum, value, i) => sum + value * weights[i]!, 0));
}

/** ∂/∂w of −Σ target · log softmax(scores); the target is uniform over the relevant candidates. */
function addGradient(list: List, weights: readonly number[], share: number, gradient: number[]): void {
	const scores = scoresOf(list, weights);
	const largest = Math.max(...scores);
	const powers = scores.map((score) => Math.exp(score - largest));
	const total = powers.reduce((sum, power) => sum + power, 0);
	const relevant = list.relevant.filter(Boolean).length;
	list.rows.forEach((row, at) => {
		const error = (powers[at]! / total - (list.relevant[at]! ? 1 / relevant : 0)) * share;
		row.forEach((value, i) => {
			gradient[i] = gradient[i]! + error * value;
		});
	});
}

/** nDCG@10 and the share of questions with a relevant candidate in the top 5. */
function measure(lists: readonly List[], weights: readonly number[] | null): { ndcg: number; top5: number } {
	const each = lists.map((list) => {
		const scores = weights === null ? list.rows.map((_, i) => -i) : scoresOf(list, weights);
		const order = scores.map((_, i) => i).sort((a, b) => scores[b]! - scores[a]!);
		const judged = new Map(list.relevant.flatMap((is, i) => (is ? [[String(i), 1] as const] : [])));
		return {
			ndcg: ndcg(order.map(String), judged, 10),
			top5: order.slice(0, 5).some((i) => list.relevant[i]!) ? 1 : 0,
		};
	});
	const mean = (key: 'ndcg' | 'top5'): number => each.reduce((sum, one) => sum + one[key], 0) / each.length;
	return { ndcg: mean('ndcg'), top5: mean('top5') };
}

function report(name: string, lists: readonly List[], weights: readonly number[]): void {
	const before = measure(lists, null);
	const after = measure(lists, weights);
	const show = (value: number): string => value.toFixed(4);
	console.log(
		`${name}: nDCG@10 ${show(before.ndcg)} → ${show(after.ndcg)}, in top 5 ${show(before.top5)} → ${show(after.top5)} (${lists.length} questions)`,
	);
}

if (!existsSync(squadFolder)) throw new Error('The development data is not beside the repository.');
const parts = [
	await beirPart('scifact train, held out', new URL('../scifact/', squadFolder), {
		split: 'train',
		keep: (_, claim) => isHeldOutClaim(claim),
	}),
	await beirPart('squad2 dev articles, held out', squadFolder, { split: 'test', keep: isHeldOutPassage }),
	await samplePart(),
];
for (const held of parts) {
	report(`held out: ${held.name}`, held.lists, train(parts.filter((part) => part !== held)));
}
const weights = train(parts);
for (const { name, lists, keyword } of [...parts, await freshPart('sample-dev'), await freshPart('handbook')]) {
	report(name, lists, weights);
	report(`${name}, keywords alone`, keyword, weights);
}
const rounded = Object.fromEntries(featureNames.map((name, i) => [name, Number(weights[i]!.toFixed(3))]));
const path = new URL('reranker.json', import.meta.url);
writeFileSync(path, `${JSON.stringify({ bias: 0, weights: rounded }, null, '\t')}\n`);
console.log(readFileSync(path, 'utf8'));
