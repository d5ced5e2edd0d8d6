import { z } from 'zod';
import { prices } from '../core/prices.ts';
import { type Band, type PriorId, priorIds } from './priors.ts';

/** How often the facts of a typical document change, slowest first. */
export const changeRates = ['never', 'yearly', 'quarterly', 'monthly', 'weekly', 'daily', 'hourly'] as const;

const tasks = ['questions', 'classification', 'extraction', 'writing', 'code', 'dialogue'] as const;
const behaviours = ['format', 'tone', 'vocabulary', 'skill'] as const;

const dollars = z.number().min(0).max(1e9);
const bandSchema = z
	.union([dollars, z.strictObject({ low: dollars, likely: dollars, high: dollars })])
	.transform((value): Band => (typeof value === 'number' ? { low: value, likely: value, high: value } : value))
	.refine(({ low, likely, high }) => low <= likely && likely <= high, 'low ≤ likely ≤ high must hold');

/**
 * What the advisor is told. Every field has a default, so that a few answers are enough; what was not told lowers the
 * confidence. `question` is what the interview asks; a field without one is for flags and files.
 */
export const situationSchema = z.strictObject({
	problem: z
		.enum(['facts', 'behaviour', 'both', 'none'])
		.default('facts')
		.describe(
			'What the model lacks: facts it does not know, a behaviour (format, tone, vocabulary, skill), both, or none.',
		)
		.meta({ question: 'What is wrong with the model’s answers today?' }),
	behaviours: z
		.array(z.enum(behaviours))
		.default([])
		.describe('Which behaviour: format, tone, vocabulary, skill.')
		.meta({ question: 'Which behaviour, if any?' }),
	task: z
		.enum(tasks)
		.default('questions')
		.describe(
			'What the system does; classes and fields are learnt by small models in seconds, the rest by a language model.',
		)
		.meta({ question: 'What does the system do?' }),
	changeRate: z
		.enum(changeRates)
		.default('monthly')
		.describe('How often the facts of a typical document change.')
		.meta({ question: 'How often do the facts in a typical document change?' }),
	citations: z
		.boolean()
		.default(false)
		.describe('Answers must show their sources, for readers or for an audit.')
		.meta({ question: 'Must answers show their sources?' }),
	examples: z
		.int()
		.min(0)
		.max(1e9)
		.default(0)
		.describe('Labelled good examples at hand: an input and the answer you want.')
		.meta({ question: 'How many labelled good examples do you have?' }),
	exampleSource: z
		.enum(['people', 'mixed', 'synthetic'])
		.default('people')
		.describe('Who wrote the examples: people, a model, or both.'),
	evaluationSet: z
		.boolean()
		.default(false)
		.describe('There are questions with known right answers, held out from every example, to judge a system by.')
		.meta({ question: 'Do you have a set of questions with right answers to judge by?' }),
	queriesPerDay: z
		.int()
		.min(0)
		.max(1e9)
		.default(500)
		.describe('Queries a day.')
		.meta({ question: 'How many queries a day?' }),
	latencyMs: z
		.int()
		.min(1)
		.max(1e7)
		.default(5000)
		.describe('Milliseconds within which a whole answer must be there.')
		.meta({ question: 'Within how many milliseconds must an answer be there?' }),
	budgetUsd: z
		.int()
		.min(0)
		.max(1e9)
		.default(10_000)
		.describe('US dollars to spend before the first user is served.')
		.meta({ question: 'How many US dollars may be spent before the first user is served?' }),
	deadlineDays: z
		.int()
		.min(0)
		.max(10_000)
		.default(60)
		.describe('Days until it must serve.')
		.meta({ question: 'In how many days must it serve?' }),
	outOfWeights: z
		.boolean()
		.default(false)
		.describe(
			'The examples or documents hold data that must not end up in a model’s weights (personal, secret, erasable).',
		)
		.meta({ question: 'Is there data that must stay out of a model’s weights?' }),
	closedSite: z
		.boolean()
		.default(false)
		.describe('Nothing can be looked up while answering, not even in an index on the same machine.')
		.meta({ question: 'Is it a closed site where nothing can be looked up while answering?' }),
	hosting: z
		.enum(['hosted', 'own'])
		.default('hosted')
		.describe('Where the language model may run: at a provider, or on your own machines only.')
		.meta({ question: 'May a provider run the language model, or your own machines only?' }),
	skills: z
		.enum(['none', 'developers', 'ml'])
		.default('developers')
		.describe('Who builds and keeps it: nobody yet, developers, people who have trained models.')
		.meta({ question: 'Who builds and keeps it?' }),
	languages: z
		.array(z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]+)*$/, 'must be a language code such as en or pt-BR'))
		.min(1)
		.default(['en'])
		.describe('Languages of the answers, as codes.')
		.meta({ question: 'Which languages?' }),
	promptTokens: z
		.int()
		.min(0)
		.max(1e6)
		.default(200)
		.describe('Tokens of instructions in each prompt today, examples not counted.')
		.meta({ question: 'How many tokens of instructions does each prompt carry?' }),
	retrieval: z
		.enum(['none', 'weak', 'good'])
		.default('none')
		.describe(
			'Retrieval in place: none yet; weak (the right passage is not among the hits for a fifth of the questions or more); good.',
		)
		.meta({ question: 'Is there retrieval already, and does it find the right passage?' }),
	plan: z
		.enum(['undecided', 'retrieval', 'tuning', 'both'])
		.default('undecided')
		.describe('What the team means to do, so that the advisor can object.')
		.meta({ question: 'What do you mean to do?' }),
	tuningGain: z
		.enum(['unknown', 'none', 'gain'])
		.default('unknown')
		.describe(
			'What a measurement says: a tuned system is better than the same one untuned (gain), or not (none). Read from --report.',
		),
	passages: z.int().min(1).max(1000).default(4).describe('Passages that a prompt carries with retrieval.'),
	documents: z.int().min(0).max(1e9).default(500).describe('Documents.'),
	documentTokens: z.int().min(1).max(1e7).default(1000).describe('Tokens of a typical document.'),
	answerTokens: z.int().min(1).max(1e6).default(200).describe('Tokens of a typical answer.'),
	model: z
		.enum(prices.map(({ model }) => model))
		.default('openai/gpt-5.6-luna')
		.describe('The language model whose list price is counted; not used with "hosting": "own".'),
	horizonMonths: z.int().min(1).max(120).default(12).describe('Months over which costs are added up.'),
	prices: z
		.partialRecord(z.enum(priorIds as [PriorId, ...PriorId[]]), bandSchema)
		.default({})
		.describe('Your own values for priors of docs/advise.md: a number, or {"low", "likely", "high"}.'),
});

export type Situation = Readonly<z.infer<typeof situationSchema>>;

/** As a file or a program gives it: every field may be absent. */
export type SituationInput = z.input<typeof situationSchema>;

export type Field = keyof Situation;
