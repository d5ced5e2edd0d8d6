import { KnowhowError } from '../core/error.ts';
import type { Example } from '../core/dataset.ts';
import type { Generator, Message, Usage } from '../core/generator.ts';
import { toExample } from './example.ts';

export type Written = {
	readonly text: string;
	readonly reason: 'stop' | 'length' | 'refusal';
	readonly usage: Usage | null;
};

export type CallOptions = {
	readonly generator: Generator;
	/** Calls at the same time; 4 when absent. */
	readonly concurrency?: number | undefined;
	readonly maxTokens?: number | undefined;
	readonly signal?: AbortSignal | undefined;
	readonly onProgress?: ((done: number, total: number) => void) | undefined;
	/** Gets each text as soon as it is there. */
	readonly onWritten?: ((at: number, written: Written) => Promise<void>) | undefined;
};

const defaultConcurrency = 4;

/** What a model writes to each list of messages, in their order; throws what `generate` throws once those begun have ended. */
export async function fromGenerator(
	prompts: readonly (readonly Message[])[],
	options: CallOptions,
): Promise<Written[]> {
	const { concurrency = defaultConcurrency, signal, onProgress, onWritten } = options;
	const written: Written[] = [];
	let [next, done] = [0, 0];
	let failed = false;
	const work = async (): Promise<void> => {
		while (next < prompts.length && !failed) {
			const at = next++;
			if (signal?.aborted) throw new KnowhowError('cancelled', 'The caller cancelled the work.');
			try {
				written[at] = await writtenTo(prompts[at]!, options);
				await onWritten?.(at, written[at]);
			} catch (error) {
				failed = true;
				throw error;
			}
			onProgress?.(++done, prompts.length);
		}
	};
	const ended = await Promise.allSettled(Array.from({ length: Math.min(concurrency, prompts.length) }, work));
	const failure = ended.find((result) => result.status === 'rejected');
	if (failure) throw failure.reason;
	return written;
}

async function writtenTo(
	messages: readonly Message[],
	{ generator, maxTokens, signal }: CallOptions,
): Promise<Written> {
	let text = '';
	for await (const event of generator.generate(messages, { maxTokens, signal })) {
		if (event.type === 'text-delta') text += event.text;
		else return { text, reason: event.reason, usage: event.usage };
	}
	throw new KnowhowError('generator_failed', `${generator.id} stopped without an end.`);
}

/** An answer of a model, or why it is not to be learned from. */
export type Recorded =
	| { readonly prompt: Example; readonly example: Example }
	| { readonly prompt: Example; readonly failed: string };

/**
 * What a model answers to prompts, so that its way of answering outlives it. Each is handed on as soon as it is there.
 * An answer that was cut off or refused teaches the wrong thing and is told as such.
 */
export async function recordAnswers(
	prompts: readonly Example[],
	options: Omit<CallOptions, 'onWritten'> & { readonly onRecorded: (recorded: Recorded) => Promise<void> },
): Promise<void> {
	const { generator, onRecorded, ...others } = options;
	await fromGenerator(prompts.map(messagesOf), {
		...others,
		generator,
		onWritten: async (at, { text, reason }) => {
			const prompt = prompts[at]!;
			const failed = reason === 'stop' ? (text.trim() === '' ? 'the model wrote nothing' : null) : failures[reason];
			if (failed !== null) return await onRecorded({ prompt, failed });
			const { group, split } = prompt;
			const origin = { kind: 'model', of: generator.id } as const;
			await onRecorded({ prompt, example: toExample({ ...prompt, answer: text }, { origin, group, split }) });
		},
	});
}

const failures = { length: 'the answer was cut off', refusal: 'the model refused' } as const;

/** Turns of tools cannot be replayed: they read as text of the assistant. */
function messagesOf({ earlier, query }: Example): Message[] {
	const before = earlier.map(({ role, content }): Message => ({ role: role === 'tool' ? 'assistant' : role, content }));
	return [...before, { role: 'user', content: query }];
}
