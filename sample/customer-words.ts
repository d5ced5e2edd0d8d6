import { z } from 'zod';
import { readLines } from './read-lines.ts';

const customerWordSchema = z
	.strictObject({
		/** What the documents call it. */
		term: z.string().min(1),
		/** What merchants and the people who talk with them say instead. */
		said: z.array(z.string().min(1)).min(2).max(4).readonly(),
	})
	.readonly();

/** One line of the lexicon: a word of the house and the words of its customers. */
export type CustomerWord = z.output<typeof customerWordSchema>;

/** What customers call the things of the documents. */
export function readCustomerWords(): readonly CustomerWord[] {
	return readLines('customer-words.jsonl', customerWordSchema);
}
