import type { Answer, AnswerEvent } from '../core/answer.ts';

/**
 * An answer in the making: iterate over its events as they come, or await it whole; both in one go too, and as often as
 * wanted, for the question is asked once. Nothing happens before the first of these.
 */
export class AnswerStream implements AsyncIterable<AnswerEvent>, PromiseLike<Answer> {
	readonly #ask: () => AsyncIterable<AnswerEvent>;
	readonly #events: AnswerEvent[] = [];
	#answer: Promise<Answer> | null = null;
	#next = Promise.withResolvers<void>();

	constructor(ask: () => AsyncIterable<AnswerEvent>) {
		this.#ask = ask;
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<AnswerEvent> {
		const answer = this.#whole();
		for (let at = 0; ; at++) {
			while (at === this.#events.length) await Promise.race([this.#next.promise, answer]);
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
		return this.#whole().then(onAnswer, onFailure);
	}

	#whole(): Promise<Answer> {
		if (this.#answer === null) {
			this.#answer = this.#collect();
			// Whoever iterates gets the failure there.
			this.#answer.catch(() => {});
		}
		return this.#answer;
	}

	async #collect(): Promise<Answer> {
		for await (const event of this.#ask()) {
			this.#events.push(event);
			this.#next.resolve();
			this.#next = Promise.withResolvers();
			if (event.type === 'answer-end') return event.answer;
		}
		throw new Error('The answer ended without its last event.');
	}
}
