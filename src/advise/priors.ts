/** A value that is not known exactly: nine in ten lie between `low` and `high`, half below `likely`. */
export type Band = { readonly low: number; readonly likely: number; readonly high: number };

/** A value the arithmetic uses until the user knows better. */
export type Prior = Band & {
	readonly label: string;
	readonly unit: string;
	/** A quantity of `published.ts`, the address of a page, or `judgement`: our own estimate, to be replaced first. */
	readonly source: string;
	/** The day on which the source was read, or the estimate made. */
	readonly date: string;
};

const date = '2026-11-20';

/** Every uncertain number of the cost model, by name. A situation's `prices` replaces any of them. */
export const priors = {
	hourUsd: prior('an hour of work', 'USD/hour', [40, 80, 150], 'judgement'),
	promptHours: prior('writing and trying a prompt', 'hours', [4, 12, 40], 'judgement'),
	shotHours: prior('choosing examples for the prompt', 'hours', [2, 6, 20], 'judgement'),
	tuningHours: prior('preparing data, training, judging', 'hours', [16, 60, 160], 'judgement'),
	retrainHours: prior('one retraining with its check', 'hours', [1, 4, 12], 'judgement'),
	promptUpkeepHours: prior('looking after a prompt', 'hours/month', [0.5, 2, 6], 'judgement'),
	retrievalUpkeepHours: prior('looking after the documents and their index', 'hours/month', [0.5, 2, 6], 'judgement'),
	retrievalBuildUsd: prior('building retrieval', 'USD', [500, 1000, 2000], 'published: retrieval-build'),
	storeMonthlyUsd: prior('keeping the index', 'USD/month', [20, 60, 200], 'published: store-monthly'),
	embeddingUsd: prior(
		'embedding a million tokens',
		'USD/million tokens',
		[0.02, 0.05, 0.13],
		'https://embeddingcost.com/openai',
	),
	runUsd: prior('machine time of one training run', 'USD', [5, 50, 500], 'published: gpu-run'),
	firstRuns: prior('runs until the first good model', 'runs', [2, 4, 10], 'judgement'),
	labelUsd: prior('one labelled example', 'USD', [0.3, 1.5, 5], 'judgement'),
	examplesNeeded: prior('examples that tuning needs', 'examples', [500, 1000, 5000], 'published: examples'),
	relabelShare: prior('share of the examples written anew for a retraining', 'share', [0.02, 0.1, 0.3], 'judgement'),
	driftPerMonth: prior(
		'retrainings because the wanted behaviour drifts',
		'per month',
		[1 / 24, 1 / 6, 1 / 3],
		'judgement',
	),
	tunedPremium: prior(
		'price of a tuned model’s tokens at a provider',
		'× list price',
		[1, 1.5, 2],
		'https://tokonomics.ca/blog/llm-fine-tuning-costs-guide',
	),
	promptKept: prior(
		'share of the instructions that a tuned model still needs',
		'share',
		[0.05, 0.15, 0.5],
		'judgement',
	),
	questionTokens: prior('tokens of a question', 'tokens', [20, 50, 150], 'judgement'),
	passageTokens: prior('tokens of a passage', 'tokens', [150, 256, 400], 'the setting ingest.chunkTokens'),
	shotTokens: prior('tokens of the examples in a few-shot prompt', 'tokens', [500, 1500, 3000], 'judgement'),
	machineMonthlyUsd: prior('an own machine that runs a language model', 'USD/month', [300, 900, 2200], 'judgement'),
	machineTokensPerSecond: prior('what it reads and writes', 'tokens/second', [1000, 3000, 10_000], 'judgement'),
} as const satisfies Readonly<Record<string, Prior>>;

export type PriorId = keyof typeof priors;

export const priorIds = Object.keys(priors) as PriorId[];

function prior(
	label: string,
	unit: string,
	[low, likely, high]: readonly [number, number, number],
	source: string,
): Prior {
	return { low, likely, high, label, unit, source, date };
}
