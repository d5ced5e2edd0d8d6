import { z } from 'zod';
import type { Access } from '../../core/access.ts';
import { parseFilter } from '../../core/filter.ts';
import { KnowhowError } from '../../core/error.ts';
import type { Message } from '../../core/generator.ts';
import type { Hit } from '../../core/hit.ts';
import type { Interaction } from '../../core/interaction.ts';
import type { Knowhow } from '../../project/knowhow.ts';
import type { Caller } from '../caller.ts';
import { charged, chargedGenerator } from '../access/charge.ts';
import { useCollections } from '../collection.ts';
import { eventStream } from '../event-stream.ts';
import { toFailure, wrongParameter } from '../errors.ts';
import { type Asked, defineRoute, type Route } from '../route.ts';
import { demandSearchable } from '../searched.ts';
import { inputItemSchema, keptAnswer, readItems } from './input-items.ts';
import { demandQuestion, toMessages } from './messages.ts';
import { type Answering, answeringModel } from './named-model.ts';
import { interactionOfResponse, keptResponse } from './response-object.ts';
import { ResponseStream, type ResponseEvent } from './response-stream.ts';
import { searchResults } from './search-result.ts';
import { onlyUsual } from './unsupported.ts';

const fileSearch = z.object({
	type: z.literal('file_search', 'The only tool here is file_search'),
	vector_store_ids: z.array(z.string().min(1)).min(1).max(100),
	filters: z.unknown().optional().describe('OpenAI’s shape: a comparison, or `and` and `or` of filters.'),
	max_num_results: z.int().min(1).max(50).nullish().describe('The most results listed.'),
	ranking_options: z.object({ score_threshold: z.number().min(0).max(1).nullish() }).nullish(),
});

const request = z.object({
	model: z.string().min(1).describe('A system (`rag`, `name@version`), or the language model alone.'),
	input: z.union(
		[z.string().min(1), z.array(inputItemSchema).min(1).max(1000)],
		'Must be a text, or a list of 1 to 1000 items',
	),
	instructions: z.string().nullish(),
	tools: z.array(fileSearch).max(1).nullish(),
	tool_choice: onlyUsual(
		z.union([z.enum(['auto', 'none', 'required']), z.object({ type: z.literal('file_search') })]).nullish(),
		'The only tool here is file_search',
	).describe('`none`: for the language model alone, and systems that do not search.'),
	include: z
		.array(onlyUsual(z.string().regex(/^(?!.*logprobs)/), 'No probabilities of tokens are told'))
		.nullish()
		.describe('`file_search_call.results`'),
	stream: z.boolean().nullish(),
	store: z.boolean().nullish().describe('False: the answer is not kept, and nothing can follow it.'),
	previous_response_id: z.string().min(1).nullish(),
	metadata: z.record(z.string(), z.string()).nullish(),
	max_output_tokens: z.int().min(1).nullish().describe('For the language model alone.'),
	temperature: z.number().min(0).max(2).nullish(),
	user: z.string().min(1).max(200).nullish().describe('Who asks, as the kept answer shall say.'),
	text: onlyUsual(
		z.looseObject({ format: z.looseObject({ type: z.literal('text') }).nullish() }).nullish(),
		'Only text is written here, no JSON',
	),
	background: onlyUsual(z.literal(false).nullish(), 'A response is made while its client waits'),
	conversation: onlyUsual(z.null().optional(), 'Turns are followed by previous_response_id, or sent in the input'),
	prompt: onlyUsual(z.null().optional(), 'No prompts are stored here'),
	moderation: onlyUsual(z.null().optional(), 'Nothing is moderated here'),
	top_logprobs: onlyUsual(z.literal(0).nullish(), 'No probabilities of tokens are told'),
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
		defineRoute({
			method: 'GET',
			path: '/v1/responses/:response',
			summary: 'Show a kept response',
			scope: 'read',
			query: z.object({ stream: onlyUsual(z.literal('false').optional(), 'What is over is not streamed again') }),
			answer,
			handle: async ({ params, caller }) => keptResponse(await find(knowhow, params['response'] ?? '', caller)),
		}),
		defineRoute({
			method: 'DELETE',
			path: '/v1/responses/:response',
			summary: 'Delete a kept response',
			scope: 'write',
			answer: z.object({ id: z.string(), object: z.literal('response'), deleted: z.literal(true) }),
			handle: async ({ params, caller }) => {
				const id = params['response'] ?? '';
				await knowhow.forgetInteraction((await find(knowhow, id, caller)).id);
				return { id, object: 'response', deleted: true };
			},
		}),
	];
}

/** Throws `not_found`, also for what is somebody else's. */
async function find(knowhow: Knowhow, id: string, caller: Caller): Promise<Interaction> {
	const interaction = interactionOfResponse(id);
	const kept = interaction && (await keptAnswer(knowhow, interaction, caller));
	if (kept) return kept;
	throw noResponse(id, {});
}

