import type { AnswerEvent } from '../../core/answer.ts';
import type { GenerateOptions, Generator, GeneratorEvent, Message } from '../../core/generator.ts';
import { costUsd } from '../../core/prices.ts';
import type { Caller } from '../caller.ts';

/** The events of an answer; what it cost is counted against the caller's limit before the last one goes out. */
export async function* charged(
	events: AsyncIterable<AnswerEvent>,
	{ charge }: Pick<Caller, 'charge'>,
): AsyncGenerator<AnswerEvent> {
	for await (const event of events) {
		if (event.type === 'answer-end') await charge?.(event.answer.costUsd);
		yield event;
	}
}

/** A language model whose calls are counted against the caller's limit, where their price is known. */
export function chargedGenerator(generator: Generator, { charge }: Pick<Caller, 'charge'>): Generator {
	if (charge === undefined) return generator;
	return {
		id: generator.id,
		contextTokens: generator.contextTokens,
		generate: (messages, options) => counted(generator, { messages, options, charge }),
	};
}

async function* counted(
	generator: Generator,
	{
		messages,
		options,
		charge,
	}: {
		readonly messages: readonly Message[];
		readonly options: GenerateOptions | undefined;
		readonly charge: NonNullable<Caller['charge']>;
	},
): AsyncGenerator<GeneratorEvent> {
	for await (const event of generator.generate(messages, options)) {
		if (event.type === 'generator-end') await charge(costUsd(generator.id, event.usage));
		yield event;
	}
}
