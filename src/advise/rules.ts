import type { Condition } from './condition.ts';
import { requirements } from './requirements.ts';

export const verdicts = ['none', 'few-shot', 'retrieval', 'fix-retrieval', 'tuning', 'both'] as const;

export type Verdict = (typeof verdicts)[number];

/** One way out of a rule. */
export type Branch = {
	/** Another rule's id, or the verdict. */
	readonly to: string;
	readonly reason: string;
	/** How well established the reason is: the share of such cases in which we would expect it to hold. */
	readonly strength: number;
	/** A measurement that settles it: its reason is added, and the strength becomes `measuredStrength`. */
	readonly settledBy?: Settlement;
};

type Settlement = { readonly id: string; readonly when: Condition; readonly reason: string; readonly source: string };

/** Of a branch that a measurement has settled. */
export const measuredStrength = 0.95;

const gain: Settlement = {
	id: 'measured-gain',
	when: { field: 'tuningGain', is: 'gain' },
	reason: 'It was measured: the tuned system is better than the same one untuned.',
	source: 'the report of `knowhow evaluate`',
};

/** A question of the decision tree. */
export type Rule = {
	readonly id: string;
	/** Asked of the situation; drawn in the tree. */
	readonly question: string;
	readonly when: Condition;
	readonly yes: Branch;
	readonly no: Branch;
	readonly source: string;
};

const ovadia = 'Ovadia et al. 2024, arXiv 2312.05934, table 2';
const raft = 'Zhang et al. 2024 (RAFT), arXiv 2403.10131, table 1';
const openaiGuide = 'https://developers.openai.com/docs/guides/distillation';

const needsFacts: Condition = {
	any: [
		{ field: 'problem', is: ['facts', 'both'] },
		{ field: 'citations', is: true },
	],
};

const isReady: Condition = { all: requirements.map(({ when }) => when) };

