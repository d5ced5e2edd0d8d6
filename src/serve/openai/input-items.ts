import { z } from 'zod';
import { KnowhowError } from '../../core/error.ts';
import type { Interaction } from '../../core/interaction.ts';
import type { Knowhow } from '../../project/knowhow.ts';
import { type Caller, owns } from '../caller.ts';
import { contentSchema, type GivenMessage } from './messages.ts';
import { interactionOfItem } from './response-object.ts';

const message = z.object({
	type: z.literal('message').optional(),
	role: z.enum(['user', 'assistant', 'system', 'developer']),
	content: contentSchema,
});

const reference = z.object({
	type: z.literal('item_reference'),
	id: z.string().min(1).describe('Of a message or a search in a response that is kept.'),
});

const passedOver = z.object({
	type: z
		.enum(['file_search_call', 'reasoning'])
		.describe('As an earlier response had it: what it said is in its message.'),
});

/** What a client sends back of earlier turns, in OpenAI's words, and what it asks now. */
export const inputItemSchema = z.discriminatedUnion(
	'type',
	[message, reference, passedOver],
	'Must be a message, item_reference, file_search_call or reasoning: others are not read here',
);

export type InputItem = z.output<typeof inputItemSchema>;

/** What was said, and the last kept answer that it refers to. */
export type Said = { readonly messages: readonly GivenMessage[]; readonly last: Interaction | null };

/** Reads items, with the answers that they refer to. Throws `not_found`, for what is somebody else's as for what is not kept. */
export async function readItems(knowhow: Knowhow, items: readonly InputItem[], caller: Caller): Promise<Said> {
	const messages: GivenMessage[] = [];
	let last: Interaction | null = null;
	for (const item of items) {
		if (item.type === undefined || item.type === 'message') messages.push(item);
		if (item.type !== 'item_reference') continue;
		const found = interactionOfItem(item.id);
		// A search and its message follow each other.
		if (found !== null && last?.id !== found.interaction) last = await keptAnswer(knowhow, found.interaction, caller);
		if (found === null || last === null) throw noItem(item.id);
		// An answer with text that this caller may not read any more is left out.
		if (found.isMessage && last.answer !== null) messages.push({ role: 'assistant', content: last.answer });
	}
	return { messages, last };
}

/** What is kept of an answer, as its asker may read it; null when it is not kept, or is somebody else's. */
export async function keptAnswer(knowhow: Knowhow, id: string, caller: Caller): Promise<Interaction | null> {
	const shown = await knowhow.interaction(id, { access: caller.access });
	return shown !== null && owns(caller, shown.interaction.caller) ? shown.interaction : null;
}

function noItem(id: string): KnowhowError {
	return new KnowhowError('not_found', `There is no item "${id}".`, {
		details: { param: 'input' },
		hint: 'Systems’ answers are kept, unless "store" is false; those of a language model alone are not. Send what was said in place of the reference (in the AI SDK: the option "store" as false).',
	});
}
