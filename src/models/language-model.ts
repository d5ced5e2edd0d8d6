import { setTimeout as delay } from 'node:timers/promises';
import { KnowhowError } from '../core/error.ts';
import {
	type GenerateOptions,
	type Generator,
	type GeneratorEvent,
	type Message,
	type Usage,
	defaultMaxTokens,
} from '../core/generator.ts';
import { type Callee, Silence, failureOf } from './call-failure.ts';
import { contextTokensOf } from './context-sizes.ts';
import { backoffMs, longestWaitMs } from './service.ts';

/**
 * A model object of the AI SDK (specification v2, v3 or v4), as every provider package makes it; only what is used is
 * named here, so that no program needs the SDK's types. Never a model's name: the SDK sends bare names to a gateway.
 */
export type LanguageModel = {
	readonly provider: string;
	readonly modelId: string;
	doStream(call: ModelCall): PromiseLike<{ readonly stream: ReadableStream<unknown> }>;
};

type ModelCall = {
	prompt: (
		| { role: 'system'; content: string }
		| { role: 'user' | 'assistant'; content: { type: 'text'; text: string }[] }
	)[];
	maxOutputTokens: number;
	temperature?: number;
	abortSignal: AbortSignal;
};

export type GeneratorOptions = {
	/** `provider/model` when absent. */
	readonly id?: string | undefined;
	/** Tokens that the model reads; by the name of its family when absent. */
	readonly contextTokens?: number | undefined;
	/** Milliseconds that the model may stay silent, before its first word and between two; 120,000 when absent. */
	readonly timeoutMs?: number | undefined;
	/** Attempts after the first; 4 when absent. None is made once a word was passed on. */
	readonly retries?: number | undefined;
	/** The environment variable that holds the key, for hints. */
	readonly keyVariable?: string | null | undefined;
	/** Taken out of whatever the server says. */
	readonly key?: string | undefined;
	/** Waits between attempts. */
	readonly sleep?: ((ms: number, signal?: AbortSignal) => Promise<void>) | undefined;
	/** Milliseconds since the epoch, for a `Retry-After` that names a date. */
	readonly now?: (() => number) | undefined;
	/** 0 to 1, spreads the waits of many clients. */
	readonly random?: (() => number) | undefined;
};

/** A generator on any AI SDK model object. Calls nothing before `generate` is iterated. Throws `invalid_argument`. */
export function createGenerator(model: LanguageModel, options: GeneratorOptions = {}): Generator {
	checkModel(model);
	const id = options.id ?? `${model.provider.split('.')[0]}/${model.modelId}`;
	const contextTokens = options.contextTokens ?? contextTokensOf(model.modelId);
	const { retries = 4, timeoutMs = 120_000, random = Math.random, now = Date.now, key, keyVariable = null } = options;
	const sleep = options.sleep ?? (async (ms, signal) => await delay(ms, undefined, { signal }));
	const callee: Callee = { id, contextTokens, keyVariable, key, now };
	/** Until the model refuses one. */
	let takesTemperature = true;

	async function* generate(messages: readonly Message[], given: GenerateOptions = {}): AsyncGenerator<GeneratorEvent> {
		const { maxTokens = defaultMaxTokens, signal } = given;
		for (let tries = 0; ; tries++) {
			throwIfCancelled(signal);
			const temperature = takesTemperature ? (given.temperature ?? 0) : null;
			let isBegun = false;
			try {
				for await (const event of stream(model, { messages, maxTokens, temperature, timeoutMs, signal })) {
					isBegun = true;
					yield event;
				}
				return;
			} catch (thrown) {
				throwIfCancelled(signal);
				const failure = failureOf(thrown, callee);
				if (failure.kind === 'refusal' && !isBegun) {
					yield { type: 'generator-end', reason: 'refusal', usage: null };
					return;
				}
				if (failure.kind === 'refusal') throw brokenOff(callee);
				if (failure.kind === 'temperature' && temperature !== null && !isBegun) {
					takesTemperature = false;
					tries--;
					continue;
				}
				const waitMs = failure.kind === 'error' && !isBegun ? failure.waitMs : null;
				if (waitMs === null || waitMs > longestWaitMs || tries >= retries) throw failure.error;
				await sleep(Math.max(waitMs, backoffMs(tries, random)), signal).catch(() => throwIfCancelled(signal));
			}
		}
	}
	return { id, contextTokens, generate };
}

function checkModel(model: unknown): asserts model is LanguageModel {
	if (typeof model === 'object' && model !== null && 'doStream' in model) return;
	if (typeof model === 'function' && 'doStream' in model) return;
	throw new KnowhowError('invalid_argument', 'The model is not a model object of the AI SDK.', {
		hint: 'Make one with a provider’s package: createOpenAI({ apiKey })("gpt-5.6-luna"). A name alone goes into the setting "model".',
	});
}

type StreamCall = {
	readonly messages: readonly Message[];
	readonly maxTokens: number;
	/** Null: the model's own. */
	readonly temperature: number | null;
	readonly timeoutMs: number;
	readonly signal: AbortSignal | undefined;
};

