import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { accuracy } from '../src/evaluate/metrics/accuracy.ts';
import { auroc } from '../src/evaluate/metrics/auroc.ts';
import { averagePrecision } from '../src/evaluate/metrics/average-precision.ts';
import { exactMatch } from '../src/evaluate/metrics/exact-match.ts';
import { parseJsonSchema } from '../src/evaluate/metrics/json-schema.ts';
import { macroF1 } from '../src/evaluate/metrics/macro-f1.ts';
import { reciprocalRank } from '../src/evaluate/metrics/mrr.ts';
import { ndcg } from '../src/evaluate/metrics/ndcg.ts';
import { precision } from '../src/evaluate/metrics/precision.ts';
import { quantile } from '../src/evaluate/metrics/quantile.ts';
import { rankByScore } from '../src/evaluate/metrics/rank.ts';
import { recall } from '../src/evaluate/metrics/recall.ts';
import { rougeL } from '../src/evaluate/metrics/rouge-l.ts';
import { tokenF1 } from '../src/evaluate/metrics/token-f1.ts';
import { benjaminiHochberg } from '../src/evaluate/statistics/correction.ts';
import { normalQuantile, studentQuantile } from '../src/evaluate/statistics/distributions.ts';
import { minimumDetectable } from '../src/evaluate/statistics/minimum-detectable.ts';
import { signFlipTest } from '../src/evaluate/statistics/sign-flip.ts';
import { wilson } from '../src/evaluate/statistics/wilson.ts';

/** Written by `reference/metrics.py`: inputs, and what other people's implementations make of them. */
type Cases = {
	readonly rankings: readonly {
		readonly qrels: Readonly<Record<string, number>>;
		readonly run: Readonly<Record<string, number>>;
	}[];
	readonly texts: readonly { readonly answer: string; readonly golds: readonly string[] }[];
	readonly labels: readonly (readonly { readonly label: string; readonly gold: string }[])[];
	readonly judged: readonly (readonly { readonly score: number; readonly isPositive: boolean }[])[];
	readonly samples: { readonly exact: readonly number[]; readonly random: readonly (readonly number[])[] };
	readonly pValues: readonly (readonly number[])[];
	readonly rates: readonly (readonly [number, number])[];
	readonly schemas: readonly { readonly schema: unknown; readonly values: readonly unknown[] }[];
};
type AtCuts = Readonly<Record<'1' | '5' | '10' | '100', number>>;
type Expected = {
	readonly rankings: readonly {
		readonly ndcg: AtCuts;
		readonly recall: AtCuts;
		readonly precision: AtCuts;
		readonly averagePrecision: AtCuts;
		readonly reciprocalRank: number;
		readonly map: number;
	}[];
	readonly texts: readonly { readonly exactMatch: number; readonly tokenF1: number; readonly rougeL: number | null }[];
	readonly labels: readonly { readonly accuracy: number; readonly macroF1: number }[];
	readonly auroc: readonly number[];
	readonly statistics: {
		readonly exactP: number;
		readonly randomP: readonly number[];
		readonly quantiles: readonly (readonly number[])[];
		readonly deviation: readonly number[];
		readonly wilson: readonly { readonly low: number; readonly high: number }[];
		readonly benjaminiHochberg: readonly (readonly number[])[];
		readonly normal: readonly number[];
		readonly student: readonly number[];
	};
	readonly schemas: readonly (readonly boolean[])[];
};

const folder = new URL('reference/', import.meta.url);
const cases = json('cases.json') as Cases;
const expected = json('expected.json') as Expected;

test('rankings with ties and unjudged documents score as in trec_eval', () => {
	const cut = { ndcg, recall, precision, averagePrecision } as const;
	cases.rankings.forEach(({ qrels, run }, i) => {
		const judgements = new Map(Object.entries(qrels));
		const ranking = rankByScore(Object.entries(run).map(([id, score]) => ({ id, score })));
		const theirs = expected.rankings[i]!;
		for (const [name, metric] of Object.entries(cut)) {
			for (const [k, value] of Object.entries(theirs[name as keyof typeof cut])) {
				near(metric(ranking, judgements, Number(k)), value, `${name}@${k} of ranking ${i}`);
			}
		}
		near(reciprocalRank(ranking, judgements, Infinity), theirs.reciprocalRank, `mrr of ranking ${i}`);
		near(averagePrecision(ranking, judgements), theirs.map, `map of ranking ${i}`);
	});
	assert.ok(expected.rankings.some(({ map }) => map > 0.1 && map < 0.9));
});

