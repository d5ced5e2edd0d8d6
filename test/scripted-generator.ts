import { setImmediate as turn } from 'node:timers/promises';
import { KnowhowError } from '../src/core/error.ts';
import type { GenerateOptions, Generator, GeneratorEvent, Message } from '../src/core/generator.ts';

export type ScriptedCall = { readonly messages: readonly Message[]; readonly options: GenerateOptions };

export type ScriptedOptions = {
	readonly contextTokens?: number;
	readonly reason?: 'stop' | 'length' | 'refusal';
	/** Characters a delta; 7 when absent, so that most markers and links come in pieces. */
	readonly piece?: number;
	readonly id?: string;
};

/** A generator that writes what the script says to the messages; `calls` has what it was asked. */
export function scriptedGenerator(
	script: (messages: readonly Message[]) => string,
	{ contextTokens = 8192, reason = 'stop', piece = 7, id = 'scripted' }: ScriptedOptions = {},
): Generator & { readonly calls: readonly ScriptedCall[] } {
	const calls: ScriptedCall[] = [];
	async function* generate(
		messages: readonly Message[],
		options: GenerateOptions = {},
	): AsyncGenerator<GeneratorEvent> {
		calls.push({ messages, options });
		const text = script(messages);
		for (let at = 0; at < text.length; at += piece) {
			await turn();
			if (options.signal?.aborted) throw new KnowhowError('cancelled', 'The call was cancelled.');
			yield { type: 'text-delta', text: text.slice(at, at + piece) };
		}
		yield { type: 'generator-end', reason, usage: { inputTokens: 100, outputTokens: text.length } };
	}
	return { id, contextTokens, calls, generate };
}
