import type { Answer, AnswerEvent } from '../core/answer.ts';

/**
 * An answer in the making: iterate over its events as they come, or await it whole; both in one go too, and as often as
 * wanted, for the question is asked once. Nothing happens before the first of these, and no event is made before somebody wants it.
 */
export class AnswerStream implements AsyncIterable<AnswerEvent>, PromiseLike<Answer> {
	readonly #ask: () => AsyncGenerator<AnswerEvent>;
	readonly #signal: AbortSignal | undefined;
	readonly #events: AnswerEvent[] = [];
	#source: AsyncGenerator<AnswerEvent> | null = null;
	/** The event being made, for all who wait for it; once it failed, the failure. */
	#next: Promise<void> | null = null;
	#answer: Promise<Answer> | null = null;

	/** When `signal` is aborted what is asked ends, wherever it stands. */
	constructor(ask: () => AsyncGenerator<AnswerEvent>, signal?: AbortSignal) {
		this.#ask = ask;
		this.#signal = signal;
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<AnswerEvent> {
		for (let at = 0; ; at++) {
			while (at === this.#events.length) await (this.#next ??= this.#make());
			const event = this.#events[at] as AnswerEvent;
			yield event;
			if (event.type === 'answer-end') return;
		}
	}

	// A promise for the answer: `await knowhow.ask(question)`.
	// oxlint-disable-next-line unicorn/no-thenable
	then<A = Answer, B = never>(
		onAnswer?: ((answer: Answer) => A | PromiseLike<A>) | null,
		onFailure?: ((reason: unknown) => B | PromiseLike<B>) | null,
	): Promise<A | B> {
		return (this.#answer ??= this.#whole()).then(onAnswer, onFailure);
	}

	async #whole(): Promise<Answer> {
		for await (const event of this) if (event.type === 'answer-end') return event.answer;
		throw withoutEnd();
	}

	async #make(): Promise<void> {
		const { done, value } = await (this.#source ??= this.#begin()).next();
		if (done) throw withoutEnd();
		this.#events.push(value);
		this.#next = null;
	}

	#begin(): AsyncGenerator<AnswerEvent> {
		const source = this.#ask();
		this.#signal?.addEventListener('abort', () => void source.return(undefined).catch(() => {}), { once: true });
		return source;
	}
}

function withoutEnd(): Error {
	return new Error('The answer ended without its last event.');
}
