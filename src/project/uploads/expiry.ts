import type { Collection } from '../../core/collection.ts';
import type { Corpus, Records } from '../../core/store.ts';
import { allDocuments } from '../all-documents.ts';
import { allRecords, changeRecord, readRecord } from '../records.ts';
import type { Files } from './files.ts';
import { Turns } from './turns.ts';

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
/** How often a server looks for what has expired, beside the moments at which it knows that something has. */
const sweepMs = 60 * minuteMs;

/** Gets what went wrong where one thing could not be removed; it is tried again. */
type Report = (error: unknown) => void;

/** Lets the documents of unused collections and old files go, as whoever made them wished. */
export class Expiry {
	readonly #parts: ExpiryParts;
	/** When the use of a collection was written last. */
	readonly #written = new Map<string, number>();
	/** One sweep at a time. */
	readonly #turns = new Turns();
	#sweeps = 0;
	#timer: NodeJS.Timeout | null = null;
	#report: Report = () => {};

	constructor(parts: ExpiryParts) {
		this.#parts = parts;
	}

	/** Null: nobody used it since uses are noted. */
	async use(collection: string): Promise<CollectionUse | null> {
		const use = await readRecord<CollectionUse>(this.#parts.store.records, kind, collection);
		if (use !== null) this.#note(use);
		return use;
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
		this.#note(value);
	}

	/** When its documents go, or went, unless it is used; milliseconds since the epoch, null: never. */
	expiresAt({ activeAt, expiresAfterDays }: CollectionUse): number | null {
		return expiresAfterDays === null ? null : activeAt + expiresAfterDays * dayMs;
	}

	isExpired(use: CollectionUse): boolean {
		return use.expiredAt !== null || (this.expiresAt(use) ?? Infinity) <= this.#parts.now();
	}

	/** Removes what has expired, now and every hour until `close`. The timer keeps no process alive. */
	async start(report: Report = () => {}): Promise<void> {
		this.#report = report;
		await this.sweep();
		this.#timer ??= setInterval(() => void this.sweep(), sweepMs).unref();
	}

	/** Removes what has expired. On return it is gone from disk, but for what kept answers quote; what cannot be removed is reported. */
	async sweep(): Promise<void> {
		await this.#inTurn(async () => await this.#look());
	}

	/** To be called before anything is read: on return nothing that has expired is found. Costs nothing while nothing has. */
	async sweepDue(): Promise<void> {
		if (this.#sweeps > 0 || this.#isDue()) await this.#inTurn(async () => this.#isDue() && (await this.#look()));
	}

	async close(): Promise<void> {
		clearInterval(this.#timer ?? undefined);
		this.#timer = null;
		await this.#inTurn(async () => {});
	}

	#isDue(): boolean {
		return this.#parts.files.due.at <= this.#parts.now();
	}

	async #inTurn(run: () => Promise<unknown>): Promise<void> {
		this.#sweeps++;
		await this.#turns.take('sweep', run).finally(() => this.#sweeps--);
	}

	/** Fails for nothing: one thing that cannot be removed keeps no other from going. */
	async #look(): Promise<void> {
		const { files } = this.#parts;
		files.due.clear();
		const failed: unknown[] = [];
		const attempt = async (run: () => Promise<unknown>): Promise<void> => {
			await run().catch((error: unknown) => failed.push(error));
		};
		await attempt(async () => {
			for (const collection of await this.#expiredCollections())
				await attempt(async () => await this.#empty(collection));
		});
		await attempt(async () => {
			for (const { id } of await files.expired()) await attempt(async () => await files.remove(id));
		});
		if (failed.length > 0) files.due.noteFailure(this.#parts.now());
		for (const error of failed) this.#report(error);
	}

	/** Forgets the use of collections that are gone. */
	async #expiredCollections(): Promise<Collection[]> {
		const { corpus, records } = this.#parts.store;
		const collections = new Map((await corpus.collections()).map((each) => [each.id, each]));
		const expired: Collection[] = [];
		const gone: string[] = [];
		for await (const { id, value } of allRecords(records, kind)) {
			const collection = collections.get(id);
			if (collection === undefined) gone.push(id);
			else if (this.isExpired(value as CollectionUse)) expired.push(collection);
			else this.#note(value as CollectionUse);
		}
		await records.removeAll(kind, gone);
		return expired;
	}

	/** What has been emptied is not due again. */
	#note(use: CollectionUse): void {
		if (use.expiredAt === null) this.#parts.files.due.note(this.expiresAt(use) ?? Infinity);
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
