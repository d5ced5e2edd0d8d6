import { z } from 'zod';
import { toContent } from '../example.ts';
import { keyOf, readBy, type RowFormat } from './format.ts';

const texts = ['text', 'utterance', 'sentence', 'message', 'question', 'query', 'body'] as const;
const labels = ['label', 'intent', 'category', 'class'] as const;

/** A row that has one of these says more than its class. */
const more = ['answer', 'rejected', 'positives', 'negatives'] as const;

const rowSchema = z.looseObject({ text: z.string(), label: z.union([z.string(), z.int().transform(String)]) });

/** A text and its class, as classifiers learn from it. */
export const labelled: RowFormat = {
	name: 'labelled',
	describe: 'classes: {"text", "label"}; also "utterance", "intent", "category"',
	matches: (row) =>
		keyOf(row, texts) !== undefined && keyOf(row, labels) !== undefined && keyOf(row, more) === undefined,
	read: (row) => {
		const [text, label] = [row[keyOf(row, texts) ?? 'text'], row[keyOf(row, labels) ?? 'label']];
		const found = { ...(text === undefined ? {} : { text }), ...(label === undefined ? {} : { label }) };
		return readBy(rowSchema, found, (value) => toContent({ query: value.text, label: value.label }));
	},
	write: ({ query, label }) => (label === null ? null : { text: query, label }),
};
