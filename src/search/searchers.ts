import type { Collection } from '../core/collection.ts';
import type { Embedder } from '../core/embedder.ts';
import type { Corpus } from '../core/store.ts';
import type { search, SearchOptions, SearchResult } from './search.ts';
import type { Searcher } from './searcher.ts';
import { removeSnapshot } from './snapshot-path.ts';

/** A collection that is open for searches, as it was at the last `refresh`. */
export interface SearchedCollection {
	readonly collection: Collection;
	/** The vector space that searches use; null: keywords only. */
	readonly space: string | null;
	/** Catches up with all commits made before this call. */
	refresh(): Promise<void>;
}

/** The indexes of an open project, in this thread (`Searchers`) or in one of their own (`SearchWorker`). */
export interface Indexes {
	/** By the collection's name. Throws `not_found`. */
	open(name: string): Promise<SearchedCollection>;
	/** See `search`; `collections` by name. */
	search(
		query: string,
		parts: { readonly collections: readonly string[]; readonly embedder: Embedder | null },
		options: SearchOptions,
	): Promise<SearchResult>;
	/** Writes the snapshot of a collection when it is behind. */
	save(name: string): Promise<void>;
	saveAll(): Promise<void>;
	/** The next one opened under this name begins with what is on disk. */
	forget(name: string): void;
	/** Removes the snapshot of a collection, by its id. */
	removeSnapshot(collection: string): Promise<void>;
	close(): Promise<void>;
}

/** An index that took longer to open had to read much that its snapshot lacks; writing it anew makes the next start fast. */
const slowOpenMs = 1_000;

/** One index for each collection, opened when it is first needed. Each catches up with every commit by itself. */
export class Searchers implements Indexes {
	readonly #corpus: Corpus;
	readonly #folder: string;
	readonly #open = new Map<string, Promise<Searcher>>();
	#stage: Promise<{ readonly search: typeof search }> | null = null;

	/** `folder` is that of the snapshots. */
	constructor(corpus: Corpus, folder: string) {
		this.#corpus = corpus;
		this.#folder = folder;
	}

	/** Again after a failure. */
	async open(name: string): Promise<Searcher> {
		const present = this.#open.get(name);
		if (present) return await present;
		const opening = this.#openNew(name);
		this.#open.set(name, opening);
		opening.catch(() => this.#open.delete(name));
		return await opening;
	}

	async search(
		query: string,
		{ collections, embedder }: { readonly collections: readonly string[]; readonly embedder: Embedder | null },
		options: SearchOptions,
	): Promise<SearchResult> {
		// Importing what is there already takes a twentieth of a search.
		this.#stage ??= import('./search.ts');
		const stage = await this.#stage;
		const searchers = await Promise.all(collections.map((name) => this.open(name)));
		return await stage.search(query, { searchers, corpus: this.#corpus, embedder }, options);
	}

	async save(name: string): Promise<void> {
		const searcher = await this.open(name);
		await searcher.refresh();
		await searcher.save();
	}

	async saveAll(): Promise<void> {
		for (const { name } of await this.#corpus.collections()) await this.save(name);
	}

	forget(name: string): void {
		this.#open.delete(name);
	}

	async removeSnapshot(collection: string): Promise<void> {
		await removeSnapshot(this.#folder, collection);
	}

	async close(): Promise<void> {
		this.#open.clear();
	}

	async #openNew(name: string): Promise<Searcher> {
		const { Searcher } = await import('./searcher.ts');
		const began = performance.now();
		const searcher = await Searcher.open(this.#corpus, name, this.#folder);
		if (performance.now() - began > slowOpenMs) await searcher.save();
		return searcher;
	}
}
