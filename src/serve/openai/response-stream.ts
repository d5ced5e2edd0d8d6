import type { Answer, AnswerEvent } from '../../core/answer.ts';
import type { GenerateOptions, Generator, Message } from '../../core/generator.ts';
import { KnowhowError } from '../../core/error.ts';
import type { Hit } from '../../core/hit.ts';
import type { ErrorBody } from '../errors.ts';
import { aboutAnswer, fileOf, quoteOf, type Written, writtenPieces } from './answer-text.ts';
import type { ResponseRequest } from './responses.ts';

/** An event of `/v1/responses`; `sequence_number` counts from 0. */
export type ResponseEvent = { readonly type: string; readonly sequence_number: number } & Readonly<
	Record<string, unknown>
>;

/** What a search gives to be listed; null when nobody asked for it. */
type ResultsOf = (hits: readonly Hit[]) => Promise<readonly object[] | null>;

type Usage = Answer['usage'];

/** One response in the making: its events in OpenAI's order, and its whole at the end. */
export class ResponseStream {
	readonly #request: ResponseRequest;
	readonly #createdAt = Math.floor(Date.now() / 1000);
	readonly #id: string;
	#number = 0;
	#model: string;
	#status: 'in_progress' | 'completed' | 'incomplete' | 'failed' = 'in_progress';
	#output: object[] = [];
	#usage: Usage | null = null;
	#error: { code: string; message: string } | null = null;
	#more: object = {};

	constructor(request: ResponseRequest, conversation: string) {
		this.#request = request;
		this.#id = responseId(conversation);
		this.#model = request.model;
	}

	/** The response as it is now. */
	response(): object {
		const {
			instructions = null,
			metadata,
			previous_response_id = null,
			tools,
			temperature,
			max_output_tokens,
		} = this.#request;
		const isCut = this.#status === 'incomplete';
		return {
			id: this.#id,
			object: 'response',
			created_at: this.#createdAt,
			status: this.#status,
			error: this.#error,
			incomplete_details: isCut ? { reason: 'max_output_tokens' } : null,
			instructions,
			max_output_tokens: max_output_tokens ?? null,
			metadata: metadata ?? {},
			model: this.#model,
			output: this.#output,
			parallel_tool_calls: false,
			previous_response_id,
			reasoning: { effort: null, summary: null },
			store: this.#request.store !== false,
			temperature: temperature ?? null,
			text: { format: { type: 'text' } },
			tool_choice: 'auto',
			tools: tools ?? [],
			top_p: null,
			truncation: 'disabled',
			usage: this.#usage && usageOf(this.#usage),
			...this.#more,
		};
	}

	/** The last event of a response that broke off. */
	failed({ code, message }: ErrorBody['error']): ResponseEvent {
		this.#status = 'failed';
		this.#error = { code, message };
		return this.#event('response.failed', { response: this.response() });
	}

	/** The answer of a system: a search, unless it has none, then a message. */
	async *ofSystem(events: AsyncIterable<AnswerEvent>, resultsOf: ResultsOf): AsyncGenerator<ResponseEvent> {
		let hits: readonly Hit[] | null = null;
		await using pieces = writtenPieces(
			tapped(events, (event) => {
				if (event.type === 'search-end') hits = event.hits;
			}),
		);
		// What fails here gets a status of its own, since nothing was sent yet.
		let next = await pieces.next();
		yield* this.#begin();
		if (hits !== null) yield* this.#search(hits, resultsOf);
		const index = this.#output.length;
		const item = itemId('msg');
		yield* this.#beginMessage(item, index);
		for (; !next.done; next = await pieces.next()) yield this.#delta(item, index, next.value);
		yield* this.#endMessage(item, index, next.value.text, annotationsOf(next.value));
		const { answer } = next.value;
		this.#model = answer.system;
		this.#usage = answer.usage;
		this.#more = { knowhow: aboutAnswer(answer) };
		yield this.#complete('completed');
	}

	/** What the language model alone says. */
	async *ofGenerator(
		generator: Generator,
		messages: readonly Message[],
		options: GenerateOptions,
	): AsyncGenerator<ResponseEvent> {
		if (messages.at(-1)?.role !== 'user')
			throw new KnowhowError('invalid_argument', 'The last item is not the user’s.');
		const item = itemId('msg');
		let text = '';
		let isFirst = true;
		for await (const event of generator.generate(messages, options)) {
			if (isFirst) {
				yield* this.#begin();
				yield* this.#beginMessage(item, 0);
			}
			isFirst = false;
			if (event.type === 'text-delta') {
				text += event.text;
				yield this.#delta(item, 0, event.text);
				continue;
			}
			yield* this.#endMessage(item, 0, text, []);
			this.#usage = event.usage;
			yield this.#complete(event.reason === 'length' ? 'incomplete' : 'completed');
			return;
		}
	}

