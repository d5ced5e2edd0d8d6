import { type Condition, holds } from './condition.ts';
import type { Verdict } from './rules.ts';
import type { Situation } from './situation.ts';

/** A mistake that the situation leads to, and what to do instead. */
export type Mistake = {
	readonly mistake: string;
	readonly text: string;
	readonly instead: string;
	readonly source: string;
};

type Warning = Mistake & {
	readonly when: Condition;
	/** Absent: whatever the verdict. */
	readonly verdicts?: readonly Verdict[];
};

const always: Condition = { all: [] };
const plansTuning: Condition = { field: 'plan', is: ['tuning', 'both'] };
const withTuning: readonly Verdict[] = ['tuning', 'both'];
const withRetrieval: readonly Verdict[] = ['retrieval', 'fix-retrieval', 'both'];

const warnings: readonly Warning[] = [
	{
		mistake: 'tuning-for-facts',
		when: {
			all: [
				{ field: 'plan', is: 'tuning' },
				{ field: 'problem', is: ['facts', 'both'] },
			],
		},
		verdicts: ['none', 'few-shot', 'retrieval', 'fix-retrieval', 'both'],
		text: 'Tuning for facts: the model learns to sound like the documents, repeats what was true at training time, and cannot say where it read it.',
		instead: 'Look facts up; tune behaviour.',
		source: 'Ovadia et al. 2024, arXiv 2312.05934: .504 tuned, .875 with retrieval',
	},
	{
		mistake: 'retrieval-for-behaviour',
		when: {
			all: [
				{ field: 'plan', is: 'retrieval' },
				{ field: 'problem', is: 'behaviour' },
			],
		},
		text: 'Retrieval for behaviour: passages say what, not how; the tone and format of the answers will not change.',
		instead: 'Examples in the prompt, then tuning.',
		source: 'the rule needs-documents',
	},
	{
		mistake: 'synthetic-only-data',
		when: {
			all: [{ field: 'exampleSource', is: 'synthetic' }, { any: [plansTuning, { field: 'examples', atLeast: 1 }] }],
		},
		text: 'Synthetic examples only: generated questions copy the words of their passage, so gains look large on more of the same and vanish on real users’ words.',
		instead: 'Judge on questions that people asked, and mix in some hundred of them.',
		source:
			'On the Lyft/Uber set with generated questions plain BM25 (hit@5 .901) beats the tuned embedder (.844), docs/log.md',
	},
	{
		mistake: 'mediocre-passages',
		when: { field: 'passages', atLeast: 8 },
		verdicts: withRetrieval,
		text: 'Many mediocre passages: the tenth hit seldom answers, often distracts, and every query pays for its tokens.',
		instead: 'Four good ones: rerank, remove near-duplicates, and measure recall before raising the number.',
		source: 'ALCE, arXiv 2305.14627: GPT-4 with 20 passages instead of 5 gains 3 points, at four times the tokens',
	},
	{
		mistake: 'no-evaluation-set',
		when: { field: 'evaluationSet', is: false },
		verdicts: ['few-shot', 'retrieval', 'fix-retrieval', 'tuning', 'both'],
		text: 'No evaluation set: every later change will be judged by the last answer somebody happened to see.',
		instead: 'Write down 100 real questions with right answers before building anything.',
		source: 'https://developers.openai.com/docs/guides/distillation',
	},
	{
		mistake: 'too-few-examples',
		when: { all: [plansTuning, { field: 'examples', below: 200 }] },
		text: 'Tuning on too few examples: it learns these answers by heart.',
		instead: 'Use the best ones in the prompt; collect corrections until there are some hundred.',
		source: 'published: examples',
	},
	{
		mistake: 'secrets-in-weights',
		when: { all: [plansTuning, { field: 'outOfWeights', is: true }] },
		text: 'Secrets or persons in weights: a model repeats them to whoever asks well, and nothing can be erased from it.',
		instead: 'Keep such data in the index, behind access rights; strip it from examples.',
		source: 'the requirement data-may-be-learnt',
	},
	{
		mistake: 'tuned-without-passages',
		when: always,
		verdicts: ['both'],
		text: 'Tuning without passages and serving with them: the model learns to ignore what it is given.',
		instead: 'Train on the passages that retrieval finds, with distractors, and some rows without the right one.',
		source: 'RAFT, arXiv 2403.10131: tuned closed-book .611, the same with passages .426 (HuggingFace)',
	},
	{
		mistake: 'no-cheaper-baseline',
		when: { field: 'tuningGain', is: 'unknown' },
		verdicts: withTuning,
		text: 'No cheaper system beside it: without few-shot and plain retrieval on the same questions the gain of tuning is a belief.',
		instead: 'Evaluate base, few-shot, rag, tuned and rag+tuned together, with intervals.',
		source: 'docs/evaluate.md',
	},
	{
		mistake: 'facts-grow-stale',
		when: {
			all: [
				{ field: 'problem', is: ['facts', 'both'] },
				{ field: 'changeRate', atLeast: 'yearly' },
			],
		},
		verdicts: ['tuning'],
		text: 'Facts in weights grow stale without a sign.',
		instead: 'Retrain at the documents’ change rate; the cost curves count it.',
		source: 'the cost model, docs/advise.md',
	},
	{
		mistake: 'english-embedder',
		when: { field: 'languages', hasOtherThan: 'en' },
		verdicts: withRetrieval,
		text: 'An English embedder under other languages: vectors of a language it was not trained on are near to nothing.',
		instead: 'Name a multilingual embedder in knowhow.json, or search by keywords.',
		source: 'docs/search.md',
	},
	{
		mistake: 'service-that-ends',
		when: { field: 'hosting', is: 'hosted' },
		verdicts: withTuning,
		text: 'A tuned model at a provider that stops tuning: OpenAI’s platform takes no new users and is being wound down.',
		instead: 'Keep dataset, recipe and an open base model, so that the model can be made again elsewhere.',
		source: 'https://developers.openai.com/api/docs/guides/fine-tuning-best-practices.md',
	},
	{
		mistake: 'nobody-to-keep-it',
		when: { field: 'skills', is: 'none' },
		verdicts: withTuning,
		text: 'Nobody keeps it: a tuned model that nobody retrains is worse after a year than a prompt.',
		instead: 'Name who retrains and who judges before the first run.',
		source: 'judgement',
	},
	{
		mistake: 'blamed-retrieval-for-latency',
		when: { field: 'latencyMs', below: 600 },
		verdicts: withRetrieval,
		text: 'Blaming the search for the time: a search over 100,000 passages takes 5 ms here; what takes time is the language model reading longer prompts.',
		instead: 'Fewer and shorter passages; measure both parts.',
		source: 'docs/benchmarks.md; published: retrieval-latency says 100–500 ms',
	},
];

/** The mistakes that this situation and verdict lead to. */
export function mistakesOf(situation: Situation, verdict: Verdict): Mistake[] {
	return warnings
		.filter(({ when, verdicts }) => (verdicts?.includes(verdict) ?? true) && holds(when, situation))
		.map(({ mistake, text, instead, source }) => ({ mistake, text, instead, source }));
}
