import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Embedder } from '../core/embedder.ts';
import { KnowhowError } from '../core/error.ts';
import { readStaticModel, type StaticModel } from './static-folder.ts';
import type { StaticWorkerData } from './static-worker.ts';
import { TokenMean, type TokenMeanParts } from './token-mean.ts';
import { TokenTable } from './token-table.ts';

export type StaticOptions = {
	/** For people and reports; the folder's name when absent. */
	readonly name?: string | undefined;
	/** Cut vectors to their first so many dimensions; all of them when absent. */
	readonly dimensions?: number | undefined;
	/** Threads beside this one that a bulk of texts is shared with; by the machine when absent. */
	readonly workers?: number | undefined;
};

/** The model that the package brings. */
export const builtInFolder = fileURLToPath(new URL('../../weights/embedder/', import.meta.url));

/** Texts embedded between two looks at the signal and the event loop. */
const slice = 256;
/** From so many texts on, starting workers pays (bench/embedder.ts). */
const bulk = 16_384;
const mostWorkers = 7;

/**
 * An embedder from a folder that holds a static embedding model: Knowhow's own, or one of Model2Vec or sentence-transformers.
 * The text's kind does not matter to it. The space names the model's hash and the dimensions. Nothing is fetched.
 * Throws `not_found`, `unreadable_file`, `unsupported_format`, and `invalid_config` for more dimensions than the model has.
 */
export async function openStaticEmbedder(folder: string, options: StaticOptions = {}): Promise<Embedder> {
	return createStaticEmbedder(await readStaticModel(resolve(folder), options.name), options);
}

/** An embedder from a model in memory; its name is the model's. Throws `invalid_config` for more dimensions than the model has. */
export function createStaticEmbedder(model: StaticModel, options: Omit<StaticOptions, 'name'> = {}): Embedder {
	const dimensions = options.dimensions ?? model.dimensions;
	if (dimensions > model.dimensions) {
		throw new KnowhowError('invalid_config', `${model.id} has ${model.dimensions} dimensions, not ${dimensions}.`, {
			hint: 'Lower embedder.dimensions, or leave it out.',
		});
	}
	const workers = Math.min(mostWorkers, options.workers ?? availableParallelism() - 1);
	const { numbers, weights, vocabulary, bert } = model;
	const table = TokenTable.of(numbers, weights, { dimensions: model.dimensions, threads: workers + 1 });
	const space = `static/${dimensions}/${model.hash.slice(0, 16)}`;
	return new StaticEmbedder({ table: table.shared, vocabulary, bert, dimensions }, { id: model.id, space, workers });
}

class StaticEmbedder implements Embedder {
	readonly id: string;
	readonly space: string;
	readonly dimensions: number;
	readonly #parts: TokenMeanParts;
	readonly #mean: TokenMean;
	/** Rooms of the table's memory that no worker has. */
	readonly #rooms: number[];

	constructor(parts: TokenMeanParts, { id, space, workers }: { id: string; space: string; workers: number }) {
		this.id = id;
		this.space = space;
		this.dimensions = parts.dimensions;
		this.#parts = parts;
		this.#mean = new TokenMean(parts, 0);
		this.#rooms = Array.from({ length: workers }, (_, i) => i + 1);
	}

	async embed(texts: readonly string[], _kind: 'query' | 'passage', signal?: AbortSignal): Promise<Float32Array[]> {
		const bundle = new Bundle(texts, this.dimensions, signal);
		const rooms = texts.length < bulk ? [] : this.#rooms.splice(0);
		const workers = rooms.map((thread) => this.#startWorker(thread));
		try {
			await Promise.all([this.#workHere(bundle), ...workers.map(async (worker) => await workThere(bundle, worker))]);
		} finally {
			await Promise.all(workers.map(async (worker) => await worker.terminate()));
			this.#rooms.push(...rooms);
		}
		return bundle.vectors;
	}

	async #workHere(bundle: Bundle): Promise<void> {
		for (let at = bundle.take(); at !== null; at = bundle.take()) {
			bundle.put(at, this.#mean.of(bundle.textsAt(at)));
			if (!bundle.isEmpty) await setImmediate();
		}
	}

	#startWorker(thread: number): Worker {
		const workerData: StaticWorkerData = { parts: this.#parts, thread };
		// The compiler does not rewrite URLs, so each form of the package names its own file.
		const script = import.meta.url.endsWith('.ts')
			? new URL('./static-worker.ts', import.meta.url)
			: new URL('./static-worker.js', import.meta.url);
		return new Worker(script, { workerData });
	}
}

/** `once` rejects when the worker fails. */
async function workThere(bundle: Bundle, worker: Worker): Promise<void> {
	for (let at = bundle.take(); at !== null; at = bundle.take()) {
		// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker of Node has no origin
		worker.postMessage(bundle.textsAt(at));
		const [vectors] = (await once(worker, 'message')) as [Float32Array];
		bundle.put(at, vectors);
	}
}

/** Texts that several threads take by slices, and their vectors. */
class Bundle {
	readonly vectors: Float32Array[];
	readonly #texts: readonly string[];
	readonly #dimensions: number;
	readonly #signal: AbortSignal | undefined;
	#next = 0;

	constructor(texts: readonly string[], dimensions: number, signal: AbortSignal | undefined) {
		this.#texts = texts;
		this.#dimensions = dimensions;
		this.#signal = signal;
		this.vectors = Array.from({ length: texts.length });
	}

	get isEmpty(): boolean {
		return this.#next >= this.#texts.length;
	}

	/** Where the next slice begins; null when all are taken. Throws `cancelled`. */
	take(): number | null {
		if (this.#signal?.aborted) throw new KnowhowError('cancelled', 'Embedding was cancelled.');
		if (this.isEmpty) return null;
		const at = this.#next;
		this.#next += slice;
		return at;
	}

	textsAt(at: number): readonly string[] {
		return this.#texts.slice(at, at + slice);
	}

	/** Takes the vectors of a slice, one after another. */
	put(at: number, vectors: Float32Array): void {
		const width = this.#dimensions;
		const count = vectors.length / width;
		for (let i = 0; i < count; i++) this.vectors[at + i] = vectors.slice(i * width, (i + 1) * width);
	}
}
