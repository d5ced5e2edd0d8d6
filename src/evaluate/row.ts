import type { Answer, Citation } from '../core/answer.ts';
import type { Route } from '../core/router.ts';
import type { StageTimes } from './metrics/latency.ts';

/** What is kept of an answer that was given to be measured. */
export type Answered = {
	readonly answer: string;
	readonly abstained: boolean;
	/** Probability that the evidence answers; null of a system that reads none. */
	readonly confidence: number | null;
	readonly citations: readonly Pick<
		Citation,
		'answerStart' | 'answerEnd' | 'quote' | 'chunk' | 'source' | 'documentId' | 'version' | 'supported'
	>[];
	/** The share of quotes that stand in their documents to the letter; null without citations. */
	readonly quoteExactness: number | null;
	readonly hits: readonly {
		readonly chunk: string;
		readonly documentId: string;
		readonly source: string;
		readonly title: string;
		readonly headings: readonly string[];
		readonly text: string;
	}[];
	readonly route: (Route & { readonly system: string }) | null;
	readonly model: string;
	readonly usage: Answer['usage'];
	/** Null when the price is not known. */
	readonly costUsd: number | null;
	/** Milliseconds: `route`, `search`, `answer`, and `total`. */
	readonly stages: StageTimes;
};

/** One question put to one system. */
export type EvaluatedRow = {
	/** The question's id. */
	readonly question: string;
	/** The system's name. */
	readonly system: string;
	/** Null when it failed. */
	readonly answered: Answered | null;
	/** Why it failed. */
	readonly error: { readonly code: string; readonly message: string } | null;
	/** Taken from an earlier run. */
	readonly isCached: boolean;
};
