import { type Condition, holds } from './condition.ts';
import type { Situation } from './situation.ts';

/** One line of the table problem → approach. */
export type ProblemRow = {
	readonly problem: string;
	readonly approach: string;
	readonly why: string;
	/** Whether the situation names this problem. */
	readonly isYours: boolean;
};

type Row = Omit<ProblemRow, 'isYours'> & { readonly when: Condition };

const facts: Condition = { field: 'problem', is: ['facts', 'both'] };

const behaviour = (name: string): Condition => ({
	all: [
		{ field: 'problem', is: ['behaviour', 'both'] },
		{ field: 'behaviours', is: name },
	],
});

const rows: readonly Row[] = [
	{
		problem: 'unknown documents',
		approach: 'retrieval',
		why: 'The model never saw them; a passage in the prompt is the shortest way in, and it can be quoted.',
		when: facts,
	},
	{
		problem: 'changing facts',
		approach: 'retrieval',
		why: 'An index follows an edit in seconds; weights follow it with the next training.',
		when: { all: [facts, { field: 'changeRate', atLeast: 'quarterly' }] },
	},
	{
		problem: 'tone',
		approach: 'examples in the prompt, then tuning',
		why: 'A few examples show most of it; hundreds make it steady.',
		when: behaviour('tone'),
	},
	{
		problem: 'format',
		approach: 'a schema in the request, then tuning',
		why: 'Constrained output is free where the model has it; tuning makes it cheap and short.',
		when: behaviour('format'),
	},
	{
		problem: 'vocabulary',
		approach: 'tune the retriever, then the generator',
		why: 'That users and documents say it differently is learnt by a small adapter in seconds.',
		when: behaviour('vocabulary'),
	},
	{
		problem: 'factual errors',
		approach: 'retrieval with verified quotes',
		why: 'Tuning on facts teaches to sound sure; a quote can be checked.',
		when: facts,
	},
	{
		problem: 'a missing skill',
		approach: 'tuning, or a larger model',
		why: 'Neither passages nor a handful of examples teach a procedure that the model cannot do.',
		when: behaviour('skill'),
	},
];

/** What each problem calls for, the user's own marked. */
export function problemTable(situation: Situation): ProblemRow[] {
	return rows.map(({ when, ...row }) => ({ ...row, isYours: holds(when, situation) }));
}
