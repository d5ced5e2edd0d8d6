import { z } from 'zod';
import type { Answer, Citation } from './answer.ts';
import type { Hit } from './hit.ts';

const keptHitSchema = z
	.strictObject({
		/** The chunk's id. */
		chunk: z.string(),
		document: z.string(),
		version: z.int(),
		source: z.string(),
		score: z.number(),
		/** The parts of the score; null: did not run. */
		parts: z.record(z.string(), z.number().nullable()).readonly(),
	})
	.readonly();

/** A citation as it is kept. */
export const keptCitationSchema = z
	.strictObject({
		marker: z.string().describe('As it stands in the answer.'),
		answerStart: z.int(),
		answerEnd: z.int(),
		quote: z.string().nullable().describe('Verbatim; null once erased.'),
		chunk: z.string(),
		source: z.string(),
		title: z.string(),
		documentId: z.string(),
		version: z.int(),
		date: z.string().nullable(),
		start: z.int(),
		end: z.int(),
		page: z.int().nullable(),
		supported: z.boolean(),
	})
	.readonly();

const feedbackSchema = z
	.strictObject({
		rating: z.enum(['up', 'down']).nullable(),
		/** What the right answer is, as somebody said; null when nobody did, and once erased. */
		correction: z.string().nullable(),
		/** Markers of the citations that somebody said do answer the question. */
		accepted: z.array(z.string()).readonly(),
		/** When it was given last, milliseconds since the epoch. */
		at: z.int(),
	})
	.readonly();

/** What somebody said of an answer. */
export type Feedback = z.output<typeof feedbackSchema>;

/** How an answer that was kept looks on disk and in an export. */
export const interactionSchema = z
	.strictObject({
		/** Sorts by time. */
		id: z.string().regex(/^int_[0-9a-z]{26}$/),
		/** When it was asked, milliseconds since the epoch. */
		at: z.int(),
		/** Who asked, as the caller of `ask` said; null when nobody said. */
		caller: z.string().nullable(),
		/** The id of its conversation; null for a question by itself. */
		conversation: z.string().nullable(),
		question: z.string(),
		/** The question as it was searched, when earlier turns had to be read into it. */
		standalone: z.string().nullable(),
		/** `name@version`. */
		system: z.string(),
		model: z.string(),
		hits: z.array(keptHitSchema).readonly(),
		/** Null once erased. */
		answer: z.string().nullable(),
		abstained: z.boolean(),
		confidence: z.number(),
		citations: z.array(keptCitationSchema).readonly(),
		conflicts: z
			.array(
				z.strictObject({ markers: z.array(z.string()).readonly(), values: z.array(z.string()).readonly() }).readonly(),
			)
			.readonly(),
		/** Where the answer says what no quote supports; empty without a language model. */
		unsupported: z
			.array(z.strictObject({ start: z.int(), end: z.int() }).readonly())
			.default([])
			.readonly(),
		usage: z.strictObject({ inputTokens: z.number(), outputTokens: z.number() }).readonly(),
		costUsd: z.number().nullable(),
		tookMs: z.number(),
		/** When answer and quotes were erased with a document, milliseconds since the epoch; null when they were not. */
		erasedAt: z.int().nullable(),
		/** Null when nobody said anything. */
		feedback: feedbackSchema.nullable().default(null),
	})
	.readonly();

/** One answer as it was given: what was asked, by whom, of which system, what was found and what was said. */
export type Interaction = z.output<typeof interactionSchema>;
/** A hit without its text. */
export type KeptHit = z.output<typeof keptHitSchema>;
export type KeptCitation = z.output<typeof keptCitationSchema>;

/** What an answer does not say of itself. */
export type Asking = Pick<Interaction, 'at' | 'caller' | 'conversation'>;

/** What is kept of an answer: all of it but the texts of its hits, of which only what is cited stays. */
export function toInteraction(answer: Answer, { at, caller, conversation }: Asking): Interaction {
	return {
		id: answer.interaction,
		at,
		caller,
		conversation,
		question: answer.question,
		standalone: answer.standalone,
		system: answer.system,
		model: answer.model,
		hits: answer.hits.map(toKeptHit),
		answer: answer.answer,
		abstained: answer.abstained,
		confidence: answer.confidence,
		citations: answer.citations.map(toKeptCitation),
		conflicts: answer.conflicts.map(({ markers, values }) => ({ markers, values })),
		unsupported: (answer.unsupported ?? []).map(({ start, end }) => ({ start, end })),
		usage: { inputTokens: answer.usage.inputTokens, outputTokens: answer.usage.outputTokens },
		costUsd: answer.costUsd,
		tookMs: answer.tookMs,
		erasedAt: null,
		feedback: null,
	};
}

function toKeptHit({ chunk, score, parts, document }: Hit): KeptHit {
	const { id, version, source } = document;
	return { chunk, document: id, version, source, score, parts };
}

/** By name, so that what citations say one day is not kept unasked. */
function toKeptCitation(citation: Citation): KeptCitation {
	const { marker, answerStart, answerEnd, quote, chunk, source, title, documentId } = citation;
	const { version, date, start, end, page, supported } = citation;
	return {
		marker,
		answerStart,
		answerEnd,
		quote,
		chunk,
		source,
		title,
		documentId,
		version,
		date,
		start,
		end,
		page,
		supported,
	};
}
