import type { Verdict } from './rules.ts';

/** The five systems that are compared, in the words of `knowhow evaluate`. */
export const approaches = ['base', 'few-shot', 'rag', 'tuned', 'rag+tuned'] as const;

export type Approach = (typeof approaches)[number];

/** The system that a verdict recommends. */
export const approachOf: Readonly<Record<Verdict, Approach>> = {
	none: 'base',
	'few-shot': 'few-shot',
	retrieval: 'rag',
	'fix-retrieval': 'rag',
	tuning: 'tuned',
	both: 'rag+tuned',
};

/** A value for each approach. */
export function eachApproach<T>(value: (approach: Approach) => T): Record<Approach, T> {
	return Object.fromEntries(approaches.map((approach) => [approach, value(approach)])) as Record<Approach, T>;
}
