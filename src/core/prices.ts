import type { Usage } from './generator.ts';

/** What a provider asks for its tokens, in US dollars for a million. */
export type Price = {
	/** As `--model` names it, without the date that some names end in. */
	readonly model: string;
	readonly input: number;
	readonly output: number;
	/** Longer prompts have another price, which is not here; null: one price for all. */
	readonly upToInputTokens: number | null;
	readonly source: string;
	/** The day on which a copy of the source was read. */
	readonly checked: string;
};

const checked = '2026-11-20';
const claudePage = 'https://platform.claude.com/docs/en/about-claude/pricing';
const sonnetPage = 'https://platform.claude.com/docs/en/models/sonnet-5-5/overview';

/**
 * List prices of the standard service. Short on purpose: a price that could not be read on the provider's own page is not
 * here, and a model that is not here costs `null`, not 0.
 */
export const prices: readonly Price[] = [
	{
		model: 'openai/gpt-5.6-luna',
		input: 0.2,
		output: 1.2,
		upToInputTokens: 272_000,
		source: 'https://developers.openai.com/api/docs/models/gpt-5.6-luna',
		checked,
	},
	flat('anthropic/claude-fable-5-1', 10, 50, claudePage),
	flat('anthropic/claude-opus-5-5', 4, 20, sonnetPage),
	flat('anthropic/claude-opus-5', 5, 25, claudePage),
	flat('anthropic/claude-sonnet-5-5', 2, 10, sonnetPage),
	flat('anthropic/claude-sonnet-5', 2, 10, sonnetPage),
	flat('anthropic/claude-haiku-4-5', 1, 5, sonnetPage),
];

/** One price for prompts of every length. */
function flat(model: string, input: number, output: number, source: string): Price {
	return { model, input, output, upToInputTokens: null, source, checked };
}

/**
 * What a call cost in US dollars, null when the price or the usage is unknown. An upper bound: input that the provider
 * had in its cache is cheaper, and not told apart here.
 */
export function costUsd(model: string, usage: Usage | null): number | null {
	const price = priceOf(model);
	if (!price || !usage) return null;
	const { input, output, upToInputTokens } = price;
	if (upToInputTokens !== null && usage.inputTokens > upToInputTokens) return null;
	return (usage.inputTokens * input + usage.outputTokens * output) / 1_000_000;
}

/** The price of a model, dated names included; null when it is not known. */
export function priceOf(model: string): Price | null {
	const name = model.replace(/-(\d{4}-\d{2}-\d{2}|\d{8})$/, '');
	return prices.find((candidate) => candidate.model === name) ?? null;
}

/** A price that was read longer ago than this is marked wherever it is used. */
export const oldPriceDays = 90;

/** Whole days since a price was read, at a moment in milliseconds since the epoch; 0 when that is to come. */
export function priceAgeDays({ checked }: Price, now: number): number {
	return Math.max(0, Math.floor((now - Date.parse(checked)) / (24 * 60 * 60 * 1000)));
}
