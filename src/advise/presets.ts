import type { SituationInput } from './situation.ts';

/** A documented starting point: replace what differs. Its values count as not told, since nobody has looked at your case. */
export type Preset = { readonly describe: string; readonly situation: SituationInput };

export const presets = {
	'customer-support': {
		describe: 'Questions of customers over help pages that change every week; answers show their page.',
		situation: {
			problem: 'facts',
			task: 'questions',
			changeRate: 'weekly',
			citations: true,
			queriesPerDay: 2000,
			documents: 800,
			latencyMs: 4000,
		},
	},
	code: {
		describe: 'Code in the conventions of the house, learnt from reviewed changes.',
		situation: {
			problem: 'behaviour',
			behaviours: ['format', 'vocabulary'],
			task: 'code',
			changeRate: 'quarterly',
			examples: 2000,
			evaluationSet: true,
			queriesPerDay: 3000,
			answerTokens: 400,
			hosting: 'own',
		},
	},
	legal: {
		describe: 'Memos in the firm’s phrasing on statutes and case law in force, every sentence with its authority.',
		situation: {
			problem: 'both',
			behaviours: ['tone', 'vocabulary', 'format'],
			task: 'writing',
			changeRate: 'quarterly',
			citations: true,
			examples: 800,
			evaluationSet: true,
			queriesPerDay: 300,
			documents: 20_000,
			documentTokens: 4000,
			answerTokens: 800,
			latencyMs: 30_000,
		},
	},
	medical: {
		describe:
			'Notes in clinical style on current guidance; nothing leaves the house, examples are stripped of persons.',
		situation: {
			problem: 'both',
			behaviours: ['format', 'vocabulary'],
			task: 'writing',
			changeRate: 'quarterly',
			citations: true,
			examples: 1000,
			evaluationSet: true,
			queriesPerDay: 1000,
			documents: 3000,
			documentTokens: 3000,
			answerTokens: 400,
			hosting: 'own',
			latencyMs: 10_000,
		},
	},
	fintech: {
		describe: 'Fees, limits and rules as they are today, in a tone that compliance has approved.',
		situation: {
			problem: 'both',
			behaviours: ['tone', 'format'],
			task: 'questions',
			changeRate: 'weekly',
			citations: true,
			examples: 1500,
			evaluationSet: true,
			queriesPerDay: 10_000,
			documents: 1500,
		},
	},
} as const satisfies Readonly<Record<string, Preset>>;

export type PresetName = keyof typeof presets;

export const presetNames = Object.keys(presets) as PresetName[];
