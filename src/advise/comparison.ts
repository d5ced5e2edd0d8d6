import { type Approach, eachApproach } from './approaches.ts';
import type { ApproachCost } from './cost-summary.ts';
import type { Measurement } from './measurement.ts';
import { count, dollars } from './words.ts';

export const aspects = [
	'knowledge source',
	'customisability',
	'cost',
	'accuracy',
	'latency',
	'implementation time',
	'deployment flexibility',
] as const;

export type Aspect = (typeof aspects)[number];

/** What is known about one aspect of one approach, and whether it was measured on the user's own questions. */
export type Cell = { readonly text: string; readonly basis: 'measured' | 'prior' };

export type Comparison = Readonly<Record<Approach, Readonly<Record<Aspect, Cell>>>>;

type Known = Readonly<Record<Exclude<Aspect, 'cost'>, string>>;

const known: Readonly<Record<Approach, Known>> = {
	base: {
		'knowledge source': 'what the model was trained on',
		customisability: 'instructions only',
		accuracy: 'of facts after its training low (.48 on current events)',
		latency: 'the model’s own',
		'implementation time': 'hours',
		'deployment flexibility': 'any model, any provider; change it at will',
	},
	'few-shot': {
		'knowledge source': 'training, and the examples in the prompt',
		customisability: 'tone and format by example, new with each prompt',
		accuracy: 'of facts as base; of behaviour most of what tuning gives, on easy tasks',
		latency: 'a longer prompt on each query',
		'implementation time': 'days',
		'deployment flexibility': 'any model, any provider; change it at will',
	},
	rag: {
		'knowledge source': 'your documents as of the last save',
		customisability: 'facts by editing documents; behaviour by prompt',
		accuracy: 'of facts highest (.88 on current events), if the passage is found',
		latency: '+100–500 ms published, 5 ms measured for the search alone; a longer prompt',
		'implementation time': 'days to two weeks',
		'deployment flexibility': 'any model; needs the index beside it; access rights and erasure work',
	},
	tuned: {
		'knowledge source': 'weights, as of the last training',
		customisability: 'behaviour deepest: tone, format, vocabulary, skill',
		accuracy: 'of behaviour highest; of facts low (.50–.59 on current events)',
		latency: '50–200 ms published; a short prompt',
		'implementation time': 'two weeks to three months; small models minutes',
		'deployment flexibility': 'bound to its base model; runs where nothing can be looked up',
	},
	'rag+tuned': {
		'knowledge source': 'your documents, read the way your examples show',
		customisability: 'facts by editing documents, behaviour by examples',
		accuracy: '26 points under retrieval alone (tuned without passages, Ovadia) to 14 over it (tuned on them, RAFT)',
		latency: 'as retrieval, with shorter instructions',
		'implementation time': 'weeks to months',
		'deployment flexibility': 'bound to its base model and the index',
	},
};

/** The five systems side by side; a cell is measured where the report measured it, else a prior. */
export function compare(costs: Readonly<Record<Approach, ApproachCost>>, measured: Measurement | null): Comparison {
	return eachApproach((approach) => row(approach, costs[approach], measured));
}

function row(approach: Approach, cost: ApproachCost, measured: Measurement | null): Record<Aspect, Cell> {
	const found = measured?.systems[approach];
	const cells = Object.fromEntries(
		Object.entries(known[approach]).map(([aspect, text]) => [aspect, { text, basis: 'prior' }]),
	) as Record<Aspect, Cell>;
	cells.cost = {
		text: `${dollars(cost.onceUsd.likely)} to start, ${dollars(cost.monthlyUsd.likely)} a month`,
		basis: 'prior',
	};
	if (found === undefined) return cells;
	if (found.quality !== null) {
		const { mean, low, high } = found.quality;
		cells.accuracy = { text: `${share(mean)} (${share(low)}–${share(high)})`, basis: 'measured' };
	}
	if (found.p50Ms !== null) cells.latency = { text: `${count(found.p50Ms)} ms, median`, basis: 'measured' };
	if (found.costUsd !== null) cells.cost = { text: `${dollars(found.costUsd)} an answer`, basis: 'measured' };
	return cells;
}

function share(value: number): string {
	return value.toFixed(3).replace(/^0/, '');
}
