import type { Answer } from '../src/core/answer.ts';
import { shippedWeights } from '../src/ask/answerable.ts';
import { sentences } from '../src/text/sentences.ts';
import { stopWords } from '../src/text/stop-words.ts';
import { words } from '../src/text/words.ts';
import { sampleExamples, squadExamples, squadSplit, type Example } from './examples.ts';
import { answerOf, auroc, contains, share } from './measure.ts';

/** Prints how the shipped answerer does on test data, beside trivial baselines. */
export async function printTest(k: number): Promise<void> {
	console.log('SQuAD 2.0, test articles:', await measureSquad(await squadExamples(squadSplit.test, k)));
	console.log('sample, test questions:', await measureSample(await sampleExamples('test', k)));
}

export type SquadReport = {
	readonly answerable: number;
	readonly unanswerable: number;
	/** Share of answerable questions whose answer holds a gold answer when every question must be answered. */
	readonly contained: number;
	/** The same for the sentence of the hits that shares most words with the question. */
	readonly containedByOverlap: number;
	readonly auroc: number;
	/** At the shipped threshold. */
	readonly answered: number;
	readonly refused: number;
	/** Mean milliseconds to answer, after the search. */
	readonly tookMs: number;
};

export async function measureSquad(examples: readonly Example[]): Promise<SquadReport> {
	const startedAt = performance.now();
	const answers: Answer[] = [];
	for (const example of examples) answers.push(await answerOf(example, 0));
	const tookMs = (performance.now() - startedAt) / examples.length;
	const refusals = answers.map(({ confidence }) => confidence < shippedWeights().threshold);
	const right = [...examples.keys()].filter((i) => examples[i]!.answerable);
	const wrong = [...examples.keys()].filter((i) => !examples[i]!.answerable);
	return {
		answerable: right.length,
		unanswerable: wrong.length,
		contained: rounded(share(right, (i) => contains(answers[right[i]!]!.answer, examples[right[i]!]!.answers))),
		containedByOverlap: rounded(
			share(right, (i) => contains(mostOverlapping(examples[right[i]!]!), examples[right[i]!]!.answers)),
		),
		auroc: rounded(auroc(examples.map(({ answerable }, i) => ({ score: answers[i]!.confidence, label: answerable })))),
		answered: rounded(share(right, (i) => !refusals[right[i]!]!)),
		refused: rounded(share(wrong, (i) => refusals[wrong[i]!]!)),
		tookMs: rounded(tookMs),
	};
}

/** The sentence of the hits that shares most content words with the question: a baseline. */
function mostOverlapping({ question, evidence }: Example): string {
	const asked = new Set(words(question).map(({ text }) => text));
	for (const word of stopWords('en')) asked.delete(word);
	let best = { text: '', count: -1 };
	for (const { hit } of evidence) {
		for (const { start, end } of sentences(hit.text)) {
			const text = hit.text.slice(start, end);
			const count = new Set(words(text).flatMap(({ text: word }) => (asked.has(word) ? [word] : []))).size;
			if (count > best.count) best = { text, count };
		}
	}
	return best.text;
}

export type SampleReport = {
	/** At the shipped threshold; of the answerable questions but those of class `mismatch`. */
	readonly answered: number;
	readonly refused: number;
	/** Of class `mismatch`. */
	readonly mismatchAnswered: number;
	/** How well confidence tells answerable (without `mismatch`) from unanswerable. */
	readonly auroc: number;
	/** For each class the share answered. */
	readonly answeredByClass: Readonly<Record<string, number>>;
	/** For each class the share whose citations lie in a right document, among those answered. */
	readonly rightDocument: Readonly<Record<string, number>>;
	/** Of class `conflict`: shown as a conflict. Of all others: shown as one by mistake. */
	readonly conflictsFound: number;
	readonly conflictsElsewhere: number;
};

export async function measureSample(examples: readonly Example[]): Promise<SampleReport> {
	const answers: { readonly example: Example; readonly answer: Answer }[] = [];
	for (const example of examples) answers.push({ example, answer: await answerOf(example, null) });
	const of = (choose: (example: Example) => boolean) => answers.filter(({ example }) => choose(example));
	const portion = (some: typeof answers, is: (one: (typeof answers)[number]) => boolean): number =>
		rounded(share(some, (i) => is(some[i]!)));
	const answered = answers.filter(({ answer, example }) => !answer.abstained && example.answerable);
	const groups = [...new Set(answered.map(({ example }) => example.group))].sort();
	return {
		answered: portion(
			of(({ answerable, group }) => answerable && group !== 'mismatch'),
			({ answer }) => !answer.abstained,
		),
		refused: portion(
			of(({ answerable }) => !answerable),
			({ answer }) => answer.abstained,
		),
		mismatchAnswered: portion(
			of(({ group }) => group === 'mismatch'),
			({ answer }) => !answer.abstained,
		),
		auroc: rounded(
			auroc(
				of(({ group }) => group !== 'mismatch').map(({ example, answer }) => ({
					score: answer.confidence,
					label: example.answerable,
				})),
			),
		),
		answeredByClass: Object.fromEntries(
			[...new Set(examples.map(({ group }) => group))].sort().map((name) => [
				name,
				portion(
					of(({ group }) => group === name),
					({ answer }) => !answer.abstained,
				),
			]),
		),
		rightDocument: Object.fromEntries(
			groups.map((group) => [
				group,
				portion(
					answered.filter(({ example }) => example.group === group),
					({ example, answer }) =>
						answer.citations.some(({ source }) => example.gold.some((gold) => source.endsWith(gold.source))),
				),
			]),
		),
		conflictsFound: portion(
			of(({ group }) => group === 'conflict'),
			({ answer }) => answer.conflicts.length > 0,
		),
		conflictsElsewhere: portion(
			of(({ group }) => group !== 'conflict'),
			({ answer }) => answer.conflicts.length > 0,
		),
	};
}

function rounded(value: number): number {
	return Math.round(value * 1e4) / 1e4;
}
