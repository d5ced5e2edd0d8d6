/** The thread of a `SearchWorker`: a connection of its own that only reads, and the indexes. */
import { setImmediate as turn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { Embedder, Meanings } from '../core/embedder.ts';
import { KnowhowError } from '../core/error.ts';
import { openStore } from '../store/store.ts';
import type { SearchOptions, SearchResult } from './search.ts';
import { Searchers } from './searchers.ts';

export type ThreadData = {
	/** Of the store. */
	readonly folder: string;
	/** Of the snapshots. */
	readonly snapshots: string;
};

/** An embedder on the other side of the thread, what it made of the query's words, and the query's vector; null when nothing seemed to need one. */
export type Embedded = Pick<Embedder, 'id' | 'space' | 'dimensions'> & {
	readonly meant: Meanings;
	readonly vector: Float32Array | null;
};

export type Task =
	| {
			readonly kind: 'search';
			readonly query: string;
			readonly collections: readonly string[];
			readonly embedded: Embedded | null;
			readonly options: Omit<SearchOptions, 'signal'>;
	  }
	| { readonly kind: 'save'; readonly collection: string }
	| { readonly kind: 'forget'; readonly collection: string }
	| { readonly kind: 'close' };

/** Done again, with a vector: a commit gave the collection a space that it can be searched in. */
export const vectorNeeded = 'vector needed';

export type Outcome = SearchResult | typeof vectorNeeded | null;

export type Failure = {
	readonly message: string;
	readonly stack: string | undefined;
	/** Null: unexpected. */
	readonly known: Pick<KnowhowError, 'code' | 'hint' | 'details'> | null;
};

/** To the thread; a number alone cancels the task of that number, if it waits. */
export type Request = { readonly id: number; readonly task: Task } | number;
export type Reply = { readonly id: number } & ({ readonly outcome: Outcome } | { readonly failure: Failure });

const port = parentPort!;
const { folder, snapshots } = workerData as ThreadData;
const store = await openStore(folder, { readOnly: true });
const indexes = new Searchers(store.corpus, snapshots);
const waiting = new Map<number, Task>();
let isWorking = false;

port.on('message', (request: Request) => {
	if (typeof request === 'number') {
		waiting.delete(request);
		return;
	}
	waiting.set(request.id, request.task);
	if (!isWorking) void work();
});

/** One task after the other, in order: who came first is answered first. Between two, those that came meanwhile are heard. */
async function work(): Promise<void> {
	isWorking = true;
	for (;;) {
		await turn();
		const [next] = waiting;
		if (next === undefined) break;
		const [id, task] = next;
		waiting.delete(id);
		port.postMessage(await replyTo(id, task));
	}
	isWorking = false;
}

async function replyTo(id: number, task: Task): Promise<Reply> {
	try {
		return { id, outcome: await outcomeOf(task) };
	} catch (error) {
		return { id, failure: toFailure(error) };
	}
}

async function outcomeOf(task: Task): Promise<Outcome> {
	if (task.kind === 'search') return await search(task);
	if (task.kind === 'save') await indexes.save(task.collection);
	else if (task.kind === 'forget') indexes.forget(task.collection);
	else {
		await store[Symbol.asyncDispose]();
		port.close();
	}
	return null;
}

async function search(task: Extract<Task, { kind: 'search' }>): Promise<Outcome> {
	const { query, collections, embedded, options } = task;
	let isVectorMissing = false;
	const embedder = embedded && {
		...embedded,
		meanings: () => embedded.meant,
		embed: async () => {
			isVectorMissing = embedded.vector === null;
			return [embedded.vector ?? new Float32Array(embedded.dimensions)];
		},
	};
	const found = await indexes.search(query, { collections, embedder }, options);
	return isVectorMissing ? vectorNeeded : found;
}

function toFailure(error: unknown): Failure {
	const { message, stack } = error instanceof Error ? error : new Error(String(error));
	if (!(error instanceof KnowhowError)) return { message, stack, known: null };
	const { code, hint, details } = error;
	return { message, stack, known: { code, hint, details } };
}