test('texts score as by SQuAD’s rules and rouge_score', () => {
	let compared = 0;
	cases.texts.forEach(({ answer, golds }, i) => {
		const theirs = expected.texts[i]!;
		near(exactMatch(answer, golds), theirs.exactMatch, `exact match of text ${i}`);
		near(tokenF1(answer, golds), theirs.tokenF1, `token F1 of text ${i}`);
		if (theirs.rougeL === null) return;
		compared++;
		near(rougeL(answer, golds), theirs.rougeL, `ROUGE-L of text ${i}`);
	});
	assert.ok(compared >= 60);
});

test('labels and scores of two classes score as in scikit-learn', () => {
	cases.labels.forEach((labelled, i) => {
		near(accuracy(labelled), expected.labels[i]!.accuracy, `accuracy ${i}`);
		near(macroF1(labelled), expected.labels[i]!.macroF1, `macro F1 ${i}`);
	});
	cases.judged.forEach((judged, i) => near(auroc(judged), expected.auroc[i]!, `AUROC ${i}`));
});

test('JSON Schemas accept and refuse as in jsonschema', () => {
	cases.schemas.forEach(({ schema, values }, i) => {
		const accepts = parseJsonSchema(schema);
		assert.deepEqual(values.map(accepts), expected.schemas[i], JSON.stringify(schema));
	});
});

test('statistics are those of SciPy and NumPy', () => {
	const theirs = expected.statistics;
	near(signFlipTest(cases.samples.exact), theirs.exactP, 'exact p-value');
	cases.samples.random.forEach((sample, i) => {
		// Two random draws of signs: three standard errors of the coarser one.
		near(signFlipTest(sample, { resamples: 100_000 }), theirs.randomP[i]!, `p-value ${i}`, 0.005);
		[0, 0.05, 0.5, 0.95, 1].forEach((p, at) => near(quantile(sample, p), theirs.quantiles[i]![at]!, `quantile ${p}`));
		const factor = theirs.normal[4]! + theirs.normal[3]!;
		near(minimumDetectable(sample), (factor * theirs.deviation[i]!) / Math.sqrt(sample.length), `detectable ${i}`);
	});
	cases.rates.forEach(([count, total], i) => {
		near(wilson(count, total)!.low, theirs.wilson[i]!.low, `low end of ${count} of ${total}`);
		near(wilson(count, total)!.high, theirs.wilson[i]!.high, `high end of ${count} of ${total}`);
	});
	cases.pValues.forEach((pValues, i) =>
		benjaminiHochberg(pValues).forEach((p, at) => near(p, theirs.benjaminiHochberg[i]![at]!, `corrected p ${i}`)),
	);
	[0.001, 0.025, 0.3, 0.8, 0.975].forEach((p, i) => near(normalQuantile(p), theirs.normal[i]!, `normal quantile ${p}`));
	[5, 10, 30, 149].forEach((degrees, i) =>
		near(studentQuantile(0.025, degrees), theirs.student[i]!, 't quantile', 0.01),
	);
});

const python = '.cache/python/ready';
const skip = existsSync(new URL(`../${python}`, import.meta.url)) ? false : `needs ${python}`;

test('the Python implementations still give the stored values', { skip }, async () => {
	const program = new URL('../.cache/python/bin/python', import.meta.url).pathname;
	const { stdout } = await promisify(execFile)(program, [new URL('metrics.py', folder).pathname]);
	closeTo(JSON.parse(stdout), expected, 'expected.json');
});

function json(name: string): unknown {
	return JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
}

function near(found: number | null, wanted: number, what: string, tolerance = 1e-4): void {
	assert.ok(found !== null && Math.abs(found - wanted) <= tolerance, `${what}: ${found}, expected ${wanted}`);
}

/** Equal but for rounding, whatever the shape. */
function closeTo(found: unknown, wanted: unknown, path: string): void {
	if (typeof found === 'number' && typeof wanted === 'number') return near(found, wanted, path);
	if (typeof wanted !== 'object' || wanted === null) return assert.equal(found, wanted, path);
	assert.deepEqual(Object.keys(found as object), Object.keys(wanted), path);
	for (const [key, value] of Object.entries(wanted)) {
		closeTo((found as Record<string, unknown>)[key], value, `${path}.${key}`);
	}
}
