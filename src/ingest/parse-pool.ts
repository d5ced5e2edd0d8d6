import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, realpathSync } from 'node:fs';
import { getCompileCacheDir } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '../core/config.ts';
import { KnowhowError, type ErrorCode } from '../core/error.ts';
import type { ChunkDraft } from './chunk.ts';
import type { Parsed } from './parse/parse.ts';

/** What becomes of a file before it is committed. */
export type ParsedFile = {
	readonly parsed: Parsed;
	readonly chunks: readonly ChunkDraft[];
	/** ISO 639-1, null when unsure. */
	readonly language: string | null;
};

/** What is sent to a worker, and what comes back. */
export type ParseOrder = {
	readonly bytes: Uint8Array;
	readonly path: string;
	readonly html: Config['ingest']['html'];
	readonly chunkTokens: number;
};
export type ParseAnswer = (
	| {
			readonly parsed: Parsed;
			readonly chunks: readonly Omit<ChunkDraft, 'text'>[];
			readonly language: string | null;
	  }
	| { readonly failure: ParseFailure }
) & {
	/** What the worker's process holds afterwards. */
	readonly rssBytes: number;
};
export type ParseFailure = {
	readonly code: ErrorCode;
	readonly message: string;
	readonly hint: string | undefined;
	readonly details: Readonly<Record<string, unknown>> | undefined;
	readonly cause: string | undefined;
};

export type ParsePoolOptions = Pick<Config['ingest'], 'timeoutSeconds' | 'memoryMb'> & {
	/** Files parsed at the same time; one fewer than the machine has processors, at least one, when absent. */
	readonly concurrency?: number | undefined;
};

/** Workers without work end after this. */
const idleMs = 10_000;

type Job = {
	readonly order: ParseOrder;
	readonly resolve: (file: ParsedFile) => void;
	readonly reject: (error: unknown) => void;
};

/**
 * Parses files in processes of their own, so that a file can at worst cost one process: each has a time limit for a file
 * and a memory limit for everything it holds, is killed beyond them and replaced. (Threads would not do: a heap that
 * runs full in one native call, such as `JSON.parse`, ends the whole program, and nothing can interrupt that call. See
 * docs/decisions/0008-parse-processes.md.) Workers start when there is work, are reused, and hold no program open.
 */
export class ParsePool implements AsyncDisposable {
	readonly concurrency: number;
	readonly #options: ParsePoolOptions;
	readonly #workers = new Set<ParseWorker>();
	readonly #waiting: Job[] = [];
	#isClosed = false;

	constructor(options: ParsePoolOptions) {
		this.#options = options;
		this.concurrency = options.concurrency ?? Math.max(1, availableParallelism() - 1);
	}

