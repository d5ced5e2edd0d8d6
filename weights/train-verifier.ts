/**
 * Makes `weights/verifier.json`: `node weights/train-verifier.ts` fits on the development pairs of `test/fixtures/verify`
 * and reports by cross-validation; `--test` also measures the test pairs. The same pairs give the same bytes; nothing is random.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { inspect, scoreOf, verify, type Inspected, type VerifierWeights } from '../src/ask/verify.ts';
import { featureNames } from '../src/ask/verify/features.ts';
import { words } from '../src/text/words.ts';

/** A line of `test/fixtures/verify/pairs.jsonl`. */
export type Pair = {
	readonly id: string;
	readonly split: 'dev' | 'test' | 'fresh';
	readonly kind: string;
	readonly sentence: string;
	readonly quote: string;
	readonly context?: string;
	readonly supported: boolean;
	readonly language: string;
};

/** A pair read once. */
type Prepared = { readonly pair: Pair; readonly inspected: Inspected; readonly row: readonly number[] };

const penalties = [0.002, 0.004, 0.008] as const;
const folds = 10;
/** Orders of the quotes that cross-validation is repeated with. */
const repeats = 4;
/**
 * Share of the further paraphrases that cross-validation may flag. Those of the development pairs are no measure: the lists of
 * synonyms and opposites were completed while looking at them.
 */
const mostFalseAlarms = 0.015;
const steps = 600;
const rate = 0.1;

/** Quotes with sentences that follow from them, written after the pairs and in other words. */
type Paraphrases = { readonly quote: string; readonly language: string; readonly sentences: readonly string[] };

const further = 'paraphrase, further';
const pairsFile = new URL('../test/fixtures/verify/pairs.jsonl', import.meta.url);
const freshFile = new URL('../test/fixtures/verify/fresh.jsonl', import.meta.url);

/** `fresh` was written by another author after the verifier; it is measured, never fitted. */
export function readPairs(split: Pair['split']): Pair[] {
	return readFileSync(split === 'fresh' ? freshFile : pairsFile, 'utf8')
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line) as Pair)
		.filter((pair) => pair.split === split);
}

function readParaphrases(): Pair[] {
	return readFileSync(new URL('verifier-paraphrases.jsonl', import.meta.url), 'utf8')
		.trim()
		.split('\n')
		.flatMap((line, i) => {
			const { quote, language, sentences } = JSON.parse(line) as Paraphrases;
			return sentences.map((sentence, k): Pair => {
				const id = `p${i}-${k}`;
				return { id, split: 'dev', kind: further, sentence, quote, supported: true, language };
			});
		});
}

export function quotesOf({ quote, context }: Pair): { text: string; context?: string }[] {
	return [{ text: quote, ...(context !== undefined && { context }) }];
}

function prepare(pair: Pair): Prepared {
	const inspected = inspect(pair.sentence, quotesOf(pair), pair.language);
	return { pair, inspected, row: featureNames.map((name) => inspected.compared.features[name]) };
}

/** Whether the score decides: no value is wrong and the sentence is no copy. */
function isOpen({ inspected }: Prepared): boolean {
	return inspected.wrong.length === 0 && !inspected.isVerbatim;
}

/**
 * Logistic regression by full-batch Adam with weights that may only speak against
 * a sentence (projected on ≤ 0 after each step).
 */
function fit(prepared: readonly Prepared[], penalty: number): VerifierWeights {
	const examples = prepared.filter(isOpen);
	const shares = sharesOf(examples);
	const size = featureNames.length;
	const weights = new Float64Array(size + 1);
	const mean = new Float64Array(size + 1);
	const square = new Float64Array(size + 1);
	for (let step = 1; step <= steps; step++) {
		const gradient = new Float64Array(size + 1);
		for (const { row, pair } of examples) {
			let odds = weights[size]!;
			for (let k = 0; k < size; k++) odds += weights[k]! * row[k]!;
			const error = (1 / (1 + Math.exp(-odds)) - (pair.supported ? 1 : 0)) * shares.get(pair.kind)!;
			for (let k = 0; k < size; k++) gradient[k]! += error * row[k]!;
			gradient[size]! += error;
		}
		for (let k = 0; k <= size; k++) {
			if (k < size) gradient[k]! += penalty * weights[k]!;
			mean[k] = 0.9 * mean[k]! + 0.1 * gradient[k]!;
			square[k] = 0.999 * square[k]! + 0.001 * gradient[k]! ** 2;
			weights[k]! -= (rate * (mean[k]! / (1 - 0.9 ** step))) / (Math.sqrt(square[k]! / (1 - 0.999 ** step)) + 1e-8);
			if (k < size) weights[k] = Math.min(0, weights[k]!);
		}
	}
	return {
		bias: round(weights[size]!),
		threshold: 0.5,
		weights: Object.fromEntries(
			featureNames.map((name, k) => [name, round(weights[k]!)]),
		) as VerifierWeights['weights'],
	};
}

/** What a pair of each kind counts: supported and unsupported ones together the same, unsupported ones half by their kind, half by themselves. */
function sharesOf(examples: readonly Prepared[]): Map<string, number> {
	const counts = new Map<string, number>();
	for (const { pair } of examples) counts.set(pair.kind, (counts.get(pair.kind) ?? 0) + 1);
	const supported = examples.filter(({ pair }) => pair.supported);
	const isSupported = new Set(supported.map(({ pair }) => pair.kind));
	const wrongKinds = counts.size - isSupported.size;
	const wrong = examples.length - supported.length;
	return new Map(
		[...counts].map(([kind, count]) => [
			kind,
			isSupported.has(kind) ? 0.5 / supported.length : 0.25 / wrong + 0.25 / (wrongKinds * count),
		]),
	);
}

