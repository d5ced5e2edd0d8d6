import { z } from 'zod';
import type { Access } from '../../core/access.ts';
import { parseFilter } from '../../core/filter.ts';
import { KnowhowError } from '../../core/error.ts';
import type { Hit } from '../../core/hit.ts';
import type { Knowhow } from '../../project/knowhow.ts';
import type { Caller } from '../caller.ts';
import { charged, chargedGenerator } from '../access/charge.ts';
import { useCollections } from '../collection.ts';
import { eventStream } from '../event-stream.ts';
import { toFailure } from '../errors.ts';
import { type Asked, defineRoute, type Route } from '../route.ts';
import { contentSchema, toMessages } from './messages.ts';
import { answeringModel } from './named-model.ts';
import { conversationOfResponse, ResponseStream, type ResponseEvent } from './response-stream.ts';
import { searchResults } from './search-result.ts';

const inputItem = z.object({
	type: z.literal('message').optional(),
	role: z.enum(['user', 'assistant', 'system', 'developer']),
	content: contentSchema,
});

const fileSearch = z.object({
	type: z.literal('file_search', 'The only tool here is file_search'),
	vector_store_ids: z.array(z.string().min(1)).min(1).max(100),
	filters: z.unknown().optional().describe('OpenAI’s shape: a comparison, or `and` and `or` of filters.'),
	max_num_results: z.int().min(1).max(50).nullish().describe('The most results listed.'),
	ranking_options: z.object({ score_threshold: z.number().min(0).max(1).nullish() }).nullish(),
});

const request = z.object({
	model: z.string().min(1).describe('A system (`rag`, `name@version`), or the language model alone.'),
	input: z.union([z.string().min(1), z.array(inputItem).min(1).max(1000)]),
	instructions: z.string().nullish(),
	tools: z.array(fileSearch).max(1).nullish(),
	include: z.array(z.string()).nullish().describe('`file_search_call.results`'),
	stream: z.boolean().nullish(),
	store: z.boolean().nullish().describe('False: the answer is not kept, and nothing can follow it.'),
	previous_response_id: z.string().min(1).nullish(),
	metadata: z.record(z.string(), z.string()).nullish(),
	max_output_tokens: z.int().min(1).nullish().describe('For the language model alone.'),
	temperature: z.number().min(0).max(2).nullish(),
	user: z.string().min(1).max(200).nullish().describe('Who asks, as the kept answer shall say.'),
});

export type ResponseRequest = z.output<typeof request>;

const answer = z.looseObject({
	id: z.string(),
	object: z.literal('response'),
	created_at: z.int(),
	status: z.enum(['completed', 'failed', 'in_progress', 'incomplete']),
	model: z.string(),
	output: z.array(z.looseObject({ type: z.enum(['file_search_call', 'message']), id: z.string() })),
});

export function responseRoutes(knowhow: Knowhow): Route[] {
	return [
		defineRoute({
			method: 'POST',
			path: '/v1/responses',
			summary: 'Answer with the file_search tool, with citations of files',
			scope: 'read',
			body: request,
			answer,
			streams: true,
			handle: async (asked) => await respond(knowhow, asked),
		}),
	];
}

async function respond(knowhow: Knowhow, asked: Asked<unknown, ResponseRequest>): Promise<object> {
	const left = new AbortController();
	const signal = AbortSignal.any([asked.signal, left.signal]);
	const conversation = await conversationOf(knowhow, asked);
	const stream = new ResponseStream(asked.body, conversation);
	const events = await begin(knowhow, { stream, conversation }, { ...asked, signal });
	if (asked.body.stream === true) {
		const frames = async function* () {
			for await (const event of events) yield { event: event.type, data: event };
		};
		const onFailure = (error: unknown) => {
			const data = stream.failed(toFailure(error).body.error);
			return { event: data.type, data };
		};
		return await eventStream(frames(), { leave: () => left.abort(), onFailure });
	}
	for await (const _ of events);
	return stream.response();
}

async function begin(
	knowhow: Knowhow,
	{ stream, conversation }: { readonly stream: ResponseStream; readonly conversation: string },
	{ body, caller, signal }: Asked<unknown, ResponseRequest>,
): Promise<AsyncGenerator<ResponseEvent>> {
	const tool = body.tools?.[0];
	const answering = await answeringModel(knowhow, body.model);
	const items = typeof body.input === 'string' ? [{ role: 'user' as const, content: body.input }] : body.input;
	const messages = toMessages(items, body.instructions);
	if (answering.kind === 'generator' && tool === undefined) {
		const { max_output_tokens, temperature } = body;
		const options = { maxTokens: max_output_tokens ?? undefined, temperature: temperature ?? undefined, signal };
		return stream.ofGenerator(chargedGenerator(answering.generator, caller), messages, options);
	}
	const found = await useCollections(knowhow, tool?.vector_store_ids ?? [], caller);
	const events = knowhow.ask(messages, {
		system: answering.kind === 'system' ? answering.system : 'rag',
		access: caller.access,
		caller: userOf(caller, body),
		keep: body.store ?? undefined,
		...(body.store === false ? {} : { conversation }),
		collections: found.map(({ name }) => name),
		filter: tool?.filters == null ? null : parseFilter(tool.filters),
		signal,
	});
	const results = async (hits: readonly Hit[]) => await resultsOf(knowhow, hits, { body, access: caller.access });
	return stream.ofSystem(charged(events, caller), results);
}

/** A new conversation, or that of the response before. Throws `not_found` when that was not kept, or is another's. */
async function conversationOf(knowhow: Knowhow, { body, caller }: Asked<unknown, ResponseRequest>): Promise<string> {
	const previous = body.previous_response_id;
	if (previous == null) return knowhow.startConversation();
	const id = conversationOfResponse(previous);
	const conversation = id && (await knowhow.conversation(id));
	if (conversation && conversation.caller === (userOf(caller, body) ?? null)) return conversation.id;
	throw new KnowhowError('not_found', `There is no response "${previous}".`, {
		details: { param: 'previous_response_id' },
	});
}

function userOf(caller: Caller, { user }: ResponseRequest): string | undefined {
	return caller.id ?? user ?? undefined;
}

async function resultsOf(
	knowhow: Knowhow,
	hits: readonly Hit[],
	{ body, access }: { readonly body: ResponseRequest; readonly access: Access },
) {
	if (body.include?.includes('file_search_call.results') !== true) return null;
	const tool = body.tools?.[0];
	const results = await searchResults(knowhow, hits, access);
	const least = tool?.ranking_options?.score_threshold ?? 0;
	return results
		.filter(({ score }) => score >= least)
		.slice(0, tool?.max_num_results ?? results.length)
		.map(({ content, ...rest }) => ({ ...rest, text: content[0]!.text }));
}
