import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { advise } from './advise.ts';
import type { Verdict } from './rules.ts';
import { type Field, type SituationInput, situationSchema } from './situation.ts';

type Case = readonly [name: string, situation: SituationInput, verdict: Verdict];

/** Ready to be tuned: examples and a way to judge. */
const ready = { examples: 2000, evaluationSet: true } as const;

/** The cases that the documentation promises a verdict for. */
const cases: readonly Case[] = [
	['FAQ and manual support', { problem: 'facts', changeRate: 'monthly', citations: true }, 'retrieval'],
	['pricing that changes', { problem: 'facts', changeRate: 'daily', ...ready }, 'retrieval'],
	[
		'a catalogue that changes',
		{ problem: 'facts', changeRate: 'weekly', queriesPerDay: 100_000, latencyMs: 250, ...ready },
		'retrieval',
	],
	['current statutes', { problem: 'facts', changeRate: 'quarterly', citations: true, ...ready }, 'retrieval'],
	[
		'clinical guidelines',
		{ problem: 'facts', changeRate: 'yearly', citations: true, hosting: 'own', ...ready },
		'retrieval',
	],
	['news', { problem: 'facts', changeRate: 'hourly', ...ready }, 'retrieval'],
	['data that must stay out of weights', { problem: 'both', outOfWeights: true, ...ready }, 'retrieval'],
	[
		'the same, static, fast and at volume',
		{ problem: 'facts', changeRate: 'never', outOfWeights: true, latencyMs: 100, queriesPerDay: 50_000, ...ready },
		'retrieval',
	],
	['small data', { problem: 'both', documents: 30, examples: 40, evaluationSet: true }, 'retrieval'],
	['start this week', { problem: 'both', deadlineDays: 5, ...ready }, 'retrieval'],

	['house code conventions', { problem: 'behaviour', behaviours: ['format'], task: 'code', ...ready }, 'tuning'],
	['legal phrasing', { problem: 'behaviour', behaviours: ['tone', 'vocabulary'], task: 'writing', ...ready }, 'tuning'],
	[
		'medical phrasing',
		{ problem: 'behaviour', behaviours: ['vocabulary'], task: 'writing', hosting: 'own', ...ready },
		'tuning',
	],
	[
		'ticket classes',
		{
			problem: 'behaviour',
			behaviours: ['skill'],
			task: 'classification',
			examples: 400,
			evaluationSet: true,
			deadlineDays: 3,
			budgetUsd: 100,
		},
		'tuning',
	],
	[
		'entity extraction',
		{ problem: 'behaviour', behaviours: ['skill'], task: 'extraction', examples: 300, evaluationSet: true },
		'tuning',
	],
	['strict JSON', { problem: 'behaviour', behaviours: ['format'], task: 'extraction', ...ready }, 'tuning'],
	['a strict note format', { problem: 'behaviour', behaviours: ['format'], task: 'writing', ...ready }, 'tuning'],
	[
		'static, high-volume, latency-bound',
		{ problem: 'facts', changeRate: 'never', queriesPerDay: 100_000, latencyMs: 200, ...ready },
		'tuning',
	],
	[
		'static behaviour, high-volume, latency-bound',
		{ problem: 'behaviour', changeRate: 'never', queriesPerDay: 100_000, latencyMs: 200, ...ready },
		'tuning',
	],
	[
		'a closed site where retrieval is impossible',
		{ problem: 'facts', changeRate: 'yearly', closedSite: true, hosting: 'own', ...ready },
		'tuning',
	],
	['the same for behaviour', { problem: 'behaviour', closedSite: true, ...ready }, 'tuning'],
	[
		'non-English dialogue style',
		{ problem: 'behaviour', behaviours: ['tone'], task: 'dialogue', languages: ['de', 'tr'], ...ready },
		'tuning',
	],
	['company-specific processes', { problem: 'behaviour', behaviours: ['skill'], task: 'dialogue', ...ready }, 'tuning'],
	[
		'a 2,000-token system prompt at millions of requests',
		{ problem: 'behaviour', promptTokens: 2000, queriesPerDay: 100_000, evaluationSet: true },
		'tuning',
	],

	[
		'fintech facts and compliance tone',
		{ problem: 'both', behaviours: ['tone'], changeRate: 'weekly', citations: true, ...ready },
		'both',
	],
	[
		'medical style and current guidance',
		{ problem: 'both', behaviours: ['format'], changeRate: 'quarterly', task: 'writing', ...ready },
		'both',
	],
	[
		'case-law method and case law',
		{ problem: 'both', behaviours: ['skill'], changeRate: 'weekly', citations: true, task: 'writing', ...ready },
		'both',
	],
	['a tuned behaviour that must be audited', { problem: 'behaviour', citations: true, ...ready }, 'both'],

	['product prices by tuning', { problem: 'facts', plan: 'tuning', changeRate: 'weekly', ...ready }, 'retrieval'],
	[
		'under a few hundred examples',
		{ problem: 'behaviour', plan: 'tuning', examples: 150, evaluationSet: true },
		'few-shot',
	],
	[
		'ticket classes with too few examples',
		{ problem: 'behaviour', task: 'classification', plan: 'tuning', examples: 150, evaluationSet: true },
		'few-shot',
	],
	['no evaluation set', { problem: 'behaviour', plan: 'tuning', examples: 5000, evaluationSet: false }, 'few-shot'],
	[
		'both, without an evaluation set',
		{ problem: 'both', plan: 'both', examples: 5000, evaluationSet: false },
		'retrieval',
	],

	['weak retrieval before anything', { problem: 'both', retrieval: 'weak', ...ready }, 'fix-retrieval'],
	[
		'weak retrieval, and a plan to tune',
		{ problem: 'behaviour', retrieval: 'weak', plan: 'tuning', ...ready },
		'fix-retrieval',
	],
	['tuning that was measured to gain nothing', { problem: 'behaviour', tuningGain: 'none', ...ready }, 'few-shot'],
	['nothing is wrong', { problem: 'none', ...ready }, 'none'],
	[
		'a closed site and facts of every day',
		{ problem: 'facts', changeRate: 'daily', closedSite: true, ...ready },
		'none',
	],
];

