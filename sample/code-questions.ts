import { z } from 'zod';
import { readLines } from './read-lines.ts';

const codeQuestionSchema = z
	.strictObject({
		id: z.string().regex(/^k-\d{3}$/),
		/** By document, as in `splits.json`. */
		split: z.enum(['dev', 'test']),
		class: z.literal('code'),
		language: z.literal('en'),
		question: z.string().min(1),
		answer: z.string().min(1),
		/** Verbatim quotes of documents of `v1`. */
		evidence: z
			.array(z.strictObject({ path: z.string(), quote: z.string() }).readonly())
			.min(1)
			.readonly(),
	})
	.readonly();

/** A question that is answered by a line of code. */
export type CodeQuestion = z.output<typeof codeQuestionSchema>;

/** The questions over the SDK folder, those for development first. */
export function readCodeQuestions(): readonly CodeQuestion[] {
	return readLines('code-questions.jsonl', codeQuestionSchema);
}
