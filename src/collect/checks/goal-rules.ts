import type { Example, Goal } from '../../core/dataset.ts';

export type GoalRule = {
	/** What an example must have, besides its query. */
	readonly needs: readonly ('answer' | 'label' | 'positives' | 'rejected')[];
	/** Examples below which training does harm or measuring says nothing. Of a router: for each label. */
	readonly least: number;
	/** Examples from which on more help little. */
	readonly good: number;
	readonly reason: string;
	/** The longest example in tokens (`text/tokens.ts`) that is trained without being cut. */
	readonly maxTokens: number;
	/** Whether examples that nobody asked are worth a warning. */
	readonly warnsSynthetic: boolean;
};

/** How many examples are enough, for what, and why. `needs` means one of them. */
export const goalRules: Readonly<Record<Goal, GoalRule>> = {
	retriever: {
		needs: ['positives'],
		least: 100,
		good: 1000,
		reason:
			'it must hold out some to stop in time and some to measure; the public set that is commonly tuned on and small, SciFact, has 809',
		maxTokens: 2048,
		warnsSynthetic: true,
	},
	reranker: {
		needs: ['positives'],
		least: 50,
		good: 300,
		reason: 'it weighs a handful of parts of a score, and each query gives as many pairs as it has passages',
		maxTokens: 2048,
		warnsSynthetic: true,
	},
	router: {
		needs: ['label'],
		least: 10,
		good: 100,
		reason:
			'for each label; the few-shot sets of CLINC150 and BANKING77 have five and ten, their full ones about a hundred',
		maxTokens: 512,
		warnsSynthetic: true,
	},
	extractor: {
		needs: ['answer'],
		least: 200,
		good: 2000,
		reason:
			'every field has to occur in many wordings, and SNIPS, which is commonly learned from, has about 2,000 for each of its 7 intents',
		maxTokens: 1024,
		warnsSynthetic: true,
	},
	generator: {
		needs: ['answer'],
		least: 50,
		good: 500,
		reason:
			'OpenAI asks for at least 10 and tells of clear gains from 50 to 100 on; published guides name 500 to 5,000 for a style that holds',
		maxTokens: 8192,
		warnsSynthetic: true,
	},
	evaluation: {
		needs: ['answer', 'positives'],
		least: 100,
		good: 400,
		reason: 'with 100 questions a share of 80 % has an interval of ± 8 points (Wilson), with 400 of ± 4',
		maxTokens: 8192,
		warnsSynthetic: true,
	},
};

/** The longest example where no goal is named. */
export const maxTokensOfNone = 8192;

/** Whether the example can teach something towards the goal; without one, whether it can teach anything. */
export function teaches(example: Example, goal: Goal | null): boolean {
	const needs = goal === null ? (['answer', 'label', 'positives'] as const) : goalRules[goal].needs;
	return needs.some((field) => (field === 'positives' ? example.positives.length > 0 : example[field] !== null));
}
