import { type Condition, holds } from './condition.ts';
import type { Verdict } from './rules.ts';
import type { Situation } from './situation.ts';

/** One step of the time plan, in working days. */
export type PlanStep = {
	readonly step: string;
	readonly daysLow: number;
	readonly daysHigh: number;
	/** Ready to be typed; null where people work. */
	readonly command: string | null;
};

/** The next cheapest thing that would tell something. */
export type Experiment = {
	readonly command: string;
	readonly why: string;
	/** What it costs, in words. */
	readonly cost: string;
};

type For<T> = T & { readonly when?: Condition; readonly verdicts?: readonly Verdict[] };

const noEvaluationSet: Condition = { field: 'evaluationSet', is: false };
const evaluationSet: Condition = { field: 'evaluationSet', is: true };
const classes: Condition = { field: 'task', is: 'classification' };
const fields: Condition = { field: 'task', is: 'extraction' };
const withRetrieval: readonly Verdict[] = ['retrieval', 'both'];
const withTuning: readonly Verdict[] = ['tuning', 'both'];

/** Stand for the language model of the situation, and for what examples of its task are to teach. */
const [model, goal] = ['MODEL', 'GOAL'];

const ask = 'knowhow ingest ./docs && knowhow ask "a question that your users ask"';
const checkExamples = `knowhow collect --check examples.jsonl --goal ${goal}`;
const router = 'knowhow train router --data examples.jsonl';
const extractor = 'knowhow train extractor --data examples.jsonl';
const few = `knowhow evaluate --data questions.jsonl --systems base,few-shot --examples examples.jsonl --model ${model} --max-cost 2`;
const three = `knowhow evaluate --data questions.jsonl --systems base,few-shot,rag --examples examples.jsonl --model ${model} --max-cost 2`;

const steps: readonly For<PlanStep>[] = [
	{
		step: 'Watch what users ask for a month; look again.',
		daysLow: 20,
		daysHigh: 30,
		command: null,
		verdicts: ['none'],
	},
	{
		step: 'Write 100 real questions with right answers; hold them out.',
		daysLow: 1,
		daysHigh: 5,
		command: 'knowhow collect --check questions.jsonl --goal evaluation',
		when: noEvaluationSet,
		verdicts: ['few-shot', 'retrieval', 'fix-retrieval', 'tuning', 'both'],
	},
	{ step: 'Read the documents.', daysLow: 0.1, daysHigh: 1, command: 'knowhow ingest ./docs', verdicts: withRetrieval },
	{
		step: 'Look at the questions whose passage is not found: words that differ, chunks that cut, documents that are missing.',
		daysLow: 1,
		daysHigh: 5,
		command: 'knowhow search "the words of a question that failed" -k 20',
		verdicts: ['fix-retrieval'],
	},
	{
		step: 'Measure what is found and what is answered.',
		daysLow: 0.5,
		daysHigh: 2,
		command: 'knowhow evaluate --data questions.jsonl',
		verdicts: ['retrieval', 'fix-retrieval', 'both'],
	},
	{
		step: 'Write instructions with three to ten examples; measure them.',
		daysLow: 1,
		daysHigh: 5,
		command: few,
		verdicts: ['few-shot', 'tuning', 'both'],
	},
	{
		step: 'Serve a few users; collect their ratings and corrections.',
		daysLow: 5,
		daysHigh: 20,
		command: `knowhow collect --name answers --goal ${goal}`,
		verdicts: ['few-shot', 'retrieval', 'both'],
	},
	{ step: 'Check and divide the examples.', daysLow: 1, daysHigh: 10, command: checkExamples, verdicts: withTuning },
	{
		step: 'Train, and judge beside the cheaper systems.',
		daysLow: 3,
		daysHigh: 15,
		command: null,
		when: { not: { any: [classes, fields] } },
		verdicts: withTuning,
	},
	{
		step: 'Train the small model, and judge it.',
		daysLow: 0.1,
		daysHigh: 1,
		command: router,
		when: classes,
		verdicts: withTuning,
	},
	{
		step: 'Train the small model, and judge it.',
		daysLow: 0.1,
		daysHigh: 1,
		command: extractor,
		when: fields,
		verdicts: withTuning,
	},
	{
		step: 'Serve a share of the users; keep the way back.',
		daysLow: 3,
		daysHigh: 10,
		command: null,
		verdicts: withTuning,
	},
];

