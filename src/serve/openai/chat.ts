import { z } from 'zod';
import type { Answer } from '../../core/answer.ts';
import { parseFilter } from '../../core/filter.ts';
import type { Generator, GeneratorEvent, Message } from '../../core/generator.ts';
import { KnowhowError } from '../../core/error.ts';
import type { AskOptions, Knowhow } from '../../project/knowhow.ts';
import type { Caller } from '../caller.ts';
import { charged, chargedGenerator } from '../access/charge.ts';
import { useCollections } from '../collection.ts';
import { eventStream, type Frame } from '../event-stream.ts';
import { defineRoute, type Route } from '../route.ts';
import { demandSearchable } from '../searched.ts';
import { aboutAnswer, fileOf, quoteOf, type Written, writtenPieces } from './answer-text.ts';
import { demandQuestion, messageSchema, toMessages } from './messages.ts';
import { answeringModel } from './named-model.ts';
import { onlyUsual } from './unsupported.ts';

const noProbabilities = 'No probabilities of tokens are told';
const toolsElsewhere = 'Tools are not called here; /v1/responses takes file_search';
const noTools = z.array(z.unknown()).max(0).nullish();

const request = z.object({
	model: z.string().min(1).describe('A system (`rag`, `name@version`), or the language model alone.'),
	messages: z.array(messageSchema).min(1).max(1000),
	stream: z.boolean().nullish(),
	stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
	max_completion_tokens: z.int().min(1).nullish().describe('For the language model alone.'),
	max_tokens: z.int().min(1).nullish(),
	temperature: z.number().min(0).max(2).nullish().describe('For the language model alone.'),
	n: onlyUsual(z.literal(1).nullish(), 'One answer is given to a question'),
	stop: onlyUsual(z.array(z.string()).max(0).nullish(), 'An answer ends where it ends'),
	logprobs: onlyUsual(z.literal(false).nullish(), noProbabilities),
	top_logprobs: onlyUsual(z.literal(0).nullish(), noProbabilities),
	logit_bias: onlyUsual(z.record(z.string(), z.never()).nullish(), 'Ids of tokens mean nothing here'),
	tools: onlyUsual(noTools, toolsElsewhere),
	tool_choice: onlyUsual(z.enum(['none', 'auto']).nullish(), toolsElsewhere),
	functions: onlyUsual(noTools, toolsElsewhere),
	function_call: onlyUsual(z.enum(['none', 'auto']).nullish(), toolsElsewhere),
	web_search_options: onlyUsual(z.null().optional(), 'The web is not searched here'),
	response_format: onlyUsual(
		z.looseObject({ type: z.literal('text') }).nullish(),
		'Only text is written here, no JSON',
	),
	modalities: onlyUsual(z.array(z.literal('text')).nullish(), 'Only text is written here, no sound'),
	moderation: onlyUsual(z.null().optional(), 'Nothing is moderated here'),
	store: z.boolean().nullish().describe('False: the answer is not kept.'),
	user: z.string().min(1).max(200).nullish().describe('Who asks, as the kept answer shall say.'),
	collections: z.array(z.string().min(1)).max(100).nullish().describe('Ids or names; the default one when absent.'),
	filters: z.unknown().optional().describe('Answer only from documents whose attributes match.'),
});

type Request = z.output<typeof request>;

const annotation = z.object({
	type: z.literal('url_citation'),
	url_citation: z.looseObject({ start_index: z.int(), end_index: z.int(), title: z.string(), url: z.string() }),
});

const answer = z.looseObject({
	id: z.string(),
	object: z.literal('chat.completion'),
	created: z.int(),
	model: z.string(),
	choices: z.array(
		z.object({
			index: z.int(),
			finish_reason: z.enum(['stop', 'length', 'content_filter']),
			logprobs: z.null(),
			message: z.object({
				role: z.literal('assistant'),
				content: z.string(),
				refusal: z.null(),
				annotations: z.array(annotation).optional(),
			}),
		}),
	),
	usage: z.object({ prompt_tokens: z.int(), completion_tokens: z.int(), total_tokens: z.int() }),
});

type Usage = z.output<typeof answer>['usage'];
type FinishReason = z.output<typeof answer>['choices'][number]['finish_reason'];

/** What is known once everything is written. The text is the pieces: who streams them need not hold it. */
type End = {
	readonly model: string;
	readonly finish: FinishReason;
	readonly usage: Usage;
	/** Only of an answer of a system. */
	readonly extra: { readonly annotations: readonly z.output<typeof annotation>[]; readonly knowhow: object } | null;
};

type Whole = End & { readonly text: string };

export function chatRoutes(knowhow: Knowhow): Route[] {
	return [
		defineRoute({
			method: 'POST',
			path: '/v1/chat/completions',
			summary: 'Answer the last message, with citations in annotations',
			scope: 'read',
			body: request,
			answer,
			streams: true,
			handle: async ({ body, caller, signal, origin }) => {
				const left = new AbortController();
				const pieces = await begin(knowhow, { body, caller, origin, signal: AbortSignal.any([signal, left.signal]) });
				if (body.stream === true) return await eventStream(frames(pieces, body), { leave: () => left.abort() });
				return completion(await whole(pieces));
			},
		}),
	];
}

