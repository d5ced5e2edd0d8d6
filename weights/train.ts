/**
 * Makes `weights/answerer.json`: `node weights/train.ts`. Trains on development data only (8 articles of SQuAD 2.0 and the
 * development questions of the sample's first author), chooses the threshold by cross-validation there, writes the file, then measures the
 * test data once. The same data give the same bytes; nothing is random.
 */
import { writeFileSync } from 'node:fs';
import { confidence, scoreUnit, type Weights } from '../src/ask/answerable.ts';
import { compare, type Compared } from '../src/ask/compare.ts';
import { evidenceFeatures, featuresOfEvidence, type Scored } from '../src/ask/evidence-features.ts';
import { readQuestion, type Question } from '../src/ask/question.ts';
import { featuresOfUnit, unitFeatures } from '../src/ask/unit-features.ts';
import { unitsOf } from '../src/ask/units.ts';
import { isByFirstAuthor } from '../sample/first-author.ts';
import {
	sampleExamples,
	squadExamples,
	squadSplit,
	trainingExamples,
	trainingFolders,
	type Example,
} from './examples.ts';
import { fitRanker, fitStandardised } from './fit.ts';
import { isGold } from './gold.ts';
import { auroc, share } from './measure.ts';
import { printTest } from './report.ts';

/** Hits an answer may draw on; the default of the setting `ask.hits`. */
const k = 5;
/** What one question of the sample counts beside one of SQuAD: 140 against 2,900, and they are the kind that users ask. */
const sampleWeight = 8;
/** What a sample question counts whose right documents were taken away. */
const leftOutWeight = 2;
const folds = 4;

/** An example read and compared once. */
type Prepared = {
	readonly example: Example;
	readonly kind: 'squad' | 'sample' | 'left-out';
	readonly fold: number;
	readonly question: Question;
	readonly compared: readonly Compared[];
	readonly rows: readonly (readonly number[])[];
	readonly gold: readonly boolean[];
};

const squad = (await squadExamples(squadSplit.dev, k)).map((example) =>
	prepare(example, 'squad', squadSplit.dev.indexOf(example.group) % folds),
);
const sample = (await sampleExamples('dev', k))
	.filter((example) => isByFirstAuthor(example) && example.group !== 'mismatch')
	.map((example, i) => prepare(example, 'sample', i % folds));
const foldOf = new Map(sample.map(({ example, fold }) => [example.id, fold]));
const leftOut = (await sampleExamples('dev', k, { withoutGold: true }))
	.filter(({ id }) => foldOf.has(id))
	.map((example) => prepare(example, 'left-out', foldOf.get(example.id)!));
const dev = [...squad, ...sample, ...leftOut];

const held = [...Array(folds).keys()].flatMap((fold) => {
	const weights = fit(dev.filter((one) => one.fold !== fold));
	return dev
		.filter((one) => one.fold === fold && one.kind !== 'left-out')
		.map((one) => ({
			one,
			score: confidence(one.question, rankWith(weights, one), weights),
			label: one.example.answerable,
		}));
});
const heldSquad = held.filter(({ one }) => one.kind === 'squad');
const heldSample = held.filter(({ one }) => one.kind === 'sample');
const threshold = chooseThreshold(heldSample);
const metrics = {
	squadAuroc: round(auroc(heldSquad)),
	sampleAuroc: round(auroc(heldSample)),
	calibrationError: { squad: round(calibrationError(heldSquad)), sample: round(calibrationError(heldSample)) },
	sampleAnswered: round(answered(heldSample, threshold)),
	sampleRefused: round(refused(heldSample, threshold)),
	squadAnswered: round(answered(heldSquad, threshold)),
	squadRefused: round(refused(heldSquad, threshold)),
};
console.log('development, cross-validated:', metrics);

const trained = { ...fit(dev), threshold: round(threshold) };
const lineage = {
	madeBy: 'weights/train.ts',
	data: {
		squad2: { articles: squadSplit.dev, questions: squad.length },
		sample: { revision: 'v1', split: 'dev', questions: sample.length, leftOut: leftOut.length },
	},
	seed: null,
	k,
	sampleWeight,
	leftOutWeight,
	folds,
	metrics,
};
writeFileSync(new URL('answerer.json', import.meta.url), `${JSON.stringify({ ...trained, lineage }, null, '\t')}\n`);
await printFresh();
await printTest(k);

