import { open as openFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, resolve } from 'node:path';
import { KnowhowError } from '../core/error.ts';
import {
	type GenerateOptions,
	type Generator,
	type GeneratorEvent,
	type Message,
	defaultMaxTokens,
} from '../core/generator.ts';
import { importLocal, llamaPackage } from './local-package.ts';

export type GgufOptions = {
	/** Tokens of context to hold in memory; 8,192 or what the model was made for, when absent. */
	readonly contextTokens?: number | undefined;
	/** Imports node-llama-cpp; for programs that keep it elsewhere. */
	readonly load?: (() => Promise<unknown>) | undefined;
};

/** Most memory of a context grows with its size; a few passages and an answer need no more than this. */
const contextLimit = 8_192;

/** What a chat template puts around one message, generously. */
const tokensAround = 16;

/**
 * A language model in a GGUF file, run on this machine by node-llama-cpp, which is never allowed to build or download
 * anything. The file is opened by the first call and stays open. Throws `not_found` (package or file), `unreadable_file`.
 */
export async function openGgufGenerator(path: string, options: GgufOptions = {}): Promise<Generator & AsyncDisposable> {
	const file = resolve(path);
	await checkHeader(file);
	const llamaCpp = (await (options.load ?? (async () => await importLocal(llamaPackage)))()) as LlamaCpp;
	const { context, model, LlamaChat, dispose } = await openModel(llamaCpp, file, options);
	const { contextSize } = context;

	async function* generate(messages: readonly Message[], given: GenerateOptions = {}): AsyncGenerator<GeneratorEvent> {
		const { maxTokens = defaultMaxTokens, temperature = 0, signal } = given;
		const promptTokens = messages.reduce((sum, { content }) => sum + model.tokenize(content).length + tokensAround, 0);
		// Without this the oldest text would be dropped without a word.
		if (promptTokens + maxTokens > contextSize) throw tooLong(file, promptTokens, maxTokens, contextSize);
		using turn = await takeTurn(signal);
		try {
			yield* turn.run(async (stop, write) => await answer({ messages, maxTokens, temperature }, stop, write));
		} catch (cause) {
			throwIfCancelled(signal);
			throw new KnowhowError('generator_failed', `The model file ${file} failed in the middle of its work.`, { cause });
		}
	}

	async function answer(call: Call, stop: AbortSignal, write: Write): Promise<void> {
		const sequence = context.getSequence();
		const chat = new LlamaChat({ contextSequence: sequence });
		try {
			const { metadata } = await chat.generateResponse(toHistory(call.messages), {
				maxTokens: call.maxTokens,
				temperature: call.temperature,
				signal: stop,
				stopOnAbortSignal: true,
				onTextChunk: (text) => write({ type: 'text-delta', text }),
			});
			const { usedInputTokens: inputTokens, usedOutputTokens: outputTokens } = sequence.tokenMeter;
			const reason = metadata.stopReason === 'maxTokens' ? 'length' : 'stop';
			write({ type: 'generator-end', reason, usage: { inputTokens, outputTokens } });
		} finally {
			chat.dispose();
			sequence.dispose();
		}
	}
	return { id: `gguf:${basename(file)}`, contextTokens: contextSize, generate, [Symbol.asyncDispose]: dispose };
}

/** node-llama-cpp 3.22 never comes back from a file whose header makes no sense. */
async function checkHeader(file: string): Promise<void> {
	const header = Buffer.alloc(24);
	try {
		await using handle = await openFile(file);
		await handle.read(header, 0, header.length, 0);
	} catch (cause) {
		throw new KnowhowError('not_found', `There is no model file ${file}.`, { cause });
	}
	const [version, tensors, entries] = [header.readUInt32LE(4), header.readBigUInt64LE(8), header.readBigUInt64LE(16)];
	const isSound = header.toString('latin1', 0, 4) === 'GGUF' && version <= 3 && tensors < 1e6 && entries < 1e5;
	if (!isSound) throw unreadable(file);
}

function unreadable(file: string, cause?: unknown): KnowhowError {
	return new KnowhowError('unreadable_file', `The model file ${file} cannot be run.`, {
		cause,
		hint: 'Is it a whole GGUF file of a language model, and does it fit into memory with its context?',
	});
}

async function openModel(llamaCpp: LlamaCpp, file: string, { contextTokens }: GgufOptions) {
	const threads = Math.max(1, availableParallelism() - 1);
	const llama = await llamaCpp.getLlama({
		build: 'never',
		skipDownload: true,
		maxThreads: threads,
		logLevel: llamaCpp.LlamaLogLevel.disabled,
		progressLogs: false,
	});
	const dispose = async () => await llama.dispose();
	try {
		const model = await llama.loadModel({ modelPath: file });
		const contextSize = contextTokens ?? Math.min(contextLimit, model.trainContextSize);
		const context = await model.createContext({ contextSize, threads, sequences: 1 });
		return { context, model, LlamaChat: llamaCpp.LlamaChat, dispose };
	} catch (cause) {
		await dispose();
		throw unreadable(file, cause);
	}
}