type Begun = {
	readonly body: Request;
	readonly caller: Caller;
	readonly origin: string;
	readonly signal: AbortSignal;
};

async function begin(knowhow: Knowhow, begun: Begun): Promise<AsyncGenerator<string, End>> {
	const { body, caller, origin, signal } = begun;
	const messages = toMessages(body.messages);
	demandQuestion(messages, 'messages');
	const answering = await answeringModel(knowhow, body.model);
	if (answering.kind === 'generator')
		return fromGenerator(chargedGenerator(answering.generator, caller), messages, begun);
	if (answering.isSearching) demandSearchable(messages, 'messages');
	const collections = await useCollections(knowhow, body.collections ?? [], caller);
	const options: AskOptions = {
		system: answering.system,
		access: caller.access,
		caller: caller.id ?? body.user ?? undefined,
		keep: body.store ?? undefined,
		collections: collections.map(({ name }) => name),
		filter: body.filters == null ? null : parseFilter(body.filters, 'filters'),
		signal,
	};
	return fromSystem(writtenPieces(charged(knowhow.ask(messages, options), caller)), origin);
}

async function* fromSystem(pieces: AsyncGenerator<string, Written>, origin: string): AsyncGenerator<string, End> {
	const written = yield* pieces;
	const { answer: given } = written;
	const extra = { annotations: annotationsOf(written, origin), knowhow: aboutAnswer(given) };
	return { model: given.system, finish: 'stop', usage: usageOf(given.usage), extra };
}

function annotationsOf({ answer: given, offset }: Written, origin: string): z.output<typeof annotation>[] {
	return given.citations.map((citation) => {
		const url = `${origin}/api/documents/${citation.documentId}?version=${citation.version}#${citation.start}-${citation.end}`;
		const file = fileOf(citation);
		const { title } = citation;
		return {
			type: 'url_citation',
			url_citation: { ...quoteOf(citation, offset), title, url, file_id: file.id, filename: file.name },
		};
	});
}

async function* fromGenerator(
	generator: Generator,
	messages: readonly Message[],
	{ body, signal }: Begun,
): AsyncGenerator<string, End> {
	const maxTokens = body.max_completion_tokens ?? body.max_tokens ?? undefined;
	const temperature = body.temperature ?? undefined;
	for await (const event of generator.generate(messages, { maxTokens, temperature, signal })) {
		if (event.type === 'text-delta') {
			yield event.text;
		} else {
			const usage = usageOf(event.usage ?? { inputTokens: 0, outputTokens: 0 });
			return { model: generator.id, finish: finishOf(event), usage, extra: null };
		}
	}
	throw new KnowhowError('generator_failed', 'The language model ended without its last event.');
}

function finishOf({ reason }: Extract<GeneratorEvent, { type: 'generator-end' }>): FinishReason {
	return reason === 'refusal' ? 'content_filter' : reason;
}

function usageOf({ inputTokens, outputTokens }: Answer['usage']): Usage {
	return { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens };
}

async function whole(pieces: AsyncGenerator<string, End>): Promise<Whole> {
	for (let text = ''; ;) {
		const { done, value } = await pieces.next();
		if (done) return { ...value, text };
		text += value;
	}
}

function head(object: string, model: string) {
	return { id: `chatcmpl-${crypto.randomUUID()}`, object, created: Math.floor(Date.now() / 1000), model };
}

function completion({ text, model, finish, usage, extra }: Whole): object {
	const annotations = extra === null ? {} : { annotations: extra.annotations };
	const message = { role: 'assistant', content: text, refusal: null, ...annotations };
	return {
		...head('chat.completion', model),
		choices: [{ index: 0, finish_reason: finish, logprobs: null, message }],
		usage,
		...(extra === null ? {} : { knowhow: extra.knowhow }),
	};
}

async function* frames(
	written: AsyncGenerator<string, End>,
	{ model, stream_options }: Request,
): AsyncGenerator<Frame> {
	await using pieces = written;
	const hasUsage = stream_options?.include_usage === true;
	const same = { ...head('chat.completion.chunk', model), ...(hasUsage ? { usage: null } : {}) };
	const chunk = (delta: object, finish_reason: FinishReason | null = null, more: object = {}): Frame => ({
		data: { ...same, choices: [{ index: 0, delta, logprobs: null, finish_reason }], ...more },
	});
	let isFirst = true;
	for (;;) {
		const { done, value } = await pieces.next();
		if (isFirst) yield chunk({ role: 'assistant', content: '', refusal: null });
		isFirst = false;
		if (!done) {
			yield chunk({ content: value });
			continue;
		}
		const { extra, finish, usage } = value;
		if (extra !== null) yield chunk({ content: '', annotations: extra.annotations }, null, { knowhow: extra.knowhow });
		yield chunk({}, finish);
		if (hasUsage) yield { data: { ...same, choices: [], usage } };
		yield { data: '[DONE]' };
		return;
	}
}
