import type { Answer } from '../api/ask.ts';
import type { Interaction } from '../api/interactions.ts';

/** As a kept answer has it: its quote is null once it was erased. */
export type Citation = Interaction['citations'][number];

/** What is known of an answer once it is whole. */
export type Outcome = Pick<
	Interaction,
	'id' | 'standalone' | 'system' | 'model' | 'abstained' | 'conflicts' | 'unsupported' | 'costUsd' | 'tookMs'
> &
	Pick<Interaction, 'erasedAt' | 'feedback'>;

/** A question and what became of it. */
export type Turn = {
	/** Its own in this page. */
	readonly key: string;
	readonly question: string;
	readonly state: 'asking' | 'answered' | 'stopped' | 'failed';
	/** The answer, as far as it has come. */
	readonly text: string;
	readonly citations: readonly Citation[];
	/** Null until it has been answered. */
	readonly outcome: Outcome | null;
	/** Why it failed. */
	readonly error: unknown;
};

export function newTurn(key: string, question: string): Turn {
	return { key, question, state: 'asking', text: '', citations: [], outcome: null, error: null };
}

export function answeredTurn(turn: Turn, { interaction, answer, citations, unsupported = [], ...rest }: Answer): Turn {
	const outcome = { ...rest, id: interaction, unsupported, erasedAt: null, feedback: null };
	return { ...turn, state: 'answered', text: answer, citations, outcome };
}

export function keptTurn(interaction: Interaction): Turn {
	const { id, question, answer, citations } = interaction;
	return { ...newTurn(id, question), state: 'answered', text: answer ?? '', citations, outcome: interaction };
}
