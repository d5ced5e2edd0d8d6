import { z } from 'zod';
import { readLines } from './read-lines.ts';

const documentSchema = z
	.strictObject({
		/** Path below `v1`. */
		source: z.string(),
		version: z.literal(1),
	})
	.readonly();

const citationSchema = documentSchema
	.unwrap()
	.extend({
		/** Verbatim. */
		quote: z.string().min(1),
	})
	.readonly();

const interactionSchema = z
	.strictObject({
		id: z.string().regex(/^i-\d{3}$/),
		/** When it was asked, UTC. */
		at: z.iso.datetime(),
		/** A person of a team or a merchant, `care/noor` or `merchant/40071944`. */
		caller: z.string().regex(/^[a-z]+\/[a-z0-9]+$/),
		/** `name@version`. */
		system: z.enum(['rag@1', 'rag@2']),
		question: z.string().min(1),
		/** Null when the system abstained. */
		answer: z.string().min(1).nullable(),
		abstained: z.boolean(),
		/** What the answer cites; empty when the system abstained. */
		citations: z.array(citationSchema).readonly(),
		/** The documents found, best first, each once. */
		hits: z.array(documentSchema).min(1).max(5).readonly(),
		/** Null: nobody rated it. */
		rating: z.enum(['up', 'down']).nullable(),
		/** The citations that the caller took for right; with `up` only. */
		acceptedCitations: z.array(citationSchema).min(1).readonly().optional(),
		/** The right answer and where it stands; with `down` only. */
		correction: z
			.strictObject({ answer: z.string().min(1), citations: z.array(citationSchema).min(1).readonly() })
			.readonly()
			.optional(),
	})
	.readonly();

/** One line of the log: what was asked and answered, and what the caller thought of it. */
export type LoggedInteraction = z.output<typeof interactionSchema>;

/** The log of interactions, in order of time. */
export function readInteractions(): readonly LoggedInteraction[] {
	return readLines('interactions.jsonl', interactionSchema);
}