function noResponse(id: string, details: { readonly param?: string }): KnowhowError {
	return new KnowhowError('not_found', `There is no response "${id}".`, {
		details,
		hint: 'Systems’ answers are kept, unless "store" is false; those of a language model alone are not.',
	});
}

async function respond(knowhow: Knowhow, asked: Asked<unknown, ResponseRequest>): Promise<object> {
	const left = new AbortController();
	const signal = AbortSignal.any([asked.signal, left.signal]);
	const { stream, events } = await begin(knowhow, { ...asked, signal });
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

type Responding = { readonly stream: ResponseStream; readonly events: AsyncGenerator<ResponseEvent> };

async function begin(knowhow: Knowhow, asked: Asked<unknown, ResponseRequest>): Promise<Responding> {
	const { body, caller, signal } = asked;
	const answering = await answeringModel(knowhow, body.model);
	const tool = searchOf(answering, body);
	const { messages, conversation } = await readInput(knowhow, asked);
	const interaction = knowhow.startInteraction();
	const question = messages.at(-1)!.content;
	if (answering.kind === 'generator' && tool === undefined) {
		if (body.previous_response_id != null) throw unfollowed(body.model);
		const { max_output_tokens, temperature } = body;
		const options = { maxTokens: max_output_tokens ?? undefined, temperature: temperature ?? undefined, signal };
		const stream = new ResponseStream(body, { interaction, question, isKept: false });
		return { stream, events: stream.ofGenerator(chargedGenerator(answering.generator, caller), messages, options) };
	}
	if (answering.kind === 'generator' || answering.isSearching) demandSearchable(messages, 'input');
	const found = await useCollections(knowhow, tool?.vector_store_ids ?? [], caller);
	const isKept = knowhow.config.interactions.keep && body.store !== false;
	const events = knowhow.ask(messages, {
		system: answering.kind === 'system' ? answering.system : 'rag',
		access: caller.access,
		caller: userOf(caller, body),
		keep: isKept,
		interaction,
		...(isKept ? { conversation } : {}),
		collections: found.map(({ name }) => name),
		filter: tool?.filters == null ? null : parseFilter(tool.filters, 'tools.0.filters'),
		signal,
	});
	const stream = new ResponseStream(body, { interaction, question, isKept });
	const results = async (hits: readonly Hit[]) => await resultsOf(knowhow, hits, { body, access: caller.access });
	return { stream, events: stream.ofSystem(charged(events, caller), results) };
}

/** The search that is asked for; undefined without one. Throws `unsupported_parameter` where `model` cannot do as `tool_choice` says. */
function searchOf(answering: Answering, { model, tools, tool_choice }: ResponseRequest) {
	const tool = tool_choice === 'none' ? undefined : tools?.[0];
	const isSearching = answering.kind === 'system' ? answering.isSearching : tool !== undefined;
	if (tool_choice === 'none' && isSearching) {
		throw wrongParameter(
			'unsupported_parameter',
			'tool_choice',
			`${model} answers by searching.`,
			'Name the language model itself as "model", or the system "base".',
		);
	}
	const isDemanded = tool_choice === 'required' || (typeof tool_choice === 'object' && tool_choice !== null);
	if (isDemanded && !isSearching) {
		throw wrongParameter(
			'unsupported_parameter',
			'tool_choice',
			`${model} searches nothing.`,
			'Name "rag" as "model", or file_search in "tools".',
		);
	}
	return tool;
}

type Input = { readonly messages: readonly Message[]; readonly conversation: string };

/** What is asked, with what was said before, and the conversation that it goes on: a new one when it goes on with nothing that is kept. */
async function readInput(knowhow: Knowhow, asked: Asked<unknown, ResponseRequest>): Promise<Input> {
	const { body, caller } = asked;
	const items = typeof body.input === 'string' ? [{ role: 'user' as const, content: body.input }] : body.input;
	const said = await readItems(knowhow, items, caller);
	const messages = toMessages(said.messages, body.instructions);
	demandQuestion(messages, 'input');
	const before = (await previousAnswer(knowhow, asked)) ?? said.last;
	const isOwn = before !== null && before.caller === (userOf(caller, body) ?? null);
	return { messages, conversation: (isOwn ? before.conversation : null) ?? knowhow.startConversation() };
}

/** The answer that `previous_response_id` names; null without one. Throws `not_found` when it is not kept, or is another's. */
async function previousAnswer(
	knowhow: Knowhow,
	{ body, caller }: Asked<unknown, ResponseRequest>,
): Promise<Interaction | null> {
	const previous = body.previous_response_id;
	if (previous == null) return null;
	const interaction = interactionOfResponse(previous);
	const kept = interaction && (await keptAnswer(knowhow, interaction, caller));
	if (kept && kept.conversation !== null && kept.caller === (userOf(caller, body) ?? null)) return kept;
	throw noResponse(previous, { param: 'previous_response_id' });
}

function unfollowed(model: string): KnowhowError {
	return wrongParameter(
		'unsupported_parameter',
		'previous_response_id',
		`${model} alone is told nothing of earlier responses.`,
		'Send what was said in "input".',
	);
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
