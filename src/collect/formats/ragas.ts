import { z } from 'zod';
import { toContent, toPassage } from '../example.ts';
import { readBy, type RowFormat } from './format.ts';

const rowSchema = z.looseObject({
	user_input: z.string(),
	reference: z.string().nullish(),
	reference_contexts: z.array(z.string()).nullish(),
});
const olderSchema = z.looseObject({
	question: z.string(),
	ground_truth: z.string().nullish(),
	ground_truths: z.array(z.string()).nullish(),
});

/**
 * Ragas' single-turn samples, those of before 0.2 (question, ground_truth, contexts) too. What a system answered and
 * retrieved (`response`, `retrieved_contexts`) is a result and not an example: it is kept aside.
 */
export const ragas: RowFormat = {
	name: 'ragas',
	describe: 'Ragas samples: {"user_input", "reference", "reference_contexts", …}',
	matches: (row) => 'user_input' in row || ('question' in row && ('ground_truth' in row || 'ground_truths' in row)),
	read: (row) =>
		'question' in row && !('user_input' in row)
			? readBy(olderSchema, row, ({ question, ground_truth: truth, ground_truths: truths }) =>
					toContent({ query: question, answer: truth ?? truths?.[0] ?? null }),
				)
			: readBy(rowSchema, row, ({ user_input: query, reference, reference_contexts: passages }) =>
					toContent({
						query,
						answer: reference ?? null,
						positives: (passages ?? []).map((text) => toPassage(text)),
					}),
				),
	write: ({ query, answer, positives }) => ({
		user_input: query,
		...(answer === null ? {} : { reference: answer }),
		...(positives.length === 0 ? {} : { reference_contexts: positives.map(({ text }) => text) }),
	}),
};