/** The decision tree. The first rule is its root. */
export const rules: readonly Rule[] = [
	{
		id: 'works-already',
		question: 'Do the answers already serve?',
		when: { field: 'problem', is: 'none' },
		yes: {
			to: 'none',
			reason: 'The model as it is serves already: anything added costs money and can only lose.',
			strength: 0.95,
		},
		no: { to: 'closed-site', reason: 'Something is missing in the model’s answers.', strength: 1 },
		source: 'nothing to gain',
	},
	{
		id: 'closed-site',
		question: 'Is looking things up impossible?',
		when: { field: 'closedSite', is: true },
		yes: {
			to: 'facts-fit-weights',
			reason: 'Nothing can be looked up while answering, so retrieval is out.',
			strength: 0.9,
		},
		no: { to: 'weak-retrieval', reason: 'Documents can be looked up while answering.', strength: 1 },
		source: 'the situation',
	},
	{
		id: 'facts-fit-weights',
		question: 'Does it need facts that no weights can hold?',
		when: {
			all: [
				needsFacts,
				{
					any: [
						{ field: 'changeRate', atLeast: 'weekly' },
						{ field: 'citations', is: true },
						{ field: 'outOfWeights', is: true },
					],
				},
			],
		},
		yes: {
			to: 'none',
			reason:
				'Nothing fits: facts that change every week, must be cited or must stay out of weights need looking up, and that is impossible here. Carry a copy of the index to the site (it is one folder and runs in the same process), or drop the demand.',
			strength: 0.9,
		},
		no: {
			to: 'ready-instead',
			reason: 'What is needed keeps still long enough to be learnt and relearnt.',
			strength: 0.8,
		},
		source: ovadia,
	},
	{
		id: 'ready-instead',
		question: 'Can it be tuned?',
		when: isReady,
		yes: {
			to: 'tuning',
			reason: 'Behaviour, and facts that keep still, can be learnt from the examples at hand.',
			strength: 0.8,
			settledBy: gain,
		},
		no: {
			to: 'few-shot',
			reason: 'It cannot be tuned yet: put instructions, examples and the few facts into the prompt.',
			strength: 0.85,
		},
		source: raft,
	},
	{
		id: 'weak-retrieval',
		question: 'Is the retrieval in place weak?',
		when: { field: 'retrieval', is: 'weak' },
		yes: {
			to: 'fix-retrieval',
			reason:
				'Fix retrieval before anything: no model answers from a passage it was not given, and tuning on wrong passages teaches guessing.',
			strength: 0.95,
		},
		no: { to: 'needs-documents', reason: 'No weak retrieval stands in the way.', strength: 1 },
		source: 'docs/evaluate.md: recall is the most that any answer can reach',
	},
	{
		id: 'needs-documents',
		question: 'Must answers rest on facts from documents?',
		when: needsFacts,
		yes: {
			to: 'facts-change',
			reason: 'It is a knowledge problem: facts, or sources to be shown, come from documents.',
			strength: 0.95,
		},
		no: {
			to: 'ready-for-behaviour',
			reason: 'It is a behaviour problem: what the model does, not what it knows.',
			strength: 0.95,
		},
		source: `${ovadia}: retrieval .875, tuning on the same facts .504 (Mistral-7B, current events)`,
	},
	{
		id: 'ready-for-behaviour',
		question: 'Can it be tuned?',
		when: isReady,
		yes: {
			to: 'tuning',
			reason: 'Behaviour with enough good examples and a way to judge: tune.',
			strength: 0.85,
			settledBy: gain,
		},
		no: {
			to: 'few-shot',
			reason: 'Examples in the prompt first (few-shot); collect and judge; then tune.',
			strength: 0.9,
		},
		source: openaiGuide,
	},
	{
		id: 'facts-change',
		question: 'Do facts change, need sources or stay out of weights?',
		when: {
			any: [
				{ field: 'changeRate', atLeast: 'quarterly' },
				{ field: 'citations', is: true },
				{ field: 'outOfWeights', is: true },
			],
		},
		yes: {
			to: 'behaviour-too',
			reason: 'Facts that change, must be cited or must be erasable are never baked into weights: they are looked up.',
			strength: 0.95,
		},
		no: { to: 'no-time-to-look-up', reason: 'The facts keep still and need no citation.', strength: 1 },
		source: `${ovadia}; a tuned model cannot quote`,
	},
	{
		id: 'no-time-to-look-up',
		question: 'Under 300 ms at 10,000 queries a day or more?',
		when: {
			all: [
				{ field: 'latencyMs', below: 300 },
				{ field: 'queriesPerDay', atLeast: 10_000 },
			],
		},
		yes: {
			to: 'ready-for-speed',
			reason: 'Static, high-volume and bound by latency: a longer prompt on each query is what cannot be afforded.',
			strength: 0.7,
		},
		no: { to: 'behaviour-too', reason: 'There is time to read a few passages for each answer.', strength: 0.95 },
		source: 'published: retrieval-latency, tuned-latency, break-even-volume',
	},
	{
		id: 'ready-for-speed',
		question: 'Can it be tuned?',
		when: isReady,
		yes: {
			to: 'tuning',
			reason: 'The facts keep still and the examples are there: a tuned model answers from a short prompt.',
			strength: 0.7,
			settledBy: gain,
		},
		no: {
			to: 'retrieval',
			reason: 'It cannot be tuned yet: retrieval serves now, with fewer and shorter passages.',
			strength: 0.8,
		},
		source: 'published: tuned-latency',
	},
	{
		id: 'behaviour-too',
		question: 'Is behaviour a problem, too?',
		when: { field: 'problem', is: ['behaviour', 'both'] },
		yes: {
			to: 'ready-for-both',
			reason: 'Facts from documents and behaviour from examples are two problems with two remedies.',
			strength: 0.9,
		},
		no: {
			to: 'retrieval',
			reason: 'Facts only: retrieval answers from the documents as they are now, with quotes.',
			strength: 0.95,
		},
		source: ovadia,
	},
	{
		id: 'ready-for-both',
		question: 'Can it be tuned?',
		when: isReady,
		yes: {
			to: 'both',
			reason:
				'Retrieval for the facts, tuning for the behaviour, trained on the very passages it will be served. Contested: done naïvely, tuning made retrieval worse in more than half of the published cells, so measure it.',
			strength: 0.7,
			settledBy: gain,
		},
		no: {
			to: 'retrieval',
			reason: 'Retrieval now, the behaviour by examples in the prompt; tune when the rest is there.',
			strength: 0.9,
		},
		source: `${raft}: 73.3 trained on passages, 71.6 not; ${ovadia}: .810 tuned with retrieval, .875 with retrieval alone`,
	},
];
