import type { Usage } from '../../core/generator.ts';

/** What one answer took; null where nobody knows. An answer without a language model costs 0 and has used no tokens. */
export type Spent = { readonly usage: Usage | null; readonly costUsd: number | null };

export type Spending = {
	/** Sums over the answers; null when one of them is unknown. */
	readonly inputTokens: number | null;
	readonly outputTokens: number | null;
	readonly costUsd: number | null;
	/** Sum over those whose cost is known: a lower bound. */
	readonly knownCostUsd: number;
	/** Answers whose cost is not known. */
	readonly unknown: number;
};

/** Tokens and money of many answers; one unknown price makes the sum unknown, not smaller. */
export function spending(answers: readonly Spent[]): Spending {
	const costs = answers.map(({ costUsd }) => costUsd);
	return {
		inputTokens: sum(answers.map(({ usage }) => usage?.inputTokens ?? null)),
		outputTokens: sum(answers.map(({ usage }) => usage?.outputTokens ?? null)),
		costUsd: sum(costs),
		knownCostUsd: sum(costs.map((cost) => cost ?? 0))!,
		unknown: costs.filter((cost) => cost === null).length,
	};
}

function sum(values: readonly (number | null)[]): number | null {
	return values.reduce<number | null>((total, value) => (total === null || value === null ? null : total + value), 0);
}