/** How the model does on questions that somebody else wrote, over development documents and a team's handbook; not trained on. */
async function printFresh(): Promise<void> {
	for (const set of Object.keys(trainingFolders) as (keyof typeof trainingFolders)[]) {
		const fresh = (await trainingExamples(set, k)).map((example) => prepare(example, 'sample', 0));
		const scored = fresh.map((one) => ({
			score: confidence(one.question, rankWith(trained, one), trained),
			label: one.example.answerable,
		}));
		console.log(`fresh questions, ${set}: AUROC ${round(auroc(scored))} of ${scored.length}`);
	}
}

function prepare(example: Example, kind: Prepared['kind'], fold: number): Prepared {
	const question = readQuestion(example.question, example.terms);
	const compared = compare(question, unitsOf(example.evidence), example.evidence);
	const rows = compared.map((one) => featuresOfUnit(question, one));
	return { example, kind, fold, question, compared, rows, gold: compared.map(({ unit }) => isGold(unit, example)) };
}

function weightOf({ kind }: Prepared): number {
	return kind === 'squad' ? 1 : kind === 'sample' ? sampleWeight : leftOutWeight;
}

function fit(prepared: readonly Prepared[]): Weights {
	const groups = prepared.map((one) => ({ rows: one.rows, gold: one.gold, weight: weightOf(one) }));
	const unit = named(
		Object.keys(unitFeatures),
		fitRanker(groups, { steps: 250, rate: 0.1, l2: 1e-3 }),
	) as Weights['unit'];
	const partial = { unit } as Weights;
	const found = prepared.filter(({ compared }) => compared.length > 0);
	const examples = found.map((one) => ({
		row: featuresOfEvidence(one.question, rankWith(partial, one)),
		label: one.example.answerable && one.kind !== 'left-out',
		weight: weightOf(one),
	}));
	const evidence = fitStandardised(examples, { steps: 400, rate: 0.1, l2: 0.05 });
	const bias = round(evidence.at(-1)!);
	return {
		unit,
		evidence: { bias, weights: named(Object.keys(evidenceFeatures), evidence) as Weights['evidence']['weights'] },
		threshold: 0,
	};
}

function rankWith(weights: Weights, { compared, rows }: Prepared): Scored[] {
	return compared
		.map((one, i) => ({ compared: one, score: scoreUnit(rows[i]!, weights) }))
		.sort((a, b) => b.score - a.score);
}

type Held = readonly { readonly score: number; readonly label: boolean }[];

/** The threshold at which the worse of the two targets (answered 90 %, refused 80 %) is met best. */
function chooseThreshold(scored: Held): number {
	const candidates = scored.map(({ score }) => score + 1e-4).sort((a, b) => a - b);
	const worth = (at: number): number => Math.min(answered(scored, at) / 0.9, refused(scored, at) / 0.8);
	return candidates.reduce((best, at) => (worth(at) > worth(best) ? at : best));
}

function answered(scored: Held, threshold: number): number {
	const right = scored.filter(({ label }) => label);
	return share(right, (i) => right[i]!.score >= threshold);
}

function refused(scored: Held, threshold: number): number {
	const wrong = scored.filter(({ label }) => !label);
	return share(wrong, (i) => wrong[i]!.score < threshold);
}

/** Mean distance of probability and observed share over ten bins of equal size. */
function calibrationError(scored: Held): number {
	const order = [...scored].sort((a, b) => a.score - b.score);
	const bins = [...Array(10).keys()].map((bin) =>
		order.slice((bin * order.length) / 10, ((bin + 1) * order.length) / 10),
	);
	const gap = (bin: Held): number =>
		Math.abs(bin.reduce((sum, { score, label }) => sum + score - (label ? 1 : 0), 0) / Math.max(1, bin.length));
	return bins.reduce((sum, bin) => sum + gap(bin), 0) / bins.length;
}

function named(names: readonly string[], weights: readonly number[]): Record<string, number> {
	return Object.fromEntries(names.map((name, i) => [name, round(weights[i]!)]));
}

function round(value: number): number {
	return Math.round(value * 1e4) / 1e4;
}
