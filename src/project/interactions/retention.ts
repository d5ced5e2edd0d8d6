import { KnowhowError } from '../../core/error.ts';
import type { ForgetReceipt } from '../../core/receipt.ts';
import type { Store } from '../../core/store.ts';
import { eraseExamples, examplesFrom } from '../datasets/datasets.ts';
import { allConversations, conversationKind } from './conversations.ts';
import { allInteractions, expiry, interactionKind, isExpired, type Log } from './interactions.ts';

/**
 * Removes every interaction and conversation that has expired; `settle` takes their text off the disk. Returns how many
 * interactions.
 */
export async function removeExpired(log: Log): Promise<number> {
	const { records } = log;
	const expired: string[] = [];
	for await (const { id } of allInteractions(records)) {
		if (!isExpired(id, log)) break;
		expired.push(id);
	}
	const over: string[] = [];
	for await (const { id, at, updatedAt } of allConversations(records)) {
		if (at >= expiry(log)) break;
		if (updatedAt < expiry(log)) over.push(id);
	}
	if (over.length > 0) await records.removeAll(conversationKind, over);
	return expired.length === 0 ? 0 : await records.removeAll(interactionKind, expired);
}

/** Removes every interaction and conversation of a caller, and what datasets took from them. On return nothing of them is in any file on disk. */
export async function forgetCaller(
	{ records, settle }: Pick<Store, 'records' | 'settle'>,
	caller: string,
	now: () => number,
): Promise<ForgetReceipt> {
	const asked: string[] = [];
	for await (const interaction of allInteractions(records)) {
		if (interaction.caller === caller) asked.push(interaction.id);
	}
	const talked: string[] = [];
	for await (const conversation of allConversations(records)) {
		if (conversation.caller === caller) talked.push(conversation.id);
	}
	const gone = { interactions: new Set(asked) };
	const datasets = await examplesFrom(records, gone);
	await eraseExamples(records, gone, now());
	const interactions = await records.removeAll(interactionKind, asked);
	const conversations = await records.removeAll(conversationKind, talked);
	await settle();
	return { caller, interactions, conversations, datasets, at: now() };
}

/**
 * Removes one interaction and what datasets took from it: on return it is in no file on disk. What later turns of its
 * conversation carried over stays with them. Throws `not_found`.
 */
export async function forgetInteraction(
	{ records, settle }: Pick<Store, 'records' | 'settle'>,
	id: string,
	now: () => number,
): Promise<void> {
	if ((await records.get(interactionKind, id)) === null)
		throw new KnowhowError('not_found', `No answer "${id}" is kept.`);
	await eraseExamples(records, { interactions: new Set([id]) }, now());
	await records.remove(interactionKind, id);
	await settle();
}