	*#begin(): Iterable<ResponseEvent> {
		yield this.#event('response.created', { response: this.response() });
		yield this.#event('response.in_progress', { response: this.response() });
	}

	async *#search(hits: readonly Hit[], resultsOf: ResultsOf): AsyncGenerator<ResponseEvent> {
		const id = itemId('fs');
		const item = { id, type: 'file_search_call', status: 'in_progress', queries: [], results: null };
		const place = { output_index: 0, item_id: id };
		yield this.#event('response.output_item.added', { output_index: 0, item });
		yield this.#event('response.file_search_call.in_progress', place);
		yield this.#event('response.file_search_call.searching', place);
		yield this.#event('response.file_search_call.completed', place);
		const done = {
			...item,
			status: 'completed',
			queries: [lastQuestion(this.#request)],
			results: await resultsOf(hits),
		};
		this.#output.push(done);
		yield this.#event('response.output_item.done', { output_index: 0, item: done });
	}

	*#beginMessage(id: string, output_index: number): Iterable<ResponseEvent> {
		const item = { id, type: 'message', role: 'assistant', status: 'in_progress', content: [] };
		yield this.#event('response.output_item.added', { output_index, item });
		const part = { type: 'output_text', text: '', annotations: [], logprobs: [] };
		yield this.#event('response.content_part.added', { item_id: id, output_index, content_index: 0, part });
	}

	#delta(item_id: string, output_index: number, delta: string): ResponseEvent {
		return this.#event('response.output_text.delta', { item_id, output_index, content_index: 0, delta, logprobs: [] });
	}

	*#endMessage(
		id: string,
		output_index: number,
		text: string,
		annotations: readonly object[],
	): Iterable<ResponseEvent> {
		const place = { item_id: id, output_index, content_index: 0 };
		for (const [annotation_index, annotation] of annotations.entries()) {
			yield this.#event('response.output_text.annotation.added', { ...place, annotation_index, annotation });
		}
		const part = { type: 'output_text', text, annotations, logprobs: [] };
		yield this.#event('response.output_text.done', { ...place, text, logprobs: [] });
		yield this.#event('response.content_part.done', { ...place, part });
		const item = { id, type: 'message', role: 'assistant', status: 'completed', content: [part] };
		this.#output.push(item);
		yield this.#event('response.output_item.done', { output_index, item });
	}

	#complete(status: 'completed' | 'incomplete'): ResponseEvent {
		this.#status = status;
		return this.#event(`response.${status}`, { response: this.response() });
	}

	#event(type: string, rest: object): ResponseEvent {
		return { type, sequence_number: this.#number++, ...rest };
	}
}

/** The id of a response holds that of its conversation, so that another one can follow it. */
function responseId(conversation: string): string {
	return `resp_${conversation.slice('cnv_'.length)}${crypto.randomUUID().slice(0, 8)}`;
}

/** The conversation of a response; null when it cannot be the id of one. */
export function conversationOfResponse(id: string): string | null {
	const [, rest] = /^resp_([0-9a-z]{26})[0-9a-f]{8}$/.exec(id) ?? [];
	return rest === undefined ? null : `cnv_${rest}`;
}

function itemId(prefix: string): string {
	return `${prefix}_${crypto.randomUUID().replaceAll('-', '')}`;
}

async function* tapped(
	events: AsyncIterable<AnswerEvent>,
	tap: (event: AnswerEvent) => unknown,
): AsyncGenerator<AnswerEvent> {
	for await (const event of events) {
		tap(event);
		yield event;
	}
}

function annotationsOf({ answer, offset }: Written): object[] {
	return answer.citations.map((citation) => {
		const { id, name } = fileOf(citation);
		const index = citation.answerEnd + offset;
		return { type: 'file_citation', file_id: id, filename: name, index, ...quoteOf(citation, offset) };
	});
}

function usageOf({ inputTokens, outputTokens }: Usage): object {
	return {
		input_tokens: inputTokens,
		input_tokens_details: { cached_tokens: 0 },
		output_tokens: outputTokens,
		output_tokens_details: { reasoning_tokens: 0 },
		total_tokens: inputTokens + outputTokens,
	};
}

function lastQuestion({ input }: ResponseRequest): string {
	if (typeof input === 'string') return input;
	const { content } = input.at(-1)!;
	return typeof content === 'string' ? content : content.map(({ text }) => text).join('\n');
}