function adviceOf(situation: SituationInput) {
	const told = new Set(Object.keys(situation) as Field[]);
	return advise(situationSchema.parse(situation), { told, measured: null });
}

describe('the documented cases', () => {
	for (const [name, situation, verdict] of cases) {
		test(`${name}: ${verdict}`, () => {
			const advice = adviceOf(situation);
			assert.equal(advice.verdict, verdict, JSON.stringify(advice.path));
			assert.ok(advice.confidence > 0.3 && advice.confidence < 1, `confidence ${advice.confidence}`);
			assert.ok(advice.reasons.length > 0);
		});
	}

	test('tuning is refused with its reason, and the mistake is named', () => {
		const refused = (situation: SituationInput) => {
			const { reasons, mistakes } = adviceOf(situation);
			return [...reasons.map(({ rule }) => rule), ...mistakes.map(({ mistake }) => mistake)];
		};
		const prices = refused({ problem: 'facts', plan: 'tuning', changeRate: 'weekly', ...ready });
		assert.ok(prices.includes('facts-change') && prices.includes('tuning-for-facts'));
		const few = refused({ problem: 'behaviour', plan: 'tuning', examples: 150, evaluationSet: true });
		assert.ok(few.includes('enough-examples') && few.includes('too-few-examples') && !few.includes('evaluation-set'));
		const blind = refused({ problem: 'behaviour', plan: 'tuning', examples: 5000 });
		assert.ok(
			blind.includes('evaluation-set') && blind.includes('no-evaluation-set') && !blind.includes('enough-examples'),
		);
		const synthetic = refused({ problem: 'behaviour', exampleSource: 'synthetic', ...ready });
		assert.ok(synthetic.includes('synthetic-only-data'));
		assert.ok(refused({ problem: 'facts', passages: 12 }).includes('mediocre-passages'));
		assert.ok(!refused({ problem: 'facts', passages: 4 }).includes('mediocre-passages'));
	});

	test('who tells more is answered more surely', () => {
		const little = adviceOf({ problem: 'facts' });
		const more = adviceOf({
			problem: 'facts',
			closedSite: false,
			retrieval: 'none',
			changeRate: 'weekly',
			citations: true,
		});
		assert.ok(more.confidence > little.confidence);
		assert.ok(more.assumed.length < little.assumed.length);
	});
});
