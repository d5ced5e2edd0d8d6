import type { Hit } from './hit.ts';
import type { Route } from './router.ts';

/** A span of an answer tied to a verbatim quote: `quote === document.text.slice(start, end)`. */
export type Citation = {
	/** As it stands in the answer, for instance `[1]`. */
	readonly marker: string;
	/** The span of the answer that this citation supports, UTF-16 units. */
	readonly answerStart: number;
	readonly answerEnd: number;
	readonly quote: string;
	/** The id of the chunk that the quote was taken from. */
	readonly chunk: string;
	readonly source: string;
	readonly title: string;
	readonly documentId: string;
	readonly version: number;
	readonly date: string | null;
	readonly start: number;
	readonly end: number;
	readonly page: number | null;
	readonly supported: boolean;
};

/** Sources that state different values for one thing, newest first. */
export type Conflict = {
	/** Markers of the citations that disagree, newest document first. */
	readonly markers: readonly string[];
	/** The values they state, in the order of `markers`. */
	readonly values: readonly string[];
};

/** A span of an answer that no quote supports, UTF-16 units. */
export type Unsupported = {
	readonly start: number;
	readonly end: number;
	/** What speaks against it: what is wrong, and the words of the span that it is about. */
	readonly reasons: readonly {
		/**
		 * As the verifier tells them; `unsaid`: no passage speaks of it; `unfinished`: the model was cut off.
		 */
		readonly kind:
			| 'number'
			| 'date'
			| 'identifier'
			| 'unit'
			| 'negation'
			| 'exchanged'
			| 'entity'
			| 'unsupported-words'
			| 'unsaid'
			| 'unfinished';
		readonly text: string;
	}[];
};

export type Answer = {
	readonly interaction: string;
	readonly question: string;
	/** The question as it was searched, when earlier turns had to be read into it; null when it stands alone. */
	readonly standalone: string | null;
	readonly answer: string;
	/** True when the documents do not say; `answer` then says so and names the closest passage. */
	readonly abstained: boolean;
	/** Probability (0 to 1) that the evidence answers the question. */
	readonly confidence: number;
	readonly conflicts: readonly Conflict[];
	readonly citations: readonly Citation[];
	/** What a language model says without support, in order; absent without a language model. */
	readonly unsupported?: readonly Unsupported[];
	/** Markers that the language model wrote and that name no passage it was given; they are not in `answer`. */
	readonly unknownMarkers?: readonly string[];
	readonly hits: readonly Hit[];
	/** `name@version`. */
	readonly system: string;
	/** The generator's id; `extractive` without a language model. */
	readonly model: string;
	readonly usage: { readonly inputTokens: number; readonly outputTokens: number };
	readonly costUsd: number | null;
	readonly tookMs: number;
};

/** What `ask` streams. `answer-end` comes last and carries the whole. */
export type AnswerEvent =
	/** First of all, of a routed system: what the router said and which system (`name@version`) answers. */
	| { readonly type: 'route-end'; readonly route: Route; readonly system: string }
	| { readonly type: 'search-end'; readonly hits: readonly Hit[] }
	| { readonly type: 'text-delta'; readonly text: string }
	| { readonly type: 'citation'; readonly citation: Citation }
	| { readonly type: 'answer-end'; readonly answer: Answer };