/** The first one that fits. */
const experiments: readonly For<Experiment>[] = [
	{
		verdicts: ['fix-retrieval'],
		when: evaluationSet,
		command: 'knowhow evaluate --data questions.jsonl --metric evidenceRecall',
		why: 'Lists the questions whose evidence is not among the first five hits: these are to be fixed.',
		cost: 'minutes, no money',
	},
	{
		verdicts: withRetrieval,
		when: {
			all: [evaluationSet, { field: 'tuningGain', is: 'unknown' }, { field: 'problem', is: ['behaviour', 'both'] }],
		},
		command: three,
		why: 'Shows how much of the problem retrieval and examples in the prompt solve: what is left is the most that tuning can gain.',
		cost: 'an hour, two dollars at most',
	},
	{
		verdicts: withRetrieval,
		when: evaluationSet,
		command: 'knowhow ingest ./docs && knowhow evaluate --data questions.jsonl',
		why: 'Retrieval alone, with no model and no key, on your own questions: the bar for anything dearer.',
		cost: 'minutes, no money',
	},
	{
		verdicts: ['tuning'],
		when: classes,
		command: router,
		why: 'Learns the classes on this machine and holds out a part to measure: the quickest way to a number.',
		cost: 'seconds, no money',
	},
	{
		verdicts: ['tuning'],
		when: fields,
		command: extractor,
		why: 'Learns the fields on this machine and measures what it finds: the quickest way to a number.',
		cost: 'seconds to a minute, no money',
	},
	{
		verdicts: ['tuning', 'few-shot'],
		when: {
			all: [
				{ field: 'promptTokens', atLeast: 1500 },
				{ field: 'examples', below: 200 },
			],
		},
		command: `knowhow collect --record --model ${model} --prompts prompts.jsonl --out recorded.jsonl`,
		why: 'The long prompt writes the examples for its own replacement: record what the model answers with it.',
		cost: 'an hour, the tokens of a few hundred answers',
	},
	{
		verdicts: ['tuning', 'few-shot'],
		when: { all: [evaluationSet, { field: 'examples', atLeast: 10 }] },
		command: few,
		why: 'Examples in the prompt are the bar that tuning must clear.',
		cost: 'an hour, two dollars at most',
	},
	{
		verdicts: ['tuning', 'few-shot'],
		when: { field: 'examples', atLeast: 10 },
		command: checkExamples,
		why: 'Finds what is wrong with the examples before anything is spent on them.',
		cost: 'seconds, no money',
	},
	{
		command: ask,
		why: 'With no model and no key: how much of the problem is gone is the bar for anything dearer.',
		cost: 'minutes, no money',
	},
];

/** The steps to the verdict, in order. */
export function planOf(situation: Situation, verdict: Verdict): PlanStep[] {
	return fitting(steps, situation, verdict).map(({ step, daysLow, daysHigh, command }) => ({
		step,
		daysLow,
		daysHigh,
		command: command === null ? null : filled(command, situation),
	}));
}

export function nextExperimentOf(situation: Situation, verdict: Verdict): Experiment {
	const { command, why, cost } = fitting(experiments, situation, verdict)[0] as Experiment;
	return { command: filled(command, situation), why, cost };
}

/** Every command that the advisor may name, before names are filled in. */
export const namedCommands: readonly string[] = [...steps, ...experiments].flatMap(({ command }) => command ?? []);

function filled(command: string, { hosting, model: name, task }: Situation): string {
	const goals: Partial<Record<Situation['task'], string>> = { classification: 'router', extraction: 'extractor' };
	return command
		.replace(model, hosting === 'own' ? 'http://localhost:11434/v1#llama3.2' : name)
		.replace(goal, goals[task] ?? 'generator');
}

function fitting<T>(all: readonly For<T>[], situation: Situation, verdict: Verdict): T[] {
	return all.filter(
		({ when, verdicts }) => (verdicts?.includes(verdict) ?? true) && (when === undefined || holds(when, situation)),
	);
}
