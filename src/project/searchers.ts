import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Corpus } from '../core/store.ts';
import type { Searcher } from '../search/searcher.ts';
import { dataFolder } from './folder.ts';

/** An index that took longer to open had to read much that its snapshot lacks; writing it anew makes the next start fast. */
const slowOpenMs = 1_000;

/** The indexes of an open project: one for each collection, opened when it is first needed. Each catches up with every commit by itself. */
export class Searchers {
	readonly #corpus: Corpus;
	readonly #folder: string;
	readonly #open = new Map<string, Promise<Searcher>>();

	/** `folder` is the project's. */
	constructor(corpus: Corpus, folder: string) {
		this.#corpus = corpus;
		this.#folder = join(folder, dataFolder, 'index');
	}

	/** By the collection's name. Again after a failure. Throws `not_found`. */
	async open(name: string): Promise<Searcher> {
		const { Searcher } = await import('../search/searcher.ts');
		const present = this.#open.get(name);
		if (present) return await present;
		const began = performance.now();
		const opening = Searcher.open(this.#corpus, name, this.#folder);
		this.#open.set(name, opening);
		opening.catch(() => this.#open.delete(name));
		const searcher = await opening;
		if (performance.now() - began > slowOpenMs) await searcher.save();
		return searcher;
	}

	/** Writes the snapshot of a collection when it is behind. */
	async save(name: string): Promise<void> {
		const searcher = await this.open(name);
		await searcher.refresh();
		await searcher.save();
	}

	async saveAll(): Promise<void> {
		for (const { name } of await this.#corpus.collections()) await this.save(name);
	}

	/** The next one opened under this name begins with what is on disk. */
	forget(name: string): void {
		this.#open.delete(name);
	}

	/** Removes the snapshot of a collection, by its id. */
	async removeSnapshot(collection: string): Promise<void> {
		const { snapshotPath } = await import('../search/searcher.ts');
		await rm(snapshotPath(this.#folder, collection), { force: true });
	}
}
