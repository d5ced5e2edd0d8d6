import type { Collection } from '../core/collection.ts';
import { KnowhowError } from '../core/error.ts';
import type { Corpus } from '../core/store.ts';
import type { SearchedCollection } from './searchers.ts';

/** A collection whose index is elsewhere: what the store says of it. */
export class NamedCollection implements SearchedCollection {
	readonly #corpus: Corpus;
	readonly #name: string;
	#collection: Collection | null = null;
	#pulse: number | null = null;

	/** Nothing is known of it before `refresh`. */
	constructor(corpus: Corpus, name: string) {
		this.#corpus = corpus;
		this.#name = name;
	}

	get collection(): Collection {
		return this.#collection!;
	}

	get space(): string | null {
		return this.collection.space;
	}

	/** Throws `not_found`. */
	async refresh(): Promise<void> {
		const pulse = this.#corpus.pulse();
		if (pulse === this.#pulse) return;
		this.#collection = await collectionOf(this.#corpus, this.#name);
		this.#pulse = pulse;
	}
}

/** By name. Throws `not_found`. */
export async function collectionOf(corpus: Corpus, name: string): Promise<Collection> {
	const collection = await corpus.collection(name);
	if (collection !== null) return collection;
	throw new KnowhowError('not_found', `There is no collection named "${name}".`, {
		hint: 'List them with `knowhow collections`, or create it by ingesting into it: `knowhow ingest ./docs --collection NAME`.',
	});
}
