import { z } from 'zod';
import type { Access } from './access.ts';
import type { AnswerEvent } from './answer.ts';
import { configSchema } from './config.ts';
import { filterSchema } from './filter.ts';

const exampleSchema = z.strictObject({ question: z.string().min(1), answer: z.string().min(1) }).readonly();

/** What answers: a language model or the sentences of the documents, with or without a search before it. */
const plainSpecSchema = z
	.strictObject({
		kind: z.literal('plain'),
		/** How passages are found; null: the language model answers from what it learned. */
		retrieval: z
			.strictObject({
				search: configSchema.shape.search,
				/** Names the embedder; null: keywords only. */
				embedder: z.string().nullable(),
				/** The id of the trained reranker that orders the hits; the shipped one when absent. */
				reranker: z.string().min(1).optional(),
				/** The documents that it draws on; all when absent. */
				filter: filterSchema.optional(),
			})
			.readonly()
			.nullable(),
		/** As `--model` names it; null: the sentences of the documents. */
		generator: z.string().min(1).nullable(),
		ask: configSchema.shape.ask,
		/** How the house wants answers worded, for the language model. */
		prompt: z.string().min(1).nullable(),
		/** Questions with good answers, shown to the language model. */
		examples: z.array(exampleSchema).readonly(),
	})
	.readonly();

/** `name@version` */
const referenceSchema = z.string().regex(/^[\w.+-]+@[0-9a-f]{8}$/);

const routedSpecSchema = z
	.strictObject({
		kind: z.literal('routed'),
		/** The router's id. */
		router: z.string().min(1),
		/** The plain system, `name@version`, that answers questions of a label. */
		systems: z.record(z.string(), referenceSchema).readonly(),
		/** Answers what is out of scope, and labels that have no system. */
		otherwise: referenceSchema,
	})
	.readonly();

/** What a system consists of. Never changed: another spec is another version. */
export const systemSpecSchema = z.discriminatedUnion('kind', [plainSpecSchema, routedSpecSchema]);

export type SystemSpec = z.output<typeof systemSpecSchema>;
export type PlainSpec = z.output<typeof plainSpecSchema>;
export type RoutedSpec = z.output<typeof routedSpecSchema>;
/** A question with an answer of the kind that is wanted. */
export type HouseExample = z.output<typeof exampleSchema>;
/** How answers shall be worded. */
export type HouseStyle = Pick<PlainSpec, 'prompt' | 'examples'>;

export type SystemAnswerOptions = { readonly access: Access; readonly signal?: AbortSignal | undefined };

/** Something that answers questions: what `ask` serves and `evaluate` compares. */
export interface System {
	readonly name: string;
	/** A hash of the spec: 8 hexadecimal digits. */
	readonly version: string;
	readonly spec: SystemSpec;
	/** Throws `cancelled`, and what its models throw. */
	answer(question: string, options: SystemAnswerOptions): AsyncIterable<AnswerEvent>;
}