/** One attempt. Throws whatever the model throws, and `Silence`. */
async function* stream(model: LanguageModel, call: StreamCall): AsyncGenerator<GeneratorEvent> {
	const watch = watchSilence(call.timeoutMs, call.signal);
	let reader: ReadableStreamDefaultReader<unknown> | null = null;
	try {
		const opened = await watch.race(
			model.doStream({
				prompt: call.messages.map(toPrompt),
				maxOutputTokens: call.maxTokens,
				...(call.temperature === null ? {} : { temperature: call.temperature }),
				abortSignal: watch.signal,
			}),
		);
		reader = opened.stream.getReader();
		yield* readParts(reader, { race: watch.race, maxTokens: call.maxTokens });
	} finally {
		watch.end();
		reader?.cancel().catch(() => {});
	}
}

function toPrompt({ role, content }: Message): ModelCall['prompt'][number] {
	return role === 'system' ? { role, content } : { role, content: [{ type: 'text', text: content }] };
}

/** The parts of a stream that matter here, as the specification's versions name them. */
type Part = {
	readonly type?: string;
	/** Of a `text-delta`. */
	readonly delta?: string;
	readonly error?: unknown;
	/** A string in v2, an object since. */
	readonly finishReason?: string | { readonly unified?: string };
	readonly usage?: { readonly inputTokens?: Count; readonly outputTokens?: Count };
};

type Count = number | { readonly total?: number | undefined } | undefined;

/** UTF-16 units that a token has at most on average: a server that writes on and on beyond what it was allowed is left. */
const mostUnitsOfToken = 32;

async function* readParts(
	reader: ReadableStreamDefaultReader<unknown>,
	{ race, maxTokens }: { race: Watch['race']; maxTokens: number },
): AsyncGenerator<GeneratorEvent> {
	let units = 0;
	for (;;) {
		const { done, value } = await race(reader.read());
		if (done) throw new Error('The stream ended before it was finished.');
		const part = value as Part;
		if (part.type === 'error') throw part.error;
		if (part.type === 'text-delta' && typeof part.delta === 'string' && part.delta !== '') {
			units += part.delta.length;
			yield { type: 'text-delta', text: part.delta };
		}
		if (units > maxTokens * mostUnitsOfToken) {
			yield { type: 'generator-end', reason: 'length', usage: null };
			return;
		}
		if (part.type !== 'finish') continue;
		const reason = reasonOf(part.finishReason);
		if (reason === 'length' && units === 0) throw allThinking(maxTokens);
		yield { type: 'generator-end', reason, usage: usageOf(part.usage) };
		return;
	}
}

/** Servers end in many words; only those of a failure or a limit mean that the text is not whole. */
function reasonOf(given: Part['finishReason']): 'stop' | 'length' | 'refusal' {
	const reason = typeof given === 'string' ? given : given?.unified;
	if (reason === 'error' || reason === 'interrupted') throw new Error('The stream was interrupted.');
	if (reason === 'length') return 'length';
	return reason === 'content-filter' ? 'refusal' : 'stop';
}

function usageOf(usage: Part['usage']): Usage | null {
	const [inputTokens, outputTokens] = [countOf(usage?.inputTokens), countOf(usage?.outputTokens)];
	return inputTokens === null || outputTokens === null ? null : { inputTokens, outputTokens };
}

function countOf(count: Count): number | null {
	const total = typeof count === 'object' ? count.total : count;
	return typeof total === 'number' && Number.isFinite(total) ? total : null;
}

type Watch = {
	/** Goes to the model; aborted by the caller, by silence, and at the end. */
	readonly signal: AbortSignal;
	/** Waits for the model at most the limit. The time that the caller takes between two words does not count. */
	readonly race: <T>(promise: PromiseLike<T>) => Promise<T>;
	readonly end: () => void;
};

function watchSilence(limitMs: number, signal: AbortSignal | undefined): Watch {
	const controller = new AbortController();
	const stop = () => controller.abort(signal?.reason);
	signal?.addEventListener('abort', stop, { once: true });
	/** Ends the wait that is on now: one promise for all of them would keep what waited for it until the stream's end. */
	let giveUp: ((reason: unknown) => void) | null = null;
	controller.signal.addEventListener('abort', () => giveUp?.(controller.signal.reason), { once: true });
	return {
		signal: controller.signal,
		race: async <T>(promise: PromiseLike<T>) => {
			const wait = Promise.withResolvers<T>();
			promise.then(wait.resolve, wait.reject);
			if (controller.signal.aborted) wait.reject(controller.signal.reason);
			giveUp = wait.reject;
			const timer = setTimeout(() => controller.abort(new Silence(limitMs)), limitMs);
			try {
				return await wait.promise;
			} finally {
				clearTimeout(timer);
				giveUp = null;
			}
		},
		end: () => {
			signal?.removeEventListener('abort', stop);
			controller.abort();
		},
	};
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
	if (signal?.aborted) throw new KnowhowError('cancelled', 'The call of the language model was cancelled.');
}

function allThinking(maxTokens: number): KnowhowError {
	return new KnowhowError('generator_failed', `The language model wrote no answer in ${maxTokens} tokens.`, {
		hint: 'It spent them on thinking: allow it more, or take a model that thinks less.',
	});
}

function brokenOff({ id }: Callee): KnowhowError {
	return new KnowhowError('generator_failed', `The language model ${id} broke off: a filter stopped it.`);
}
