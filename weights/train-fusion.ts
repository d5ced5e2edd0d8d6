/**
 * Learns `fusion.json`: the default share of the vector leg in weighted fusion, for the embedder in `weights/embedder/` at each of its
 * sizes, on development data only. Prints nDCG@10 by weight and data set; the shipped weight is the one whose least gain
 * over the better leg, over the data sets, is largest. Only questions that the embedder was not trained on count. Same data, same bytes. Run: node weights/train-fusion.ts [EMBEDDER_FOLDER]
 */
import { existsSync, writeFileSync } from 'node:fs';
import { readBeir } from '../src/collect/beir.ts';
import type { Embedder } from '../src/core/embedder.ts';
import { ndcg } from '../src/evaluate/metrics/ndcg.ts';
import { rankByScore } from '../src/evaluate/metrics/rank.ts';
import { indexDataset } from '../src/evaluate/retrieval.ts';
import { bootstrapInterval } from '../src/evaluate/statistics/bootstrap.ts';
import { readLabelledQueries } from '../src/collect/labelled-queries.ts';
import { builtInFolder, openStaticEmbedder } from '../src/models/static-embedder.ts';
import { gatherFusionQueries } from '../src/project/trained/fusion-queries.ts';
import { type FusionQuery, type FusionReport, learnFusion, smooth } from '../src/train/fusion.ts';
import { isByFirstAuthor } from '../sample/first-author.ts';
import { openFolder } from './collection.ts';
import { sampleFolder, sampleQuestions, squadFolder } from './examples.ts';
import { isHeldOutClaim, isHeldOutPassage } from './held-out.ts';

/** As many as a search takes from each leg. */
const candidates = 60;

async function beirQueries(
	folder: URL,
	{ split, keep, embedder }: { split: string; keep: (document: string, query: string) => boolean; embedder: Embedder },
): Promise<FusionQuery[]> {
	const dataset = await readBeir(folder.pathname, { split });
	const index = await indexDataset(dataset, { embedder, language: 'en' });
	const queries: FusionQuery[] = [];
	for (const { id, text } of dataset.queries) {
		const judgements = dataset.qrels.get(id);
		if (judgements === undefined || ![...judgements.keys()].every((document) => keep(document, text))) continue;
		const [vector] = await embedder.embed([text], 'query');
		const found = index.search({ text, vector: vector!, k: candidates, filter: null, access: 'everything' }).candidates;
		queries.push({ candidates: found, units: found.map(({ document }) => document.id), judgements });
	}
	return queries;
}

/** The first author's questions of the sample's development half over its first revision. */
async function sampleQueries(embedder: Embedder): Promise<FusionQuery[]> {
	await using collection = await openFolder(new URL('v1', sampleFolder).pathname, embedder);
	const labelled = await readLabelledQueries(new URL('questions.jsonl', sampleFolder).pathname, { split: 'dev' });
	const asked = new Set(
		sampleQuestions('dev')
			.filter(isByFirstAuthor)
			.map(({ question }) => question),
	);
	const own = labelled.filter(({ query }) => asked.has(query));
	const queries = await gatherFusionQueries(own, { ...collection, embedder });
	// What only another revision answers is found by nobody.
	return queries.filter(({ judgements, units }) => units.some((unit) => judgements.has(unit)));
}

const options = {
	current: 0.5,
	score: (scored: readonly { id: string; score: number }[], judgements: ReadonlyMap<string, number>) =>
		ndcg(rankByScore(scored), judgements, 10),
	interval: bootstrapInterval,
};

function meanOf(reports: readonly FusionReport[]): number[] {
	return reports[0]!.curve.map(
		(_, at) => reports.reduce((sum, { curve }) => sum + curve[at]!.score, 0) / reports.length,
	);
}

/** By weight, how far fusion lies above the better leg on the data set where it gains least: no collection should lose by it. */
function leastGain(reports: readonly FusionReport[]): number[] {
	const better = ({ curve }: FusionReport): number => Math.max(curve[0]!.score, curve.at(-1)!.score);
	return reports[0]!.curve.map((_, at) =>
		Math.min(...reports.map((report) => report.curve[at]!.score - better(report))),
	);
}

function bestWeight(reports: readonly FusionReport[]): number {
	const worth = smooth(leastGain(reports));
	return reports[0]!.curve[worth.indexOf(Math.max(...worth))]!.weight;
}

/** Learns one embedder's weight and prints how it came about. */
async function learn(embedder: Embedder): Promise<number> {
	const scifact = { split: 'train', keep: (_: string, query: string) => isHeldOutClaim(query), embedder };
	const parts = {
		'SciFact train, held out': await beirQueries(new URL('../scifact/', squadFolder), scifact),
		'SQuAD2 development, held out': await beirQueries(squadFolder, { split: 'test', keep: isHeldOutPassage, embedder }),
		'sample development': await sampleQueries(embedder),
	};
	const reports = Object.entries(parts).map(([name, queries]) => ({ name, ...learnFusion(queries, options) }));
	const weight = bestWeight(reports);
	console.log(`${embedder.id}, ${embedder.space}: ${weight}\n\n${table(reports, weight)}\n`);
	for (const report of reports) {
		const others = reports.filter((other) => other !== report);
		const transferred = report.curve.find((point) => point.weight === bestWeight(others))!;
		const byOthers = `${transferred.weight} by the others (${transferred.score.toFixed(4)})`;
		console.log(`${report.name}: ${bestWeight([report])} alone, ${byOthers}`);
	}
	console.log('');
	return weight;
}

type Named = FusionReport & { readonly name: string };

/** nDCG@10 at every tenth and at the best weight. */
function table(reports: readonly Named[], best: number): string {
	const rows = meanOf(reports).flatMap((mean, at) => {
		const { weight } = reports[0]!.curve[at]!;
		if (at % 5 !== 0 && weight !== best) return [];
		const cells = [...reports.map(({ curve }) => curve[at]!.score), mean].map((score) => score.toFixed(4));
		return [`| ${weight.toFixed(2)} | ${cells.join(' | ')} |`];
	});
	const names = reports.map(({ name, queries }) => `${name} (${queries})`);
	return [`| weight | ${names.join(' | ')} | mean |`, `| --: |${' --: |'.repeat(reports.length + 1)}`, ...rows].join(
		'\n',
	);
}

if (!existsSync(squadFolder)) throw new Error('The development data is not beside the repository.');
const shipped: Record<string, number> = {};
for (const dimensions of [256, 128, 64]) {
	const embedder = await openStaticEmbedder(process.argv[2] ?? builtInFolder, { dimensions });
	shipped[embedder.space] = await learn(embedder);
}
const text = `${JSON.stringify(shipped, null, '\t')}\n`;
writeFileSync(new URL('fusion.json', import.meta.url), text);
process.stdout.write(`fusion.json: ${text}`);
