import type { RemovalReceipt } from '../../core/receipt.ts';
import type { Store } from '../../core/store.ts';
import { CollectionFiles, type CollectionFilesParts } from './collection-files.ts';
import { Due } from './due.ts';
import { FileBatches } from './file-batches.ts';
import { allRecords, changeRecord, readRecord } from '../records.ts';
import { fileKind, isExpired, type StoredFile } from './stored-file.ts';
import { timedId } from '../timed-id.ts';
import { Turns } from './turns.ts';

/** Which files name a blob: `<sha256>:<file>`. A blob that no file names is removed. */
const useKind = 'blob-use';

/** A blob without a file is an upload's that goes on in another process, while it is younger than this. */
const orphanAgeMs = 60 * 60 * 1000;

export type Upload = {
	readonly name: string;
	/** What it is for, in OpenAI's words. */
	readonly purpose: string;
	readonly content: AsyncIterable<Uint8Array>;
	/** Whose it is; null: the owner of the project. */
	readonly owner: string | null;
	/** Milliseconds after which it is removed by itself; never when absent. */
	readonly expiresAfterMs?: number | undefined;
};

export type FilesParts = CollectionFilesParts & {
	readonly store: Store;
	readonly random: (bytes: number) => Uint8Array;
};

/** Uploaded files, and the collections they are in. */
export class Files {
	readonly #parts: FilesParts;
	/** Files as documents of collections. */
	readonly inCollections: CollectionFiles;
	readonly batches: FileBatches;
	readonly due = new Due();
	/** Blobs and the rows that name them change one at a time. */
	readonly #turns = new Turns();

	constructor(parts: FilesParts) {
		this.#parts = parts;
		this.inCollections = new CollectionFiles(parts);
		this.batches = new FileBatches({ records: parts.store.records, now: parts.now, random: parts.random });
	}

	/** Goes on with what was begun before a stop, and removes blobs that belong to no file. Call it once, before the others. */
	async resume(): Promise<void> {
		const { blobs } = this.#parts.store;
		for (const sha256 of await blobs.olderThan(this.#parts.now() - orphanAgeMs)) {
			if (!(await this.#isUsed(sha256))) await blobs.remove(sha256);
		}
		const collections = new Set((await this.#parts.store.corpus.collections()).map(({ id }) => id));
		await this.inCollections.resume((id) => collections.has(id));
	}

	/** Keeps bytes. When it resolves they are on disk. */
	async upload({ name, purpose, content, owner, expiresAfterMs }: Upload): Promise<StoredFile> {
		const { store, now, random } = this.#parts;
		return await this.#turns.take('blobs', async () => {
			const { sha256, bytes } = await store.blobs.put(content);
			const at = now();
			const id = timedId('file', at, random).replace('_', '-');
			const expiresAt = expiresAfterMs === undefined ? undefined : at + expiresAfterMs;
			this.due.note(expiresAt ?? Infinity);
			const file: StoredFile = { id, name: name.toWellFormed(), purpose, bytes, sha256, owner, at, expiresAt };
			await store.records.put({ kind: useKind, id: `${sha256}:${id}`, value: null });
			await store.records.put({ kind: fileKind, id, value: file });
			return file;
		});
	}

	/** Null when there is none, or its time is over. */
	async get(id: string): Promise<StoredFile | null> {
		const file = await this.#read(id);
		return file === null || this.#isExpired(file) ? null : file;
	}

	/** In order of id, which is that of time; without those whose time is over. */
	async *all(page: { after?: string; order?: 'asc' | 'desc' } = {}): AsyncGenerator<StoredFile> {
		for await (const { value } of allRecords(this.#parts.store.records, fileKind, page)) {
			if (!this.#isExpired(value as StoredFile)) yield value as StoredFile;
		}
	}

	/** Those whose time is over, and which are still to be removed. */
	async expired(): Promise<StoredFile[]> {
		const { store, now } = this.#parts;
		const expired: StoredFile[] = [];
		for await (const { value } of allRecords(store.records, fileKind)) {
			const file = value as StoredFile;
			if (isExpired(file, now())) expired.push(file);
			else this.due.note(file.expiresAt ?? Infinity);
		}
		return expired;
	}

	/** Null when there is no such file. */
	async content(id: string): Promise<AsyncIterable<Uint8Array> | null> {
		const file = await this.get(id);
		return file && (await this.#parts.store.blobs.get(file.sha256));
	}

	/**
	 * Removes a file from every collection, and its bytes. On return they are gone from disk. Null when there is none. Its time is
	 * over first: nobody reads it or adds it to a collection meanwhile, and after a failure or a kill in between the next sweep does the rest.
	 */
	async remove(
		id: string,
	): Promise<{ readonly file: StoredFile; readonly receipts: readonly RemovalReceipt[] } | null> {
		const { store, now } = this.#parts;
		const file = await this.#read(id);
		if (file === null) return null;
		await changeRecord<StoredFile>(store.records, { kind: fileKind, id }, (stored) =>
			stored === null || isExpired(stored, now()) ? null : { ...stored, expiresAt: now() },
		);
		try {
			return { file, receipts: await this.#erase(file) };
		} catch (error) {
			this.due.noteFailure(now());
			throw error;
		}
	}

	async #erase({ id, sha256 }: StoredFile): Promise<RemovalReceipt[]> {
		const { store } = this.#parts;
		const receipts: RemovalReceipt[] = [];
		for (const collection of await store.corpus.collections()) {
			const receipt = await this.inCollections.remove(collection.id, id);
			if (receipt) receipts.push(receipt);
		}
		await this.#turns.take('blobs', async () => {
			await store.records.remove(fileKind, id);
			await store.records.remove(useKind, `${sha256}:${id}`);
			if (!(await this.#isUsed(sha256))) await store.blobs.remove(sha256);
		});
		await store.settle();
		return receipts;
	}

	async #read(id: string): Promise<StoredFile | null> {
		return await readRecord<StoredFile>(this.#parts.store.records, fileKind, id);
	}

	#isExpired(file: StoredFile): boolean {
		this.due.note(file.expiresAt ?? Infinity);
		return isExpired(file, this.#parts.now());
	}

	async #isUsed(sha256: string): Promise<boolean> {
		const [first] = await this.#parts.store.records.list(useKind, { after: `${sha256}:`, limit: 1 });
		return first?.id.startsWith(`${sha256}:`) === true;
	}
}
