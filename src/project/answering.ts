import type { Standalone } from '../ask/follow-up.ts';
import type { Access } from '../core/access.ts';
import type { AnswerEvent } from '../core/answer.ts';
import type { Turn } from '../core/conversation.ts';
import { KnowhowError } from '../core/error.ts';
import type { Generator, Message } from '../core/generator.ts';
import { type Asking, type Interaction, toInteraction } from '../core/interaction.ts';
import type { SearchedCollection } from '../search/searchers.ts';
import { asAsked, readAsked } from './asking.ts';
import type { ShownInteraction } from './interactions/interaction-sources.ts';
import type { AskOptions } from './knowhow.ts';
import type { Parts } from './parts.ts';
import { openProjectSystem, type ProjectSystemsParts } from './systems/project-systems.ts';
import { reachedDocument, type ReachParts } from './access/reach.ts';
import { find, openSearchers } from './searching.ts';

/** What answers are made with. */
type AnsweringParts = ProjectSystemsParts & Pick<Parts, 'log'>;

/** Answers a question, or the last of these messages, with what was said before it, and keeps the answer. */
export async function* answer(
	parts: AnsweringParts,
	asked: string | readonly Message[],
	options: AskOptions,
): AsyncGenerator<AnswerEvent> {
	const { now, generators } = parts;
	const { access = 'everything', signal } = options;
	const asking = { at: now(), caller: options.caller ?? null, conversation: options.conversation ?? null };
	const { question, turns } = readAsked(asked);
	const searchers = await openSearchers(parts, options.collections, access);
	const system = await openProjectSystem(parts, options.system ?? 'rag', { searchers, options, at: asking.at });
	const earlier = turns.length > 0 ? turns : await keptTurns(parts, asking, access);
	const generator = await generators.configured();
	const read = await readFollowUp(parts, { earlier, question, searchers, options, generator });
	const events = system.answer(read.question, { access, signal });
	yield* asAsked(events, { question, read, took: () => now() - asking.at }, (made) =>
		keep(parts, toInteraction(made, asking), options),
	);
}

/** A kept answer and what has become of its sources, without what this reader may not read. */
export async function showKept(
	parts: ReachParts & Pick<AnsweringParts, 'log'>,
	kept: Interaction,
	access: Access,
): Promise<ShownInteraction> {
	const { showInteraction } = await import('./interactions/interaction-sources.ts');
	const { earlierInteractions } = await import('./interactions/conversations.ts');
	const corpus = { document: (id: string, reader: Access) => reachedDocument(parts, id, reader) };
	const earlier = access === 'everything' ? [] : await earlierInteractions(parts.log, kept);
	return await showInteraction(kept, { corpus, access, earlier });
}

/** The turns of the conversation so far, as its caller may read them now. */
async function keptTurns(
	parts: AnsweringParts,
	{ conversation, caller }: Asking,
	access: Access,
): Promise<readonly Turn[]> {
	if (conversation === null) return [];
	const { turnsOf } = await import('./interactions/conversations.ts');
	const shown = async (kept: Interaction) => (await showKept(parts, kept, access)).interaction;
	return await turnsOf(parts.log, { id: conversation, caller, shown });
}

/** A question with all that it is read with. */
type FollowUp = {
	readonly earlier: readonly Turn[];
	readonly question: string;
	readonly searchers: readonly SearchedCollection[];
	readonly options: AskOptions;
	readonly generator: Generator | null;
};

/** Makes a question stand alone; words are looked up by keywords, within what the asker may read. */
async function readFollowUp(parts: AnsweringParts, followUp: FollowUp): Promise<Standalone> {
	const { earlier, question, searchers, generator } = followUp;
	const { access, filter, signal, onWarning } = followUp.options;
	const { standalone } = await import('../ask/follow-up.ts');
	return await standalone(earlier, question, {
		search: (query, k) => find(parts, { query, searchers, options: { k, access, filter, signal, mode: 'keyword' } }),
		generator,
		signal,
		onWarning,
	});
}

/** An answer that cannot be kept is an answer all the same. */
async function keep({ config, log }: AnsweringParts, interaction: Interaction, options: AskOptions): Promise<void> {
	if (!config.interactions.keep || options.keep === false) return;
	const { keepInteraction } = await import('./interactions/interactions.ts');
	const { addTurn } = await import('./interactions/conversations.ts');
	try {
		await keepInteraction(log, interaction);
		await addTurn(log, interaction);
	} catch (error) {
		if (!(error instanceof KnowhowError) || error.code !== 'store_busy') throw error;
		options.onWarning?.(`The answer was not kept. ${error.message}`);
	}
}