function tooLong(file: string, promptTokens: number, maxTokens: number, contextSize: number): KnowhowError {
	return new KnowhowError(
		'context_too_long',
		`About ${promptTokens} tokens and ${maxTokens} for the answer do not fit into the ${contextSize} tokens of ${basename(file)}.`,
		{ hint: 'Raise modelContextTokens if the model was made for more.', details: { promptTokens, contextSize } },
	);
}

function toHistory(messages: readonly Message[]): HistoryItem[] {
	const items = messages.map(({ role, content }): HistoryItem => {
		return role === 'assistant' ? { type: 'model', response: [content] } : { type: role, text: content };
	});
	return [...items, { type: 'model', response: [] }];
}

type Call = { readonly messages: readonly Message[]; readonly maxTokens: number; readonly temperature: number };
type Write = (event: GeneratorEvent) => void;

/** Two models that compute at once on the same cores slow each other down many times over, so calls stand in line. */
let last: Promise<void> = Promise.resolve();

class Turn implements Disposable {
	readonly #release: () => void;
	readonly #signal: AbortSignal | undefined;
	#work: Promise<void> = Promise.resolve();

	constructor(release: () => void, signal: AbortSignal | undefined) {
		this.#release = release;
		this.#signal = signal;
	}

	/** Streams what `work` writes. Leaving early stops the work; the next turn begins when it has stopped. */
	async *run(work: (stop: AbortSignal, write: Write) => Promise<void>): AsyncGenerator<GeneratorEvent> {
		const leaving = new AbortController();
		const written: GeneratorEvent[] = [];
		let isDone = false;
		let next = Promise.withResolvers<void>();
		const write: Write = (event) => {
			written.push(event);
			next.resolve();
		};
		const stop = this.#signal ? AbortSignal.any([this.#signal, leaving.signal]) : leaving.signal;
		this.#work = work(stop, write).finally(() => {
			isDone = true;
			next.resolve();
		});
		this.#work.catch(() => {});
		try {
			for (;;) {
				throwIfCancelled(this.#signal);
				const event = written.shift();
				if (event) yield event;
				else if (isDone) break;
				else await next.promise;
				if (written.length === 0 && !isDone) next = Promise.withResolvers<void>();
			}
			await this.#work;
		} finally {
			leaving.abort();
		}
	}

	[Symbol.dispose](): void {
		void this.#work.catch(() => {}).finally(this.#release);
	}
}

async function takeTurn(signal: AbortSignal | undefined): Promise<Turn> {
	throwIfCancelled(signal);
	const before = last;
	const mine = Promise.withResolvers<void>();
	last = mine.promise;
	const cancelled = Promise.withResolvers<void>();
	signal?.addEventListener('abort', () => cancelled.resolve(), { once: true });
	await Promise.race([before, cancelled.promise]);
	if (signal?.aborted) void before.then(mine.resolve);
	throwIfCancelled(signal);
	return new Turn(mine.resolve, signal);
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
	if (signal?.aborted) throw new KnowhowError('cancelled', 'The call of the language model was cancelled.');
}

/** What is used of node-llama-cpp 3. Its own types would make every installation carry the package. */
type LlamaCpp = {
	readonly LlamaLogLevel: { readonly disabled: string };
	readonly LlamaChat: new (options: { contextSequence: Sequence }) => Chat;
	getLlama(options: object): Promise<{
		loadModel(options: { modelPath: string }): Promise<LlamaModel>;
		dispose(): Promise<void>;
	}>;
};

type LlamaModel = {
	readonly trainContextSize: number;
	tokenize(text: string): readonly number[];
	createContext(options: object): Promise<{ readonly contextSize: number; getSequence(): Sequence }>;
};

type Sequence = {
	readonly tokenMeter: { readonly usedInputTokens: number; readonly usedOutputTokens: number };
	dispose(): void;
};

type HistoryItem =
	| { readonly type: 'system' | 'user'; readonly text: string }
	| { readonly type: 'model'; readonly response: readonly string[] };

type Chat = {
	generateResponse(
		history: readonly HistoryItem[],
		options: {
			maxTokens: number;
			temperature: number;
			signal: AbortSignal;
			stopOnAbortSignal: boolean;
			onTextChunk: (text: string) => void;
		},
	): Promise<{ readonly metadata: { readonly stopReason: string } }>;
	dispose(): void;
};
