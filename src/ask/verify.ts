import { readFileSync } from 'node:fs';
import { detectLanguage } from '../text/language.ts';
import { copyOf } from './verify/copied.ts';
import { compare, featureNames, type Compared, type Features } from './verify/features.ts';
import { numbersOfOtherRows, type Misplaced } from './verify/other-row.ts';
import { read, type Reading } from './verify/read.ts';
import { checkValues, type Evidence } from './verify/value-check.ts';
import { wrongIn, type Wrong } from './verify/wrong.ts';

/** A verbatim passage that a sentence cites. `context` is what it cannot be read without: headings, the head of a table, the title. */
export type Quote = { readonly text: string; readonly context?: string };

/** What speaks against a sentence, and where in it (UTF-16 offsets, end exclusive). */
export type Reason = {
	/**
	 * `number`, `date` (times and weekdays too), `identifier`: not in the quotes. `unit`: the number is there, with another
	 * unit or currency. `negation`: denied or turned round. `exchanged`: belongs to something else in the quotes. `entity`: a
	 * name, `unsupported-words`: words that the quotes do not have.
	 */
	readonly kind: Wrong['kind'] | 'negation' | 'exchanged' | 'entity' | 'unsupported-words';
	readonly text: string;
	readonly start: number;
	readonly end: number;
};

export type Verification = {
	readonly supported: boolean;
	/** 0 to 1; 0 when a value does not match, 1 when the sentence is part of a quote. */
	readonly score: number;
	/** In the order of the sentence; empty when it is supported. */
	readonly reasons: readonly Reason[];
};

export type VerifyOptions = {
	/** ISO 639-1 code of sentence and quotes; null when unknown; detected when left out. */
	readonly language?: string | null;
};

export type VerifierWeights = {
	readonly bias: number;
	/** The least score of a supported sentence. */
	readonly threshold: number;
	readonly weights: Readonly<Record<(typeof featureNames)[number], number>>;
};

let shipped: VerifierWeights | undefined;

/** `weights/verifier.json`, made by `node weights/train-verifier.ts`. */
export function shippedWeights(): VerifierWeights {
	shipped ??= JSON.parse(
		readFileSync(new URL('../../weights/verifier.json', import.meta.url), 'utf8'),
	) as VerifierWeights;
	return shipped;
}

/**
 * Whether the quotes support a sentence of an answer. Numbers, dates, times, amounts, codes and units have to be in a quote
 * or its context, in any notation; the rest is judged by words, denials and what belongs to what, learned from pairs of
 * sentences and quotes. Lexical: it knows no more of meaning than stems, a few hundred synonyms and opposites.
 */
export function verify(
	sentence: string,
	quotes: readonly Quote[],
	{ language }: VerifyOptions = {},
	weights: VerifierWeights = shippedWeights(),
): Verification {
	const inspected = inspect(sentence, quotes, language === undefined ? languageOf(sentence, quotes) : language);
	if (inspected.isVerbatim) return { supported: true, score: 1, reasons: [] };
	const misplaced = numbersOfOtherRows(sentence, quotes);
	if (misplaced.length > 0)
		return { supported: false, score: 0, reasons: misplaced.map((span) => exchanged(sentence, span)) };
	const score =
		inspected.wrong.length > 0 || isEmpty(inspected, quotes) || isForeign(inspected)
			? 0
			: scoreOf(inspected.compared.features, weights);
	if (score >= weights.threshold) return { supported: true, score, reasons: [] };
	return { supported: false, score, reasons: reasonsOf(inspected) };
}

function exchanged(sentence: string, { start, end }: Misplaced): Reason {
	return { kind: 'exchanged', text: sentence.slice(start, end), start, end };
}

/** What was found out about a sentence before it is scored. */
export type Inspected = {
	readonly sentence: Reading;
	readonly isVerbatim: boolean;
	/** Spans of tokens that must not be so, whatever the score. */
	readonly wrong: readonly Wrong[];
	readonly compared: Compared;
};

/** Reads and compares; for training and measuring. */
export function inspect(text: string, quotes: readonly Quote[], language: string | null): Inspected {
	const sentence = read(text, language);
	// A paragraph break keeps the last sentence of a quote apart from the first of the next.
	const evidence: Evidence = {
		quote: read(quotes.map((quote) => quote.text).join('\n;\n'), language),
		context: read(quotes.map((quote) => quote.context ?? '').join('\n'), language),
	};
	const copy = copyOf(sentence, [evidence.quote, evidence.context]);
	const matches = checkValues(sentence, evidence);
	const compared = compare(sentence, evidence, matches);
	const wrong = wrongIn(sentence, evidence, matches, compared.support, copy.altered);
	return { sentence, isVerbatim: copy.isVerbatim, wrong, compared };
}

function languageOf(sentence: string, quotes: readonly Quote[]): string | null {
	return detectLanguage([sentence, ...quotes.map(({ text }) => text)].join('\n'));
}

/** Nothing to be supported, or nothing to support it. */
function isEmpty({ sentence }: Inspected, quotes: readonly Quote[]): boolean {
	return sentence.tokens.every(({ kind }) => kind === 'mark') || quotes.every(({ text }) => text.trim() === '');
}

/** A sentence of which the quotes have hardly a word is no paraphrase of them, whatever else fits. */
function isForeign({ sentence, compared: { unsupported } }: Inspected): boolean {
	const content = sentence.isContent.filter(Boolean).length;
	return unsupported.length >= 3 && unsupported.length > mostForeign * content;
}

/** Share of content words that may be missing from the quotes; faithful development pairs lack half at most. */
const mostForeign = 0.7;

/** Logistic: 1 / (1 + e^−(bias + Σ weight · feature)). */
export function scoreOf(features: Features, { bias, weights }: VerifierWeights): number {
	const odds = featureNames.reduce((sum, name) => sum + weights[name] * features[name], bias);
	return 1 / (1 + Math.exp(-odds));
}

function reasonsOf({ sentence, wrong, compared }: Inspected): Reason[] {
	const found = new Map<number, Reason>();
	const add = (kind: Reason['kind'], from: number, to: number): void => {
		const start = sentence.tokens[from]!.start;
		const end = sentence.tokens[to - 1]!.end;
		if (!found.has(start)) found.set(start, { kind, text: sentence.text.slice(start, end), start, end });
	};
	for (const { kind, from, to } of wrong) add(kind, from, to);
	for (const at of compared.turned) add('negation', at, at + 1);
	for (const at of compared.exchanged) {
		const value = sentence.values[sentence.valueAt[at]!];
		add('exchanged', value?.from ?? at, value?.to ?? at + 1);
	}
	for (const at of compared.unsupported) add(compared.names.includes(at) ? 'entity' : 'unsupported-words', at, at + 1);
	return [...found.values()].sort((a, b) => a.start - b.start);
}
