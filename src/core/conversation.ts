import { z } from 'zod';

/** How a conversation looks on disk and in an export. What was said is in its interactions alone. */
export const conversationSchema = z
	.strictObject({
		/** Sorts by the time it began. */
		id: z.string().regex(/^cnv_[0-9a-z]{26}$/),
		/** When it began and when its last answer was given, milliseconds since the epoch. */
		at: z.int(),
		updatedAt: z.int(),
		/** Whose it is; null when nobody said. */
		caller: z.string().nullable(),
		/** The ids of its interactions in order; some may be gone. */
		interactions: z.array(z.string()).readonly(),
	})
	.readonly();

export type Conversation = z.output<typeof conversationSchema>;

/** A question that was asked earlier in a conversation and what was said to it. */
export type Turn = {
	readonly question: string;
	/** The question as it was searched; null when it stood alone or nobody knows. */
	readonly standalone: string | null;
	/** Null when there was none, or when the documents did not say. */
	readonly answer: string | null;
	/** Titles of the documents that the answer cited. */
	readonly titles: readonly string[];
};