function round(value: number): number {
	return Math.round(value * 1000) / 1000;
}

function finalScore({ inspected }: Prepared, weights: VerifierWeights): number {
	if (inspected.isVerbatim) return 1;
	return inspected.wrong.length > 0 ? 0 : scoreOf(inspected.compared.features, weights);
}

type Held = { readonly pair: Pair; readonly score: number };

/** Scores of pairs whose quote the weights have not seen. */
function crossValidate(prepared: readonly Prepared[], penalty: number, repeat: number): Held[] {
	const quotes = [...new Set(prepared.map(({ pair }) => quoteOf(pair)))];
	const shuffled = quotes
		.map((quote, i) => ({ quote, key: (Math.imul(i + 1, 2654435761) ^ Math.imul(repeat + 1, 40503)) >>> 0 }))
		.sort((a, b) => a.key - b.key)
		.map(({ quote }) => quote);
	const fold = new Map(shuffled.map((quote, i) => [quote, i % folds]));
	return Array.from({ length: folds }, (_, k) => k).flatMap((k) => {
		const weights = fit(
			prepared.filter(({ pair }) => fold.get(quoteOf(pair)) !== k),
			penalty,
		);
		return prepared
			.filter(({ pair }) => fold.get(quoteOf(pair)) === k)
			.map((one) => ({ pair: one.pair, score: finalScore(one, weights) }));
	});
}

function quoteOf({ id }: Pair): string {
	return id.split('-')[0]!;
}

/** The highest threshold that flags at most `share` of the further paraphrases. */
function thresholdFor(held: readonly Held[], share: number): number {
	const scores = held
		.filter(({ pair }) => pair.kind === further)
		.map(({ score }) => score)
		.sort((a, b) => a - b);
	return scores[Math.floor(share * scores.length)]!;
}

function caught(held: readonly Held[], threshold: number): number {
	return held.filter(({ pair, score }) => !pair.supported && score < threshold).length;
}

/** `flagged/all` by a key of the pairs, as a table row each. */
export function countBy<Row extends { readonly pair: Pair }>(
	rows: readonly Row[],
	key: (pair: Pair) => string,
	isFlagged: (row: Row) => boolean,
): Record<string, [flagged: number, all: number]> {
	const counts: Record<string, [number, number]> = {};
	for (const row of rows) {
		const count = (counts[key(row.pair)] ??= [0, 0]);
		count[1]++;
		if (isFlagged(row)) count[0]++;
	}
	return counts;
}

/** Share of the sentence's distinct words that the quote or its context has. */
export function overlap({ sentence, quote, context }: Pair): number {
	const known = new Set(words(`${quote} ${context ?? ''}`).map(({ text }) => text));
	const told = new Set(words(sentence).map(({ text }) => text));
	return told.size === 0 ? 0 : [...told].filter((word) => known.has(word)).length / told.size;
}

/** Whether a run of digits in the sentence is not in the quote or its context as written. */
export function lacksDigits({ sentence, quote, context }: Pair): boolean {
	const known = new Set(`${quote} ${context ?? ''}`.match(/\d+(?:[.,]\d+)*/g) ?? []);
	return (sentence.match(/\d+(?:[.,]\d+)*/g) ?? []).some((digits) => !known.has(digits));
}

function print(title: string, rows: readonly Held[], threshold: number): void {
	const flagged = ({ score }: Held): boolean => score < threshold;
	console.log(title);
	console.log('  by kind', JSON.stringify(countBy(rows, ({ kind }) => kind, flagged)));
	const side = (pair: Pair): string => `${pair.language} ${pair.supported ? 'supported' : 'not'}`;
	console.log('  by language', JSON.stringify(countBy(rows, side, flagged)));
}

function main(): void {
	const dev = [...readPairs('dev'), ...readParaphrases()].map(prepare);
	const tried = penalties.map((penalty) => {
		const held = Array.from({ length: repeats }, (_, repeat) => crossValidate(dev, penalty, repeat));
		const threshold = held.reduce((sum, one) => sum + thresholdFor(one, mostFalseAlarms), 0) / repeats;
		const found = held.reduce((sum, one) => sum + caught(one, thresholdFor(one, mostFalseAlarms)), 0) / repeats;
		console.log(
			`penalty ${penalty}: threshold ${threshold.toFixed(3)}, caught ${found.toFixed(1)} (mean of ${repeats})`,
		);
		return { penalty, held: held[0]!, threshold, found };
	});
	const best = tried.reduce((a, b) => (b.found > a.found ? b : a));
	const weights = { ...fit(dev, best.penalty), threshold: round(best.threshold) };
	writeFileSync(new URL('verifier.json', import.meta.url), `${JSON.stringify(weights, null, '\t')}\n`);
	print('dev, cross-validated', best.held, weights.threshold);
	for (const split of process.argv.includes('--test') ? (['dev', 'test'] as const) : (['dev'] as const)) {
		const pairs = readPairs(split);
		const rows = pairs.map((pair) => ({
			pair,
			score: verify(pair.sentence, quotesOf(pair), { language: pair.language }, weights).supported ? 1 : 0,
		}));
		print(split, rows, 0.5);
		print(
			`${split}: word overlap below 0.5`,
			pairs.map((pair) => ({ pair, score: overlap(pair) })),
			0.5,
		);
		print(
			`${split}: a number not in the quote as written`,
			pairs.map((pair) => ({ pair, score: lacksDigits(pair) ? 0 : 1 })),
			0.5,
		);
	}
}

if (import.meta.main) main();
