import type { Conversation, Turn } from '../../core/conversation.ts';
import { KnowhowError } from '../../core/error.ts';
import type { Interaction } from '../../core/interaction.ts';
import type { Records } from '../../core/store.ts';
import { type Log, listInteractions, readInteraction } from './interactions.ts';
import { allRecords, changeRecord, readRecord } from '../records.ts';

export const conversationKind = 'conversation';

/** The most earlier turns that are read into a question. */
const turnsRead = 10;

/** Adds an interaction to the conversation it names, which begins with its first one. */
export async function addTurn({ records }: Pick<Log, 'records'>, interaction: Interaction): Promise<void> {
	const { id: turn, at, caller, conversation: id } = interaction;
	if (id === null) return;
	await changeRecord<Conversation>(records, { kind: conversationKind, id }, (stored) => ({
		id,
		at: stored?.at ?? at,
		updatedAt: at,
		caller,
		interactions: [...(stored?.interactions ?? []), turn],
	}));
}

/** Stores a conversation without turns, so that it is known whose it is. Returns its id. */
export async function beginConversation(
	{ records, now }: Pick<Log, 'records' | 'now'>,
	{ id, caller }: Pick<Conversation, 'id' | 'caller'>,
): Promise<string> {
	const begun: Conversation = { id, at: now(), updatedAt: now(), caller, interactions: [] };
	await records.put({ kind: conversationKind, id, value: begun }, 0);
	return id;
}

/** Null when there is none with this id. */
export async function readConversation(records: Records, id: string): Promise<Conversation | null> {
	return await readRecord<Conversation>(records, conversationKind, id);
}

/** The conversation in which this caller (null: nobody in particular) was answered last. */
export async function latestConversation(log: Log, caller: string | null): Promise<Conversation | null> {
	const newest = listPages(log, caller);
	for await (const { conversation } of newest) {
		if (conversation !== null) return await readConversation(log.records, conversation);
	}
	return null;
}

async function* listPages(log: Log, caller: string | null): AsyncGenerator<Interaction> {
	const limit = 100;
	for (let after: string | undefined; ;) {
		const page = await listInteractions(log, { limit, after });
		yield* page.filter((interaction) => interaction.caller === caller);
		if (page.length < limit) return;
		after = page.at(-1)!.id;
	}
}

/**
 * The last turns of a caller's conversation, oldest first; none yet when it is new. Throws `not_found` when the conversation
 * is another caller's. `shown` leaves out what the caller may not read (any more).
 */
export async function turnsOf(
	log: Log,
	{ id, caller, shown }: { id: string; caller: string | null; shown: (kept: Interaction) => Promise<Interaction> },
): Promise<Turn[]> {
	const conversation = await readConversation(log.records, id);
	if (conversation === null) return [];
	if (conversation.caller !== caller) throw noConversation(id);
	const read = conversation.interactions.slice(-turnsRead).map((turn) => readInteraction(log, turn));
	const kept = (await Promise.all(read)).filter((interaction) => interaction !== null);
	return await Promise.all(kept.map(async (interaction) => toTurn(await shown(interaction))));
}

/** What was answered before in the conversation of an answer, and may have been read into its question; oldest first. */
export async function earlierInteractions(
	log: Log,
	{ id, conversation, standalone }: Interaction,
): Promise<Interaction[]> {
	if (conversation === null || standalone === null) return [];
	const turns = (await readConversation(log.records, conversation))?.interactions ?? [];
	const at = turns.indexOf(id);
	const before = at < 0 ? turns : turns.slice(0, at);
	const read = await Promise.all(before.map((turn) => readInteraction(log, turn)));
	return read.filter((interaction) => interaction !== null);
}

export function noConversation(id: string): KnowhowError {
	return new KnowhowError('not_found', `There is no conversation ${id}.`, {
		hint: 'List what was asked with `knowhow history`.',
	});
}

function toTurn({ question, standalone, answer, abstained, citations }: Interaction): Turn {
	const titles = [...new Set(citations.map(({ title }) => title))].filter((title) => title !== '');
	return { question, standalone, answer: abstained ? null : answer, titles };
}

/** In the order in which they began. */
export async function* allConversations(records: Records): AsyncGenerator<Conversation> {
	for await (const { value } of allRecords(records, conversationKind)) yield value as Conversation;
}
