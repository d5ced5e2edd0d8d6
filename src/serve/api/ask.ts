import { z } from 'zod';
import type { AnswerEvent } from '../../core/answer.ts';
import { KnowhowError } from '../../core/error.ts';
import { parseFilter } from '../../core/filter.ts';
import type { Message } from '../../core/generator.ts';
import type { Knowhow } from '../../project/knowhow.ts';
import { charged } from '../access/charge.ts';
import type { Caller } from '../caller.ts';
import { useCollections } from '../collection.ts';
import { eventStream, type Frame } from '../event-stream.ts';
import { messageSchema, toMessages } from '../openai/messages.ts';
import { defineRoute, type Route } from '../route.ts';
import { demandSearchable } from '../searched.ts';
import { answerEventSchema, answerSchema } from './answer-schema.ts';

const request = z
	.object({
		question: z.string().min(1).optional(),
		messages: z
			.array(messageSchema)
			.min(1)
			.max(1000)
			.optional()
			.describe('In place of `question`: the last one is it.'),
		system: z.string().min(1).default('rag'),
		collections: z.array(z.string().min(1)).max(100).default([]).describe('Ids or names; the default one when empty.'),
		filter: z.unknown().optional(),
		conversation: z.string().min(1).optional().describe('Earlier turns are read; begin one with /api/conversations.'),
		caller: z.string().min(1).max(200).optional().describe('Who asks, as the kept answer shall say.'),
		keep: z.boolean().default(true).describe('False: the answer is not kept.'),
		stream: z.boolean().default(false).describe('Server-sent events: one an AnswerEvent, named by its type.'),
	})
	.refine(({ question, messages }) => (question === undefined) !== (messages === undefined), {
		error: 'Either question or messages is needed',
		path: ['question'],
	});

export function askRoutes(knowhow: Knowhow): Route[] {
	return [
		defineRoute({
			method: 'POST',
			path: '/api/ask',
			summary: 'Answer a question, with every citation as the library gives it',
			scope: 'read',
			body: request,
			answer: answerSchema,
			streams: true,
			event: answerEventSchema,
			handle: async ({ body, caller, signal }) => {
				const left = new AbortController();
				const collections = await useCollections(knowhow, body.collections, caller);
				const { spec } = await knowhow.system(body.system);
				await demandConversation(knowhow, body.conversation, caller);
				const asked: Message[] = body.messages
					? toMessages(body.messages)
					: [{ role: 'user', content: body.question! }];
				const isSearching = spec.kind !== 'plain' || spec.retrieval !== null;
				if (isSearching) demandSearchable(asked, body.messages ? 'messages' : 'question');
				const answering = knowhow.ask(asked, {
					system: body.system,
					collections: collections.map(({ name }) => name),
					filter: body.filter == null ? null : parseFilter(body.filter),
					conversation: body.conversation,
					caller: caller.id ?? body.caller,
					keep: body.keep,
					access: caller.access,
					signal: AbortSignal.any([signal, left.signal]),
				});
				const events = charged(answering, caller);
				if (body.stream) return await eventStream(frames(events), { leave: () => left.abort() });
				for await (const _ of events);
				return await answering;
			},
		}),
		defineRoute({
			method: 'POST',
			path: '/api/conversations',
			summary: 'Begin a conversation; it is stored with its first answer',
			scope: 'read',
			answer: z.object({ id: z.string() }),
			handle: async ({ caller: { id } }) => ({
				id: id === null ? knowhow.startConversation() : await knowhow.beginConversation(id),
			}),
		}),
	];
}

/** Throws `not_found` for the conversation of another caller, and as well for one that nobody began. */
async function demandConversation(knowhow: Knowhow, id: string | undefined, caller: Caller): Promise<void> {
	if (id === undefined || caller.id === null) return;
	if ((await knowhow.conversation(id))?.caller === caller.id) return;
	throw new KnowhowError('not_found', `There is no conversation "${id}".`, {
		hint: 'Begin one with POST /api/conversations.',
	});
}

async function* frames(events: AsyncIterable<AnswerEvent>): AsyncGenerator<Frame> {
	for await (const event of events) yield { event: event.type, data: event };
}