	/** Starts a worker, for when work is certain to come. */
	warm(): void {
		if (this.#workers.size === 0) this.#start();
	}

	/**
	 * Parses, chunks, detects the language. The buffer is copied. Throws what `parse` throws, `parse_timeout`,
	 * `parse_memory`, and the signal's reason: then the worker is gone, too.
	 */
	async read(order: ParseOrder, signal?: AbortSignal): Promise<ParsedFile> {
		signal?.throwIfAborted();
		if (this.#isClosed) throw new Error('The pool of parsers is closed.');
		const { promise, resolve, reject } = Promise.withResolvers<ParsedFile>();
		const job: Job = { order, resolve, reject };
		const abort = (): void => {
			const at = this.#waiting.indexOf(job);
			if (at >= 0) this.#waiting.splice(at, 1);
			for (const worker of this.#workers) if (worker.job === job) worker.end();
			reject(signal?.reason);
		};
		signal?.addEventListener('abort', abort, { once: true });
		this.#waiting.push(job);
		this.#assign();
		try {
			return await promise;
		} finally {
			signal?.removeEventListener('abort', abort);
		}
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#isClosed = true;
		for (const worker of this.#workers) worker.dismiss();
	}

	#assign(): void {
		while (this.#waiting.length > 0) {
			const idle = [...this.#workers].find(({ isIdle }) => isIdle);
			const alive = [...this.#workers].filter(({ isEnding }) => !isEnding).length;
			if (idle === undefined && alive >= this.concurrency) return;
			const job = this.#waiting.shift() as Job;
			(idle ?? this.#start()).take(job);
		}
	}

	#start(): ParseWorker {
		const worker = new ParseWorker(this.#options, () => {
			if (worker.hasEnded) this.#workers.delete(worker);
			this.#assign();
		});
		this.#workers.add(worker);
		return worker;
	}
}

/** One process. A class because it holds a process, a timer and the job between them. */
class ParseWorker {
	job: Job | null = null;
	isEnding = false;
	hasEnded = false;
	readonly #process: ChildProcess;
	readonly #options: ParsePoolOptions;
	/** Called when it is free, and when it is gone. */
	readonly #onChange: () => void;
	#timer: NodeJS.Timeout | null = null;
	#isReady = false;
	#isLate = false;

	constructor(options: ParsePoolOptions, onChange: () => void) {
		this.#options = options;
		this.#onChange = onChange;
		this.#process = startProcess(options.memoryMb);
		this.#process.on('message', (message) =>
			message === 'ready' ? this.#begin() : this.#finish(message as ParseAnswer),
		);
		// What cannot be sent to a process that has just died: its end says more.
		this.#process.on('error', () => {});
		this.#process.once('close', (code, signal) => {
			this.#stopTimer();
			const job = this.job;
			this.job = null;
			job?.reject(this.#reasonFor(job.order.path, code, signal));
			this.hasEnded = true;
			this.#onChange();
		});
		this.#rest();
	}

	get isIdle(): boolean {
		return this.job === null && !this.isEnding;
	}

	take(job: Job): void {
		this.job = job;
		this.#stopTimer();
		this.#process.ref();
		this.#process.channel?.ref();
		if (this.#isReady) this.#send(job);
	}

	/** Lets it go: at once when it is busy, else by its own end, which keeps its compiled code for the next. */
	dismiss(): void {
		this.#stopTimer();
		if (this.job !== null || !this.#isReady) {
			this.end();
			return;
		}
		this.isEnding = true;
		if (this.#process.connected) this.#process.disconnect();
	}

	end(): void {
		this.isEnding = true;
		this.#process.kill('SIGKILL');
	}

	#begin(): void {
		this.#isReady = true;
		if (this.job !== null) this.#send(this.job);
	}

	/** The time limit begins when the worker has nothing else to do. */
	#send(job: Job): void {
		const limit = (): void => {
			this.#isLate = true;
			this.end();
		};
		this.#timer = setTimeout(limit, this.#options.timeoutSeconds * 1000);
		this.#process.send(job.order, () => {});
	}

	#finish(answer: ParseAnswer): void {
		this.#stopTimer();
		const job = this.job;
		this.job = null;
		if (job === null) return;
		if ('failure' in answer) job.reject(toError(answer.failure));
		else job.resolve(toFile(answer));
		// What one file left behind must not be counted against the next one.
		if (answer.rssBytes > (this.#options.memoryMb * 1e6) / 2) this.end();
		else this.#rest();
		this.#onChange();
	}

	#rest(): void {
		if (this.job !== null) return;
		this.#process.unref();
		this.#process.channel?.unref();
		this.#timer = setTimeout(() => this.dismiss(), idleMs).unref();
	}

	#stopTimer(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#timer = null;
	}

	#reasonFor(path: string, code: number | null, signal: NodeJS.Signals | null): Error {
		const { timeoutSeconds, memoryMb } = this.#options;
		if (!this.#isReady) return new Error(`The process that parses files did not start (${signal ?? code}).`);
		if (this.#isLate) {
			return new KnowhowError('parse_timeout', `${path} was not read within ${timeoutSeconds} seconds.`, {
				hint: 'Split the file, or raise ingest.timeoutSeconds in knowhow.json.',
			});
		}
		// The guard, or the system when it ran out of memory; or V8, when the heap ran full.
		if (signal === 'SIGKILL' || signal === 'SIGABRT' || signal === 'SIGTRAP' || signal === 'SIGILL' || code === 134) {
			return new KnowhowError('parse_memory', `${path} takes more than ${memoryMb} MB of memory to read.`, {
				hint: 'Split the file, or raise ingest.memoryMb in knowhow.json.',
			});
		}
		return new KnowhowError('unreadable_file', `${path} made its parser crash (${signal ?? code}).`, {
			hint: 'Open the file in its own program and save it again.',
		});
	}
}

function startProcess(memoryMb: number): ChildProcess {
	// The compiler does not rewrite URLs, so each form of the package names its own file.
	const script = import.meta.url.endsWith('.ts')
		? new URL('./parse-worker.ts', import.meta.url)
		: new URL('./parse-worker.js', import.meta.url);
	return fork(script, [String(memoryMb * 1e6)], {
		...sandbox(memoryMb),
		serialization: 'advanced',
		stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
	});
}

/** What a worker may: read the code of its parsers, and start the thread of its guard. */
export function sandbox(memoryMb: number): { readonly execArgv: string[]; readonly env: NodeJS.ProcessEnv } {
	const cache = cacheFolder();
	return {
		env: environment(cache),
		execArgv: [
			`--max-old-space-size=${Math.ceil(memoryMb)}`,
			// Holds a fifth less for the same speed.
			'--max-semi-space-size=8',
			'--disable-warning=ExperimentalWarning',
			'--permission',
			'--allow-worker',
			...[...readable(), ...cache].map((folder) => `--allow-fs-read=${folder}`),
			...cache.map((folder) => `--allow-fs-write=${folder}`),
		],
	};
}

/** No secrets, and none of the caller's Node options; dates depend on the first, Windows on the second. */
function environment([cache]: readonly string[]): NodeJS.ProcessEnv {
	const { TZ, SystemRoot } = process.env;
	return {
		...(TZ === undefined ? {} : { TZ }),
		...(SystemRoot === undefined ? {} : { SystemRoot }),
		...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }),
	};
}

/**
 * Where compiled code is kept, when this program keeps its own: a folder for workers alone, since what a worker may write
 * no other program should run. At most one.
 */
function cacheFolder(): string[] {
	const own = getCompileCacheDir();
	if (own === undefined) return [];
	const folder = `${own}-parsers`;
	mkdirSync(folder, { recursive: true });
	return [folder];
}

/** What the parsers' own code lies in: this package, and the folder of packages that it or a parser is installed in. */
function readable(): string[] {
	const own = dirname(realpathSync(fileURLToPath(new URL('../../package.json', import.meta.url))));
	const parser = realpathSync(fileURLToPath(import.meta.resolve('htmlparser2')));
	const folder = `${sep}node_modules${sep}`;
	const packages = parser.slice(0, parser.indexOf(folder) + folder.length);
	return [`${own}${sep}*`, `${packages}*`];
}

function toError(failure: ParseFailure): KnowhowError {
	const { code, message, hint, details, cause } = failure;
	return new KnowhowError(code, message, {
		...(hint === undefined ? {} : { hint }),
		...(details === undefined ? {} : { details }),
		...(cause === undefined ? {} : { cause: new Error(cause) }),
	});
}

function toFile({ parsed, chunks, language }: Extract<ParseAnswer, { parsed: unknown }>): ParsedFile {
	const { text } = parsed;
	return { parsed, language, chunks: chunks.map((each) => ({ ...each, text: text.slice(each.start, each.end) })) };
}
