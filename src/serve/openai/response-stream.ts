import type { Answer, AnswerEvent } from '../../core/answer.ts';
import type { GenerateOptions, Generator, GeneratorEvent, Message } from '../../core/generator.ts';
import { KnowhowError } from '../../core/error.ts';
import type { Hit } from '../../core/hit.ts';
import type { ErrorBody } from '../errors.ts';
import { aboutAnswer, writtenPieces } from './answer-text.ts';
import { annotationsOf, idsOf, messageItem, type ResponseStatus, textPart, toResponse } from './response-object.ts';
import type { ResponseRequest } from './responses.ts';

/** An event of `/v1/responses`; `sequence_number` counts from 0. */
export type ResponseEvent = { readonly type: string; readonly sequence_number: number } & Readonly<
	Record<string, unknown>
>;

/** What a search gives to be listed; null when nobody asked for it. */
type ResultsOf = (hits: readonly Hit[]) => Promise<readonly object[] | null>;

/** What a response is made with, beside its request. */
type Begun = {
	/** Where its answer is kept, if it is. */
	readonly interaction: string;
	readonly question: string;
	readonly isKept: boolean;
};

/** One response in the making: its events in OpenAI's order, and its whole at the end. */
export class ResponseStream {
	readonly #request: ResponseRequest;
	readonly #ids: ReturnType<typeof idsOf>;
	readonly #question: string;
	readonly #isKept: boolean;
	readonly #at = Date.now();
	#number = 0;
	#model: string;
	#status: ResponseStatus = 'in_progress';
	#output: object[] = [];
	#usage: Answer['usage'] | null = null;
	#cut: 'max_output_tokens' | 'content_filter' | null = null;
	#error: { code: string; message: string } | null = null;
	#knowhow: object | null = null;

	constructor(request: ResponseRequest, { interaction, question, isKept }: Begun) {
		this.#request = request;
		this.#ids = idsOf(interaction);
		this.#question = question;
		this.#isKept = isKept;
		this.#model = request.model;
	}

	/** The response as it is now. */
	response(): object {
		return toResponse({
			id: this.#ids.response,
			at: this.#at,
			status: this.#status,
			model: this.#model,
			output: this.#output,
			isKept: this.#isKept,
			usage: this.#usage,
			request: this.#request,
			cut: this.#cut,
			error: this.#error,
			knowhow: this.#knowhow,
		});
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
		yield* this.#beginMessage(index);
		for (; !next.done; next = await pieces.next()) yield this.#delta(index, next.value);
		const { answer, text, offset } = next.value;
		yield* this.#endMessage(index, 'completed', textPart(text, annotationsOf(answer.citations, offset)));
		this.#model = answer.system;
		this.#usage = answer.usage;
		this.#knowhow = aboutAnswer(answer);
		yield this.#complete('completed');
	}

	/** What the language model alone says. */
	async *ofGenerator(
		generator: Generator,
		messages: readonly Message[],
		options: GenerateOptions,
	): AsyncGenerator<ResponseEvent> {
		let text = '';
		let isFirst = true;
		for await (const event of generator.generate(messages, options)) {
			if (isFirst) {
				yield* this.#begin();
				yield* this.#beginMessage(0);
			}
			isFirst = false;
			if (event.type === 'text-delta') {
				text += event.text;
				yield this.#delta(0, event.text);
				continue;
			}
			this.#usage = event.usage;
			this.#cut = cutOf(event.reason);
			const status = this.#cut === null ? 'completed' : 'incomplete';
			yield* this.#endMessage(0, status, textPart(text, []));
			yield this.#complete(status);
			return;
		}
		throw new KnowhowError('generator_failed', 'The language model ended without its last event.');
	}

	*#begin(): Iterable<ResponseEvent> {
		yield this.#event('response.created', { response: this.response() });
		yield this.#event('response.in_progress', { response: this.response() });
	}

	async *#search(hits: readonly Hit[], resultsOf: ResultsOf): AsyncGenerator<ResponseEvent> {
		const id = this.#ids.search;
		const item = { id, type: 'file_search_call', status: 'in_progress', queries: [], results: null };
		const place = { output_index: 0, item_id: id };
		yield this.#event('response.output_item.added', { output_index: 0, item });
		yield this.#event('response.file_search_call.in_progress', place);
		yield this.#event('response.file_search_call.searching', place);
		yield this.#event('response.file_search_call.completed', place);
		const done = {
			...item,
			status: 'completed',
			queries: [this.#question],
			results: await resultsOf(hits),
		};
		this.#output.push(done);
		yield this.#event('response.output_item.done', { output_index: 0, item: done });
	}

	*#beginMessage(output_index: number): Iterable<ResponseEvent> {
		const { message } = this.#ids;
		const item = messageItem(message, 'in_progress', []);
		yield this.#event('response.output_item.added', { output_index, item });
		const place = { item_id: message, output_index, content_index: 0 };
		yield this.#event('response.content_part.added', { ...place, part: textPart('', []) });
	}

	#delta(output_index: number, delta: string): ResponseEvent {
		const item_id = this.#ids.message;
		return this.#event('response.output_text.delta', { item_id, output_index, content_index: 0, delta, logprobs: [] });
	}

	*#endMessage(
		output_index: number,
		status: ResponseStatus,
		part: ReturnType<typeof textPart>,
	): Iterable<ResponseEvent> {
		const { message } = this.#ids;
		const place = { item_id: message, output_index, content_index: 0 };
		for (const [annotation_index, annotation] of part.annotations.entries()) {
			yield this.#event('response.output_text.annotation.added', { ...place, annotation_index, annotation });
		}
		yield this.#event('response.output_text.done', { ...place, text: part.text, logprobs: [] });
		yield this.#event('response.content_part.done', { ...place, part });
		const item = messageItem(message, status, [part]);
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

async function* tapped(
	events: AsyncIterable<AnswerEvent>,
	tap: (event: AnswerEvent) => unknown,
): AsyncGenerator<AnswerEvent> {
	for await (const event of events) {
		tap(event);
		yield event;
	}
}

function cutOf(reason: Extract<GeneratorEvent, { type: 'generator-end' }>['reason']) {
	if (reason === 'stop') return null;
	return reason === 'length' ? 'max_output_tokens' : 'content_filter';
}
