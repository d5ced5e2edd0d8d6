import { Worker } from 'node:worker_threads';
import type { Embedder } from '../core/embedder.ts';
import { KnowhowError } from '../core/error.ts';
import type { Corpus } from '../core/store.ts';
import type { SearchOptions, SearchResult } from './search.ts';
import type { Failure, Outcome, Reply, Request, Task, ThreadData } from './search-thread.ts';
import { NamedCollection } from './named-collection.ts';
import type { Indexes, SearchedCollection } from './searchers.ts';
import { removeSnapshot } from './snapshot-path.ts';

/** A task whose thread ended is done by the next one, so many times in all. */
const mostAttempts = 2;

type Pending = PromiseWithResolvers<Outcome> & { readonly task: Task; attempts: number };

/**
 * The indexes in a thread of their own, which is started when it is first needed and again when it has ended: whoever serves has
 * their thread for others. Queries are embedded here; the thread has a connection of its own, and sees every commit that was made
 * before a search. Results are those of `Searchers`.
 */
export class SearchWorker implements Indexes {
	readonly #corpus: Corpus;
	readonly #data: ThreadData;
	readonly #pending = new Map<number, Pending>();
	readonly #collections = new Map<string, NamedCollection>();
	#thread: Worker | null = null;
	#lastId = 0;

	constructor(corpus: Corpus, data: ThreadData) {
		this.#corpus = corpus;
		this.#data = data;
	}

	async open(name: string): Promise<SearchedCollection> {
		const known = this.#collections.get(name) ?? new NamedCollection(this.#corpus, name);
		await known.refresh();
		this.#collections.set(name, known);
		return known;
	}

	/** Throws what `search` throws, `cancelled`, and `search_failed` when the thread ended twice. */
	async search(
		query: string,
		{ collections, embedder }: { readonly collections: readonly string[]; readonly embedder: Embedder | null },
		{ signal, ...options }: SearchOptions,
	): Promise<SearchResult> {
		const opened = await Promise.all(collections.map((name) => this.open(name)));
		let needsVector = options.mode !== 'keyword' && opened.some(({ space }) => space === embedder?.space);
		for (;;) {
			const [vector = null] = needsVector ? await embedder!.embed([query], 'query', signal) : [];
			const embedded = embedder && { ...named(embedder), meant: embedder.meanings?.(query) ?? new Map(), vector };
			const found = await this.#done({ kind: 'search', query, collections, embedded, options }, signal);
			if (typeof found === 'object') return found!;
			needsVector = true;
		}
	}

	async save(name: string): Promise<void> {
		await this.#done({ kind: 'save', collection: name });
	}

	async saveAll(): Promise<void> {
		for (const { name } of await this.#corpus.collections()) await this.save(name);
	}

	forget(name: string): void {
		if (this.#thread !== null) void this.#done({ kind: 'forget', collection: name }).catch(() => {});
	}

	async removeSnapshot(collection: string): Promise<void> {
		await removeSnapshot(this.#data.snapshots, collection);
	}

	/** Ends the thread after what it has to do. */
	async close(): Promise<void> {
		if (this.#thread === null) return;
		const ended = Promise.withResolvers<void>();
		this.#thread.once('exit', () => ended.resolve());
		void this.#done({ kind: 'close' }).catch(() => {});
		await ended.promise;
	}

	async #done(task: Task, signal?: AbortSignal): Promise<Outcome> {
		if (signal?.aborted) throw cancelled(signal);
		const id = ++this.#lastId;
		const pending: Pending = { ...Promise.withResolvers<Outcome>(), task, attempts: 0 };
		this.#pending.set(id, pending);
		const cancel = (): void => {
			this.#pending.delete(id);
			this.#thread?.postMessage(id satisfies Request);
			pending.reject(cancelled(signal!));
		};
		signal?.addEventListener('abort', cancel, { once: true });
		try {
			this.#send(id, pending);
			return await pending.promise;
		} finally {
			signal?.removeEventListener('abort', cancel);
			this.#pending.delete(id);
			if (this.#pending.size === 0) this.#thread?.unref();
		}
	}

	#send(id: number, pending: Pending): void {
		pending.attempts++;
		const worker = (this.#thread ??= this.#start());
		worker.ref();
		// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
		worker.postMessage({ id, task: pending.task } satisfies Request);
	}

	#start(): Worker {
		const script = import.meta.url.endsWith('.ts')
			? new URL('./search-thread.ts', import.meta.url)
			: new URL('./search-thread.js', import.meta.url);
		const thread = new Worker(script, { workerData: this.#data });
		let cause: unknown;
		thread.on('message', (reply: Reply) => {
			const pending = this.#pending.get(reply.id);
			if ('outcome' in reply) pending?.resolve(reply.outcome);
			else pending?.reject(toError(reply.failure));
		});
		thread.on('error', (error) => (cause = error));
		thread.once('exit', () => {
			this.#thread = null;
			for (const [id, pending] of this.#pending) {
				if (pending.task.kind === 'close') pending.resolve(null);
				else if (pending.attempts < mostAttempts) this.#send(id, pending);
				else pending.reject(broken(cause));
			}
		});
		return thread;
	}
}

function named({ id, space, dimensions }: Embedder): Pick<Embedder, 'id' | 'space' | 'dimensions'> {
	return { id, space, dimensions };
}

function toError({ message, stack, known }: Failure): Error {
	const error =
		known === null
			? new Error(message)
			: new KnowhowError(known.code, message, {
					...(known.hint === undefined ? {} : { hint: known.hint }),
					...(known.details === undefined ? {} : { details: known.details }),
				});
	if (stack !== undefined) error.stack = stack;
	return error;
}

function cancelled({ reason }: AbortSignal): KnowhowError {
	return new KnowhowError('cancelled', 'The search was cancelled.', { cause: reason });
}

function broken(cause: unknown): KnowhowError {
	return new KnowhowError('search_failed', 'The thread that searches ended twice before it had an answer.', {
		hint: 'Try again; when it stays so, look for what the log says of memory.',
		cause,
	});
}
