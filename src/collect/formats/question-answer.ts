import { z } from 'zod';
import type { Passage } from '../../core/dataset.ts';
import type { Json, JsonObject } from '../difference.ts';
import { toContent, toPassage } from '../example.ts';
import { keyOf, readBy, type RowFormat } from './format.ts';

/** Columns and keys of each field, the likeliest first. */
const names = {
	question: ['question', 'query', 'q', 'input', 'prompt'],
	answer: ['answer', 'response', 'a', 'output', 'reply'],
	rejected: ['rejected'],
	label: ['label', 'category', 'class'],
	positives: ['positives', 'passages', 'contexts', 'context', 'passage', 'evidence'],
	negatives: ['negatives'],
} as const;

/** A text, or an object as examples, and the evidence of `evaluate`'s questions, have it. */
const passage = z.union([
	z.string(),
	z
		.looseObject({
			text: z.string().optional(),
			quote: z.string().optional(),
			document: z.string().nullish(),
			path: z.string().nullish(),
			source: z.string().nullish(),
			version: z.int().nullish(),
			chunk: z.string().nullish(),
		})
		.refine(({ text, quote }) => text !== undefined || quote !== undefined),
]);
const passages = z
	.union([z.array(passage), passage.transform((only) => [only])])
	.nullish()
	.transform((given) => (given ?? []).filter((one) => one !== ''));

const rowSchema = z.looseObject({
	question: z.string(),
	/** Several are steps. */
	answer: z.union([z.string(), z.array(z.string()).transform((steps) => steps.join('\n'))]).nullish(),
	rejected: z.string().nullish(),
	label: z.string().nullish(),
	positives: passages,
	negatives: passages,
});

/** A question with its answer, and with passages that answer it: rows of JSON, or of CSV with a header. */
export const questionAnswer: RowFormat = {
	name: 'question-answer',
	describe: 'questions: {"question", "answer", "positives", "negatives"}; also as CSV',
	matches: (row) => keyOf(row, names.question) !== undefined,
	read: (row) =>
		readBy(rowSchema, renamed(row), ({ question, answer, rejected, label, positives, negatives }) =>
			toContent({
				query: question,
				answer: answer ?? null,
				rejected: rejected ?? null,
				label: label ?? null,
				positives: positives.map(fromRow),
				negatives: negatives.map(fromRow),
			}),
		),
	write: ({ query, answer, rejected, label, positives, negatives }) => ({
		question: query,
		...(answer === null ? {} : { answer }),
		...(rejected === null ? {} : { rejected }),
		...(label === null ? {} : { label }),
		...(positives.length === 0 ? {} : { positives: positives.map(toRow) }),
		...(negatives.length === 0 ? {} : { negatives: negatives.map(toRow) }),
	}),
};

function renamed(row: JsonObject): JsonObject {
	const found: Record<string, Json> = {};
	for (const [field, candidates] of Object.entries(names)) {
		const name = keyOf(row, candidates);
		if (name !== undefined) found[field] = row[name]!;
	}
	return found;
}

function fromRow(given: z.output<typeof passage>): Passage {
	if (typeof given === 'string') return toPassage(given);
	const { text, quote, document, path, source, version, chunk } = given;
	return toPassage(text ?? quote ?? '', {
		document: document ?? path ?? source ?? null,
		version: version ?? null,
		chunk: chunk ?? null,
	});
}

function toRow({ text, document, version, chunk }: Passage): Json {
	if (document === null && version === null && chunk === null) return text;
	return {
		text,
		...(document === null ? {} : { document }),
		...(version === null ? {} : { version }),
		...(chunk === null ? {} : { chunk }),
	};
}
