import { z } from 'zod';

/** One turn of a chat. `developer` messages are system turns, results of functions are tool turns. */
const turnSchema = z
	.strictObject({ role: z.enum(['system', 'user', 'assistant', 'tool']), content: z.string() })
	.readonly();

const passageSchema = z
	.strictObject({
		text: z.string(),
		/** The id and version of the document that it was taken from; null when nobody knows. */
		document: z.string().nullable().default(null),
		version: z.int().nullable().default(null),
		/** The chunk's id, when it is one. */
		chunk: z.string().nullable().default(null),
	})
	.readonly();

export const splits = ['train', 'dev', 'test'] as const;
export type Split = (typeof splits)[number];

/** Where an example came from. What `document` and `model` made is synthetic: nobody asked it. */
export const originKinds = ['interaction', 'file', 'document', 'model'] as const;

const jsonSchema = z.json();

/** How one example looks in a dataset and in a file of Knowhow's own format. */
export const exampleSchema = z
	.strictObject({
		/** A hash of what is said, so that equal examples have one id. */
		id: z.string().regex(/^ex_[0-9a-f]{20}$/),
		/** What is asked: the last turn of the user. */
		query: z.string(),
		/** The turns before it, instructions (role `system`) first. */
		earlier: z.array(turnSchema).readonly().default([]),
		/** Turns between query and answer: calls of tools and their results. */
		steps: z.array(turnSchema).readonly().default([]),
		answer: z.string().nullable().default(null),
		/** An answer that is worse. */
		rejected: z.string().nullable().default(null),
		/** The class of the query. */
		label: z.string().nullable().default(null),
		/** Passages that answer the query, and passages that seem to and do not. */
		positives: z.array(passageSchema).readonly().default([]),
		negatives: z.array(passageSchema).readonly().default([]),
		/** The part it must be in; null lets the split decide. */
		split: z.enum(splits).nullable().default(null),
		/** Examples of one group (a writer, a customer, a ticket) are never in two parts. */
		group: z.string().nullable().default(null),
		origin: z.strictObject({ kind: z.enum(originKinds), of: z.string() }).readonly(),
		/** Every document version that it holds text of or was written from. */
		sources: z
			.array(z.strictObject({ document: z.string(), version: z.int() }).readonly())
			.readonly()
			.default([]),
		/** What its file said besides, for writing the same format again. */
		rest: z.strictObject({ format: z.string(), difference: jsonSchema }).readonly().nullable().default(null),
	})
	.readonly();

/** A query with what is known to be right, and wrong, about it. */
export type Example = z.output<typeof exampleSchema>;
export type Turn = z.output<typeof turnSchema>;
export type Passage = z.output<typeof passageSchema>;
export type Origin = Example['origin'];

/** What a dataset is for; says how many examples are enough, and what each must have. */
export const goals = ['retriever', 'reranker', 'router', 'extractor', 'generator', 'evaluation'] as const;
export type Goal = (typeof goals)[number];

export const datasetSchema = z
	.strictObject({
		/** `name@version`. */
		id: z.string(),
		name: z.string(),
		/** A hash of its examples and of the part that each is in. */
		version: z.string().regex(/^[0-9a-f]{12}$/),
		/** When it was made, milliseconds since the epoch. */
		at: z.int(),
		/** The version of the same name that was there before. */
		parent: z.string().nullable(),
		goal: z.enum(goals).nullable(),
		/** What it was made of, a sentence each. */
		madeOf: z.array(z.string()).readonly(),
		seed: z.int(),
		/** Examples in each part when it was made. */
		counts: z.strictObject({ train: z.int(), dev: z.int(), test: z.int() }).readonly(),
		/** How many examples came from where when it was made. */
		origins: z.record(z.enum(originKinds), z.int()).readonly(),
		/** Rows that were left out, and faults found, by code. */
		rejected: z.int(),
		faults: z.record(z.string(), z.int()).readonly(),
		/** The only change that a dataset sees: examples that were taken out with a document. */
		erasures: z
			.array(
				z
					.strictObject({
						at: z.int(),
						documents: z.array(z.string()).readonly(),
						examples: z.array(z.string()).readonly(),
					})
					.readonly(),
			)
			.readonly(),
		/** Records in which its examples lie. */
		pages: z.int(),
	})
	.readonly();

/** A dataset without its examples. Immutable but for erasure, which it records. */
export type DatasetSummary = z.output<typeof datasetSchema>;

/** Examples in three parts; no group is in two of them. */
export type Dataset = DatasetSummary & { readonly examples: Readonly<Record<Split, readonly Example[]>> };
