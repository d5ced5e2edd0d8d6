/**
 * Learns `reranker.json`: a linear model over the parts of the score, by listwise softmax cross-entropy (ListNet with one
 * relevant position shared by all relevant candidates; Cao et al. 2007) on development questions only. Same data, same bytes.
 * Run: node weights/train-reranker.ts
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { readBeir } from '../src/collect/beir.ts';
import { ndcg } from '../src/evaluate/metrics/ndcg.ts';
import { featureNames, features } from '../src/search/features.ts';
import { openFolder, openPassages, type Collection, type Passage } from './collection.ts';
import { sampleFolder, sampleQuestions, squadFolder, squadSplit } from './examples.ts';

/** The candidates of a question as fusion ranks them: features and whether each is relevant. */
type List = { readonly rows: readonly (readonly number[])[]; readonly relevant: readonly boolean[] };
type Question = { readonly text: string; readonly isRelevant: (source: string, text: string) => boolean };
type Part = { readonly name: string; readonly lists: readonly List[] };

const candidates = 60;
const steps = 400;
const learningRate = 0.05;
/** L2 penalty: enough to keep rare features (identifiers) from running away. */
const penalty = 0.002;

async function gather(collection: Collection, questions: readonly Question[]): Promise<List[]> {
	const lists: List[] = [];
	for (const { text, isRelevant } of questions) {
		const { hits, terms } = await collection.search(text, candidates, { rerank: false });
		const rows: number[][] = [];
		for (const hit of hits) {
			const language = (await collection.document(hit.document.id))?.language ?? null;
			const scores = { fused: hit.score, keyword: hit.parts.keyword };
			const found = features(terms, { ...hit, title: hit.document.title }, language, scores);
			rows.push(featureNames.map((name) => found[name]));
		}
		lists.push({ rows, relevant: hits.map((hit) => isRelevant(hit.document.source, hit.text)) });
	}
	return lists;
}

async function beirPart(name: string, folder: URL, split: string, keep: (source: string) => boolean): Promise<Part> {
	const { corpus, queries, qrels } = await readBeir(folder.pathname, { split });
	await using collection = await openPassages(corpus.map((text): Passage => ({ ...text, _id: text.id })));
	const questions = queries.flatMap(({ id, text }) => {
		const grades = qrels.get(id);
		if (grades === undefined || ![...grades.keys()].every(keep)) return [];
		return [{ text, isRelevant: (source: string) => (grades.get(source) ?? 0) > 0 }];
	});
	return { name, lists: await gather(collection, questions) };
}

async function samplePart(split: 'dev' | 'test'): Promise<Part> {
	await using collection = await openFolder(new URL('v1', sampleFolder).pathname);
	const questions = sampleQuestions(split).flatMap(({ question, evidence: both }) => {
		const evidence = 'v1' in both ? both.v1 : both;
		if (evidence.length === 0) return [];
		const holds = (source: string, text: string): boolean =>
			evidence.some(({ path, quote }) => path === source && squash(text).includes(squash(quote)));
		return [{ text: question, isRelevant: holds }];
	});
	return { name: `sample ${split}`, lists: await gather(collection, questions) };
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
function measure({ lists }: Part, weights: readonly number[] | null): { ndcg: number; top5: number } {
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

function report(part: Part, weights: readonly number[]): string {
	const before = measure(part, null);
	const after = measure(part, weights);
	const show = (value: number): string => value.toFixed(4);
	return `${part.name}: nDCG@10 ${show(before.ndcg)} → ${show(after.ndcg)}, in top 5 ${show(before.top5)} → ${show(after.top5)} (${part.lists.length} questions)`;
}

if (!existsSync(squadFolder)) throw new Error('The development data is not beside the repository.');
const scifact = await beirPart('scifact train', new URL('../scifact/', squadFolder), 'train', () => true);
const squad = await beirPart('squad2 dev articles', squadFolder, 'test', (source) =>
	squadSplit.dev.includes(source.replace(/-\d+$/, '')),
);
const sample = await samplePart('dev');
const parts = [scifact, squad, sample];
for (const held of parts) {
	process.stdout.write(`held out: ${report(held, train(parts.filter((part) => part !== held)))}\n`);
}
const weights = train(parts);
for (const part of parts) process.stdout.write(`trained on: ${report(part, weights)}\n`);
const rounded = Object.fromEntries(featureNames.map((name, i) => [name, Number(weights[i]!.toFixed(3))]));
const path = new URL('reranker.json', import.meta.url);
writeFileSync(path, `${JSON.stringify({ bias: 0, weights: rounded }, null, '\t')}\n`);
process.stdout.write(readFileSync(path, 'utf8'));
