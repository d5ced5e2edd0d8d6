import { verify } from '../ask/verify.ts';
import { sentences } from '../text/sentences.ts';
import { citationScore, type CitedSentence } from './metrics/citations.ts';
import { containment } from './metrics/containment.ts';
import { exactMatch } from './metrics/exact-match.ts';
import { mean } from './metrics/mean.ts';
import { rougeL } from './metrics/rouge-l.ts';
import { tokenF1 } from './metrics/token-f1.ts';
import { identifierCorrectness, numericCorrectness } from './metrics/values.ts';
import type { GoldQuestion } from './questions.ts';
import type { Answered, EvaluatedRow } from './row.ts';

/** What is measured of one answer, with what people call it. Each is 0 to 1, larger is better, null where there is nothing to measure. */
export const rowMetrics = {
	correct: 'Right: says what is right, or that the documents do not say when they do not',
	contained: 'Holds the right answer word for word (share of its parts)',
	exactMatch: 'Is the right answer, to the word',
	f1: 'Words shared with the right answer (token F1)',
	rougeL: 'Words shared in order (ROUGE-L)',
	numbers: 'Numbers, dates and times of the right answer said',
	identifiers: 'Codes and names of parts of the right answer said',
	evidenceRecall: 'Evidence among the first five hits',
	citationRecall: 'Sentences that their citations support',
	citationPrecision: 'Citations that are needed',
	quoteExactness: 'Quotes that stand in the document to the letter',
} as const;

export type RowMetric = keyof typeof rowMetrics;
export type RowScores = Readonly<Record<RowMetric, number | null>>;

const evidenceDepth = 5;

const nothing = Object.fromEntries(Object.keys(rowMetrics).map((name) => [name, null])) as RowScores;

/** Measures one row by what is known of its question. A row that failed is not correct, and nothing else is known of it. */
export async function scoreRow({ answered }: EvaluatedRow, question: GoldQuestion): Promise<RowScores> {
	if (answered === null) return { ...nothing, correct: isJudged(question) ? 0 : null };
	const said = answered.abstained ? '' : answered.answer;
	return {
		...nothing,
		...againstGold(said, question),
		correct: correctness(answered, question),
		evidenceRecall: evidenceRecall(answered, question),
		...(await citationMetrics(answered)),
		quoteExactness: answered.quoteExactness,
	};
}

function isJudged({ answerable, answers }: GoldQuestion): boolean {
	return answerable === false || answers.length > 0;
}

type GoldMetric = 'contained' | 'exactMatch' | 'f1' | 'rougeL' | 'numbers' | 'identifiers';

function againstGold(said: string, { answers, language }: GoldQuestion): Record<GoldMetric, number | null> {
	const golds = answers.map((parts) => parts.join('\n'));
	return {
		contained: contained(said, answers),
		exactMatch: exactMatch(said, golds),
		f1: tokenF1(said, golds),
		rougeL: rougeL(said, golds),
		numbers: numericCorrectness(said, golds, { language }),
		identifiers: identifierCorrectness(said, golds, { language }),
	};
}

/** The share of an answer's parts that are said word for word; the best over the wordings. */
function contained(said: string, answers: GoldQuestion['answers']): number | null {
	const shares = answers.map((parts) => mean(parts.map((part) => containment(said, [part]))));
	const known = shares.filter((share) => share !== null);
	return known.length === 0 ? null : Math.max(...known);
}

/**
 * The one number that systems are compared by. A question that the documents do not answer: 1 for saying so. Another: the share of the
 * right answer's parts that are said; or 1 when all of the evidence is said instead, with every number of the right answer (where it has none: every code). An
 * answer in other words counts nothing: it is a lower bound, the same for every system.
 */
function correctness({ answer, abstained }: Answered, question: GoldQuestion): number | null {
	if (!isJudged(question)) return null;
	if (question.answerable === false) return abstained ? 1 : 0;
	if (abstained) return 0;
	const share = contained(answer, question.answers) ?? 0;
	return share < 1 && saysEvidence(answer, question) ? 1 : share;
}

function saysEvidence(answer: string, { answers, evidence, language }: GoldQuestion): boolean {
	const golds = answers.map((parts) => parts.join('\n'));
	const values =
		numericCorrectness(answer, golds, { language }) ?? identifierCorrectness(answer, golds, { language }) ?? 1;
	return values === 1 && evidence.length > 0 && evidence.every(({ quote }) => containment(answer, [quote]) === 1);
}

/** The share of the evidence that stands in the first five hits, markup and white space aside. */
function evidenceRecall({ hits, confidence }: Answered, { evidence }: GoldQuestion): number | null {
	if (evidence.length === 0 || confidence === null) return null;
	const texts = hits.slice(0, evidenceDepth).map(({ source, text }) => ({ source, text: bare(text) }));
	const found = evidence.filter(({ source: wanted, quote }) =>
		texts.some(({ source, text }) => (wanted === null || source.endsWith(wanted)) && text.includes(bare(quote))),
	);
	return found.length / evidence.length;
}

function bare(text: string): string {
	return text.replaceAll(/[*`]/g, '').replaceAll(/\s+/g, ' ').trim();
}

async function citationMetrics(answered: Answered): Promise<Pick<RowScores, 'citationRecall' | 'citationPrecision'>> {
	if (answered.abstained || answered.confidence === null) return { citationRecall: null, citationPrecision: null };
	const { recall, precision } = await citationScore(citedSentences(answered), supportsOf(answered));
	return { citationRecall: recall, citationPrecision: precision };
}

/** The sentences of an answer with the quotes behind them. A line that leads in to what follows says nothing by itself. */
function citedSentences({ answer, citations }: Answered): CitedSentence[] {
	return answer
		.split('\n')
		.reduce<{ start: number; end: number }[]>((lines, line) => {
			const start = lines.length === 0 ? 0 : lines.at(-1)!.end + 1;
			return [...lines, { start, end: start + line.length }];
		}, [])
		.flatMap(({ start, end }) => sentences(answer, start, end))
		.map(({ start, end }) => ({
			text: withoutMarkers(answer.slice(start, end)),
			quotes: citations
				.filter(({ answerStart, answerEnd }) => answerStart < end && answerEnd > start)
				.map(({ quote }) => quote),
		}))
		.filter(({ text, quotes }) => /[\p{L}\p{N}]/u.test(text) && (quotes.length > 0 || !isFrame(text)));
}

function withoutMarkers(text: string): string {
	return text.replaceAll(/\s*\[\d+\]/g, '').trim();
}

/** A lead-in, or the number of a step that was cut off as if it were a sentence. */
function isFrame(text: string): boolean {
	return text.endsWith(':') || /^\d+[.)]$/.test(text);
}

/** What `ask` found when it wrote holds for a sentence with all its quotes; the verifier judges fewer of them. */
function supportsOf({ citations, hits }: Answered): (sentence: string, quotes: readonly string[]) => Promise<boolean> {
	const cited = new Map(citations.map((citation) => [citation.quote, citation]));
	return async (sentence, quotes) => {
		const known = quotes.map((quote) => cited.get(quote)!);
		if (known.length === 1) return known[0]!.supported;
		const grounds = known.map(({ quote, chunk }) => ({
			text: quote,
			context: contextOf(hits.find((hit) => hit.chunk === chunk)),
		}));
		return known.every(({ supported }) => supported) || verify(sentence, grounds).supported;
	};
}

function contextOf(hit: Answered['hits'][number] | undefined): string {
	return hit === undefined ? '' : [hit.title, ...hit.headings].join('\n');
}
