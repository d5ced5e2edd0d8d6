import { resolve } from 'node:path';
import type { Collection } from '../core/collection.ts';
import type { Embedder } from '../core/embedder.ts';
import { KnowhowError } from '../core/error.ts';
import type { Corpus } from '../core/store.ts';
import type { IngestReport, Stamped } from '../ingest/ingest.ts';
import type { ParsePool } from '../ingest/parse-pool.ts';
import type { Embedders } from './embedders.ts';
import type { IngestOptions, WatchOptions } from './knowhow.ts';
import type { Parts } from './parts.ts';

/** What ingesting works with. Paths are relative to the folder. */
type IngestingParts = Pick<Parts, 'folder' | 'config' | 'store' | 'embedders' | 'indexes' | 'log' | 'now'>;

type Paths = string | readonly string[];

/** `base`: the folder that relative paths begin in and sources are relative to; the project's when absent. */
type RunOptions = IngestOptions & { readonly base?: string | undefined };

/** How files become documents of an open project; holds the processes that parse them. */
export class Ingesting implements AsyncDisposable {
	readonly #parts: IngestingParts;
	#pool: ParsePool | null = null;

	constructor(parts: IngestingParts) {
		this.#parts = parts;
	}

	/** Its workers end by themselves when they have had nothing to do for a while. */
	async pool(): Promise<ParsePool> {
		const { ParsePool } = await import('../ingest/parse-pool.ts');
		return (this.#pool ??= new ParsePool(this.#parts.config.ingest));
	}

	async ingest(paths: Paths, options: RunOptions): Promise<IngestReport> {
		const report = await this.#run(paths, options);
		const { removeExpired } = await import('./interactions/retention.ts');
		await removeExpired(this.#parts.log);
		await settle(this.#parts.store, options);
		await this.#parts.indexes.save(this.#nameOf(options));
		return report;
	}

	async *watch(paths: Paths, options: WatchOptions): AsyncGenerator<IngestReport, void> {
		const { Watcher } = await import('../ingest/watch.ts');
		const folders = listOf(paths).map((path) => resolve(this.#parts.folder, path));
		using watcher = new Watcher(folders, { signal: options.signal });
		await watcher.refresh();
		const stamps = new Map<string, Stamped>();
		let failed = '';
		try {
			for (let isFirst = true, isDue = true; isDue; isFirst = false) {
				const report = await this.#run(paths, options, stamps);
				const { added, updated, removed } = report;
				const failures = JSON.stringify(report.failed);
				if (updated + removed > 0) await settle(this.#parts.store, options);
				if (isFirst || added + updated + removed > 0 || failures !== failed) yield report;
				failed = failures;
				// What was saved into a new folder before it was watched was not told.
				isDue = (await watcher.refresh()) || (await watcher.next());
			}
		} catch (error) {
			if (options.signal?.aborted !== true) throw error;
		} finally {
			await this.#parts.indexes.save(this.#nameOf(options));
		}
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#pool?.[Symbol.asyncDispose]();
	}

	async #run(paths: Paths, options: RunOptions, stamps?: Map<string, Stamped>): Promise<IngestReport> {
		const { folder, config, store, embedders, now } = this.#parts;
		const { ingest } = await import('../ingest/ingest.ts');
		const collection = await ensureCollection(store.corpus, this.#nameOf(options));
		return await ingest({
			corpus: store.corpus,
			records: store.records,
			collection: collection.id,
			paths: listOf(paths),
			base: options.base ?? folder,
			embedder: await embedderFor(embedders, options),
			settings: config.ingest,
			pool: await this.pool(),
			sync: options.sync ?? false,
			now,
			...(stamps ? { stamps } : {}),
			...(options.sitemaps ? { sitemaps: options.sitemaps } : {}),
			...(options.stdin ? { stdin: options.stdin } : {}),
			...(options.stdinName ? { stdinName: options.stdinName } : {}),
			...(options.signal ? { signal: options.signal } : {}),
			...(options.onEvent ? { onEvent: options.onEvent } : {}),
		});
	}

	#nameOf({ collection }: IngestOptions): string {
		return collection ?? this.#parts.config.collection;
	}
}

function listOf(paths: Paths): readonly string[] {
	return typeof paths === 'string' ? [paths] : paths;
}

async function ensureCollection(corpus: Corpus, name: string): Promise<Collection> {
	const present = await corpus.collection(name);
	if (present) return present;
	try {
		return await corpus.createCollection(name);
	} catch (error) {
		// Another process was faster.
		const created = await corpus.collection(name);
		if (created) return created;
		throw error;
	}
}

/** Without an answer from the embedder documents are committed all the same, and can be found by keywords. */
async function embedderFor(embedders: Embedders, { signal, onEvent }: IngestOptions): Promise<Embedder | null> {
	try {
		return (await embedders.serving(signal))?.embedder ?? null;
	} catch (error) {
		if (!(error instanceof KnowhowError) || error.code !== 'embedder_failed') throw error;
		const hint = 'The documents are searchable by keywords. Run `knowhow reindex` once the embedder answers.';
		onEvent?.({ type: 'warning', path: null, message: `Documents get no vectors: ${error.message}`, hint });
		return null;
	}
}

/** Takes replaced text off the disk. A reader that holds on to it delays that and fails nothing. */
async function settle(store: IngestingParts['store'], { onEvent }: IngestOptions): Promise<void> {
	const { removeStaleAnswers } = await import('./systems/answer-cache.ts');
	try {
		await removeStaleAnswers(store.records, store.corpus);
		await store.settle();
	} catch (error) {
		if (!(error instanceof KnowhowError) || error.code !== 'store_busy') throw error;
		const message = 'Replaced text is still in the files on disk, because another process reads it.';
		onEvent?.({ type: 'warning', path: null, message, hint: 'Ingest again later: that removes it.' });
	}
}
