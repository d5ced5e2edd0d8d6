import type { Condition } from './condition.ts';

/** What tuning needs before it is worth a try. The first one missing is not the last: all that are missing become reasons. */
export type Requirement = {
	readonly id: string;
	readonly label: string;
	readonly when: Condition;
	readonly missing: string;
	readonly source: string;
};

const openaiGuide = 'https://developers.openai.com/docs/guides/distillation';

/** Classes and fields are learnt by small models in this process: seconds of a processor, no language model involved. */
const isSmallModelTask: Condition = { field: 'task', is: ['classification', 'extraction'] };

/** A long prompt under heavy use writes its own examples: its logged answers. */
const isLongPromptAtVolume: Condition = {
	all: [
		{ field: 'promptTokens', atLeast: 1500 },
		{ field: 'queriesPerDay', atLeast: 30_000 },
	],
};

export const requirements: readonly Requirement[] = [
	{
		id: 'enough-examples',
		label: 'enough good examples',
		when: {
			any: [
				{ field: 'examples', atLeast: 500 },
				{ all: [isSmallModelTask, { field: 'examples', atLeast: 200 }] },
				isLongPromptAtVolume,
			],
		},
		missing:
			'Too few good examples to tune on (200 for classes and fields, 500 for a language model): show the best ones in the prompt (few-shot), collect what users correct, then tune.',
		source: `published: examples; ${openaiGuide}`,
	},
	{
		id: 'evaluation-set',
		label: 'an evaluation set',
		when: { field: 'evaluationSet', is: true },
		missing:
			'Without an evaluation set nobody can tell whether a tuned model is better: hold out at least 100 questions first.',
		source: `“Good evals first”: ${openaiGuide}`,
	},
	{
		id: 'data-may-be-learnt',
		label: 'data that may be learnt',
		when: { field: 'outOfWeights', is: false },
		missing:
			'Data that must stay out of weights cannot be trained on: a document can be erased from an index, not from a model.',
		source: 'docs/store.md, deleting',
	},
	{
		id: 'enough-time',
		label: 'two weeks or more to go',
		when: { any: [isSmallModelTask, { field: 'deadlineDays', atLeast: 14 }] },
		missing: 'Less than two weeks are left; a tuned language model takes weeks, a prompt or an index days.',
		source: 'published: tuning-time',
	},
	{
		id: 'enough-money',
		label: 'money for a run',
		when: { any: [isSmallModelTask, { field: 'budgetUsd', atLeast: 500 }] },
		missing: 'The budget is below the cheapest published tuning run that counts data and people ($500).',
		source: 'published: tuning-run',
	},
	{
		id: 'no-measured-loss',
		label: 'no measurement against it',
		when: { not: { field: 'tuningGain', is: 'none' } },
		missing: 'It was measured: tuning gained nothing over the same system untuned.',
		source: 'the report of `knowhow evaluate`',
	},
];
