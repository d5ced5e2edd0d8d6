import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the package, in which the sample lies: beside `src/` and `dist/`. */
export const packageFolder = resolve(fileURLToPath(new URL('../../../sample/', import.meta.url)), '..');

/** The documents of a made-up payment company, as paths in the package. */
export const sampleSources: readonly string[] = ['sample/v1'];

export type SampleQuestion = {
	readonly question: string;
	readonly kind: 'identifier' | 'table' | 'how-to' | 'unanswerable';
};

/** Questions of `sample/questions.jsonl` to try the documents with; they do not answer the last one. */
export const sampleQuestions: readonly SampleQuestion[] = [
	{ question: 'What does ERR_1066 mean?', kind: 'identifier' },
	{ question: 'Monthly rental for a PX-1200?', kind: 'table' },
	{ question: 'How do I refund a payment from the Deck?', kind: 'how-to' },
	{ question: 'Do my customers lose their loyalty points when I refund the sale?', kind: 'unanswerable' },
];
