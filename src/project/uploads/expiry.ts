import type { Collection } from '../../core/collection.ts';
import type { Corpus, Records } from '../../core/store.ts';
import { allDocuments } from '../all-documents.ts';
import { allRecords, changeRecord, readRecord } from '../records.ts';
import type { Files } from './files.ts';

const kind = 'collection-use';

/** When a collection was used last, and how long without use its documents stay. */
export type CollectionUse = {
	/** When it was made, filled, searched or asked; milliseconds since the epoch, exact to a minute. */
	readonly activeAt: number;
	/** Days after that; null: they stay. */
	readonly expiresAfterDays: number | null;
	/** When they went; null: they have not. */
	readonly expiredAt: number | null;
};

export type ExpiryParts = {
	readonly store: { readonly corpus: Pick<Corpus, 'collections' | 'documents'>; readonly records: Records };
	readonly files: Files;
	/** Removes documents with all that belongs to them. */
	readonly removeDocuments: (ids: readonly string[]) => Promise<unknown>;
	/** Milliseconds since the epoch. */
	readonly now: () => number;
};

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** How often a server looks for what has expired. */
const sweepMs = 60 * minuteMs;

/** Lets the documents of unused collections and old files go, as whoever made them wished. */
export class Expiry {
	readonly #parts: ExpiryParts;
	/** When the use of a collection was written last. */
	readonly #written = new Map<string, number>();
	#timer: NodeJS.Timeout | null = null;
	#sweeping: Promise<void> = Promise.resolve();

	constructor(parts: ExpiryParts) {
		this.#parts = parts;
	}

	/** Null: nobody used it since uses are noted. */
	async use(collection: string): Promise<CollectionUse | null> {
		return await readRecord<CollectionUse>(this.#parts.store.records, kind, collection);
	}

	/** Takes note that a collection is used, at most once a minute on disk. False: it has expired, and is not to be used. */
	async touch(collection: string): Promise<boolean> {
		const now = this.#parts.now();
		if (now - (this.#written.get(collection) ?? -Infinity) < minuteMs) return true;
		const use = await this.use(collection);
		if (use !== null && this.isExpired(use)) return false;
		await changeRecord<CollectionUse>(this.#parts.store.records, { kind, id: collection }, (stored) => ({
			...(stored ?? unlimited),
			activeAt: now,
		}));
		this.#written.set(collection, now);
		return true;
	}

	/** Says how many days without use the documents of a collection stay (null: for good), from now on. */
	async set(collection: string, expiresAfterDays: number | null): Promise<void> {
		const value: CollectionUse = { activeAt: this.#parts.now(), expiresAfterDays, expiredAt: null };
		await this.#parts.store.records.put({ kind, id: collection, value });
	}

	/** When its documents go, or went, unless it is used; milliseconds since the epoch, null: never. */
	expiresAt({ activeAt, expiresAfterDays }: CollectionUse): number | null {
		return expiresAfterDays === null ? null : activeAt + expiresAfterDays * dayMs;
	}

	isExpired(use: CollectionUse): boolean {
		return use.expiredAt !== null || (this.expiresAt(use) ?? Infinity) <= this.#parts.now();
	}

	/** Removes what has expired, now and every hour until `close`. The timer keeps no process alive. */
	async start(): Promise<void> {
		// What cannot be removed now (another process holds the database) is met again in an hour, and refused until then.
		const look = async (): Promise<void> => await this.sweep().catch(() => {});
		await look();
		this.#timer ??= setInterval(() => {
			this.#sweeping = look();
		}, sweepMs).unref();
	}

	/** Removes what has expired. On return it is gone from disk, but for what kept answers quote. */
	async sweep(): Promise<void> {
		const { store, files } = this.#parts;
		const collections = new Map((await store.corpus.collections()).map((each) => [each.id, each]));
		const gone: string[] = [];
		for await (const { id, value } of allRecords(store.records, kind)) {
			const collection = collections.get(id);
			if (collection === undefined) gone.push(id);
			else if (this.isExpired(value as CollectionUse)) await this.#empty(collection);
		}
		await store.records.removeAll(kind, gone);
		for (const { id } of await files.expired()) await files.remove(id);
	}

	async close(): Promise<void> {
		clearInterval(this.#timer ?? undefined);
		this.#timer = null;
		await this.#sweeping;
	}

	/** Marked first, so that nobody fills it meanwhile; after a kill in between the next sweep does the rest. */
	async #empty({ id }: Collection): Promise<void> {
		const { store, files, removeDocuments, now } = this.#parts;
		await changeRecord<CollectionUse>(
			store.records,
			{ kind, id },
			(stored) => stored && { ...stored, expiredAt: stored.expiredAt ?? now() },
		);
		await files.inCollections.forget(id);
		const documents = await Array.fromAsync(allDocuments(store.corpus, id, 'everything'));
		if (documents.length > 0) await removeDocuments(documents.map((document) => document.id));
	}
}

const unlimited: CollectionUse = { activeAt: 0, expiresAfterDays: null, expiredAt: null };
