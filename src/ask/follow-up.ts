import type { Turn } from '../core/conversation.ts';
import { KnowhowError } from '../core/error.ts';
import type { Generator, Usage } from '../core/generator.ts';
import type { Found } from './ask.ts';
import { askForStandalone, type Written } from './follow-up-prompt.ts';
import { carryOver } from './follow-up-rule.ts';

/** What a follow-up is read with. */
export type FollowUpParts = {
	/** A search by keywords: it is called twice a turn. */
	search(query: string, k: number): Promise<Found>;
	/** Writes the standalone question; null carries words over by rule. */
	readonly generator: Generator | null;
	readonly signal?: AbortSignal | undefined;
	/** Gets, as a sentence, why the generator's question was not used. */
	readonly onWarning?: ((warning: string) => void) | undefined;
};

export type Standalone = {
	/** To be searched and answered in place of the question. */
	readonly question: string;
	/** False when the question stands alone as it is. */
	readonly changed: boolean;
	/** What the generator counted; null when none was asked or it does not tell. */
	readonly usage: Usage | null;
};

/**
 * Makes a question that leans on earlier turns (oldest first) into one that can be searched without them. Without a generator,
 * or when it fails, words of those turns are added in brackets. Throws `cancelled`, and what the search throws.
 */
export async function standalone(
	history: readonly Turn[],
	question: string,
	parts: FollowUpParts,
): Promise<Standalone> {
	if (history.length === 0 || question.trim() === '') return { question, changed: false, usage: null };
	const turns = history.map((turn) => ({ ...turn, answer: turn.answer && withoutMarkers(turn.answer) }));
	const written = await write(turns, question, parts);
	const read = written?.question ?? (await carryOver(turns, question, (query, k) => parts.search(query, k)));
	const changed = read !== null && read !== question.trim();
	return { question: changed ? read : question, changed, usage: written?.usage ?? null };
}

/** Markers of citations, such as `[1]`, are no words of an answer. */
function withoutMarkers(answer: string): string {
	return answer.replace(/\s*\[\d+\]/g, '');
}

/** What the generator wrote; null without one, or when it fails. */
async function write(
	history: readonly Turn[],
	question: string,
	{ generator, signal, onWarning }: FollowUpParts,
): Promise<Written | null> {
	if (generator === null) return null;
	try {
		const written = await askForStandalone(history, question, generator, signal);
		if (written.question === null) onWarning?.('The language model wrote no usable standalone question.');
		return written;
	} catch (error) {
		if (!(error instanceof KnowhowError) || error.code === 'cancelled') throw error;
		onWarning?.(`The language model wrote no standalone question. ${error.message}`);
		return null;
	}
}
