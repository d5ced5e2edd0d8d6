import type { Turn } from '../core/conversation.ts';
import { KnowhowError } from '../core/error.ts';
import type { Generator, Usage } from '../core/generator.ts';
import type { Found } from './ask.ts';
import { askForStandalone, type Written } from './follow-up-prompt.ts';
import { carryOver } from './follow-up-rule.ts';

/** What a follow-up is read with. */
export type FollowUpParts = {
	/** A search by keywords: it is called up to twice a turn, and three times besides. */
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

/** UTF-16 units of an earlier question, and of its answer, that words are carried over from. */
const mostRead = 2000;

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
	const written = await write(history, question, parts);
	const search = (query: string, k: number) => parts.search(query, k);
	const read = written?.question ?? (await carryOver(history.map(clipped).map(withoutMarkers), question, search));
	const changed = read !== null && read !== question.trim();
	return { question: changed ? read : question, changed, usage: written?.usage ?? null };
}

/** Markers of citations, such as `[1]`, are no words of an answer. */
function withoutMarkers(turn: Turn): Turn {
	return { ...turn, answer: turn.answer && turn.answer.replace(/(?<!\s)\s*\[\d+\]/g, '') };
}

/** A language model reads all of a turn; what is searched is its beginning. */
function clipped(turn: Turn): Turn {
	const clip = (text: string): string => text.slice(0, mostRead).toWellFormed();
	return { ...turn, question: clip(turn.question), answer: turn.answer && clip(turn.answer) };
}

/** What the generator wrote; null without one, or when it fails. */
async function write(
	history: readonly Turn[],
	question: string,
	{ generator, signal, onWarning }: FollowUpParts,
): Promise<Written | null> {
	if (generator === null) return null;
	try {
		const written = await askForStandalone(history.map(withoutMarkers), question, generator, signal);
		if (written.question === null) onWarning?.('The language model wrote no usable standalone question.');
		return written;
	} catch (error) {
		if (!(error instanceof KnowhowError) || error.code === 'cancelled') throw error;
		onWarning?.(`The language model wrote no standalone question. ${error.message}`);
		return null;
	}
}
