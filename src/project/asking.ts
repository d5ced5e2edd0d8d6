import type { Standalone } from '../ask/follow-up.ts';
import type { Answer, AnswerEvent } from '../core/answer.ts';
import type { Turn } from '../core/conversation.ts';
import { KnowhowError } from '../core/error.ts';
import type { Message } from '../core/generator.ts';
import { costUsd } from '../core/prices.ts';

/** A question and what was said before it, oldest first. */
export type Asked = { readonly question: string; readonly turns: readonly Turn[] };

/** Reads a question, or messages of which the last one is the question. Throws `invalid_argument`. */
export function readAsked(asked: string | readonly Message[]): Asked {
	const messages = typeof asked === 'string' ? [{ role: 'user', content: asked } as const] : asked;
	const last = messages.at(-1);
	if (last?.role !== 'user') {
		throw new KnowhowError('invalid_argument', 'The last message is not a question.', {
			hint: 'End the messages with one of role "user".',
		});
	}
	requireWords(last.content, 'The question');
	return { question: last.content, turns: toTurns(messages.slice(0, -1)) };
}

/** Throws `invalid_argument` for a question or query that says nothing. */
export function requireWords(text: string, what: 'The question' | 'The query'): void {
	if (text.trim() !== '') return;
	throw new KnowhowError('invalid_argument', `${what} is empty.`, { hint: 'Say in words what you look for.' });
}

/** A turn is a user's message with the assistant's next one; system messages are none. */
function toTurns(messages: readonly Message[]): Turn[] {
	const turns: Turn[] = [];
	for (const { role, content } of messages) {
		const turn = turns.at(-1);
		if (role === 'user') turns.push({ question: content, standalone: null, answer: null, titles: [] });
		else if (role === 'assistant' && turn) turns[turns.length - 1] = { ...turn, answer: content };
	}
	return turns;
}

/** What came before the standalone question was answered. */
export type Reading = {
	/** As it was asked. */
	readonly question: string;
	readonly read: Standalone;
	/** Milliseconds since it was asked. */
	readonly took: () => number;
};

/** The events of an answer to a standalone question, as those of an answer to the question that was asked. `keep` comes before the last. */
export async function* asAsked(
	events: AsyncIterable<AnswerEvent>,
	{ question, read, took }: Reading,
	keep: (answer: Answer) => Promise<void>,
): AsyncGenerator<AnswerEvent> {
	for await (const event of events) {
		if (event.type !== 'answer-end') {
			yield event;
			continue;
		}
		const { usage } = event.answer;
		const answer: Answer = {
			...event.answer,
			question,
			standalone: read.changed ? read.question : null,
			usage: {
				inputTokens: usage.inputTokens + (read.usage?.inputTokens ?? 0),
				outputTokens: usage.outputTokens + (read.usage?.outputTokens ?? 0),
			},
			costUsd: withReading(event.answer, read),
			tookMs: took(),
		};
		await keep(answer);
		yield { type: 'answer-end', answer };
	}
}

/** The cost of an answer with that of reading its question; null when either is unknown. */
function withReading({ costUsd: answered, model }: Answer, { usage }: Standalone): number | null {
	const reading = usage ? costUsd(model, usage) : 0;
	return answered === null || reading === null ? null : answered + reading;
}
