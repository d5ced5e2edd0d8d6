import type { Access, Readers } from '../../core/access.ts';
import type { Config } from '../../core/config.ts';
import type { Attributes } from '../../core/document.ts';
import type { Embedder } from '../../core/embedder.ts';
import { KnowhowError } from '../../core/error.ts';
import type { RemovalReceipt } from '../../core/receipt.ts';
import type { RecordPage, Store } from '../../core/store.ts';
import type { ParsePool } from '../../ingest/parse-pool.ts';
import { allRecords, changeRecord, readRecord } from '../records.ts';
import { fileKind, type StoredFile, uploadSource } from './stored-file.ts';

/** What becomes of a file in a collection: `<collection>:<file>`. */
const kind = 'collection-file';

/** A file in a collection, and how far it is on its way to being found. */
export type CollectionFile = {
	/** The id of the collection. */
	readonly collection: string;
	readonly file: string;
	readonly name: string;
	readonly bytes: number;
	/** `completed`: a search that begins now finds it. */
	readonly status: 'in_progress' | 'completed' | 'cancelled' | 'failed';
	/** Why it failed. */
	readonly error: { readonly code: string; readonly message: string } | null;
	/** As whoever added it said; the document has those that the file states of itself, too. */
	readonly attributes: Attributes;
	/** Who may read the document; null: as before, and everybody who reaches the collection when it is new. */
	readonly readers: Readers | null;
	/** The most tokens of a chunk; null: as the settings say. */
	readonly chunkTokens: number | null;
	/** The id of the document made of it. */
	readonly document: string | null;
	readonly owner: string | null;
	/** When it was added, milliseconds since the epoch. */
	readonly at: number;
};

export type CollectionFilesParts = {
	readonly store: Store;
	readonly settings: Config['ingest'];
	readonly pool: () => Promise<ParsePool>;
	readonly embedder: () => Promise<Embedder | null>;
	/** Removes documents with all that belongs to them. */
	readonly removeDocuments: (ids: readonly string[]) => Promise<RemovalReceipt>;
	/** Milliseconds since the epoch. */
	readonly now: () => number;
};

export type AddOptions = {
	readonly attributes?: Attributes | undefined;
	readonly readers?: Readers | null | undefined;
	readonly chunkTokens?: number | null | undefined;
};

type ListOptions = { readonly after?: string | undefined; readonly status: CollectionFile['status'] | null };

type Work = { readonly stop: AbortController; readonly done: PromiseWithResolvers<void> };

/**
 * Makes documents of uploaded files, a few at a time. What is to be done is in records, so that another process can go on
 * where a killed one stopped; what is being done is known to this process alone.
 */
export class CollectionFiles {
	readonly #parts: CollectionFilesParts;
	readonly #work = new Map<string, Work>();
	readonly #waiting: string[] = [];
	#running = 0;

	constructor(parts: CollectionFilesParts) {
		this.#parts = parts;
	}

	/** Goes on with what is in progress, and forgets what belongs to collections that are gone. */
	async resume(isThere: (collection: string) => boolean): Promise<void> {
		const { records } = this.#parts.store;
		const gone: string[] = [];
		for await (const { id, value } of allRecords(records, kind)) {
			const { collection, status } = value as CollectionFile;
			if (!isThere(collection)) gone.push(id);
			else if (status === 'in_progress') this.#enqueue(id);
		}
		await records.removeAll(kind, gone);
	}

	/** Begins to make a document of a file; one that is in the collection already begins anew. What fails is told by its status. */
	async add(
		collection: string,
		file: StoredFile,
		{ attributes = {}, readers = null, chunkTokens = null }: AddOptions,
	): Promise<CollectionFile> {
		const { store, now } = this.#parts;
		const id = keyOf(collection, file.id);
		await this.#stop(id);
		await this.#prepareSpace(collection);
		const { id: fileId, name, bytes, owner } = file;
		const added: CollectionFile = {
			collection,
			file: fileId,
			name,
			bytes,
			status: 'in_progress',
			error: null,
			attributes,
			readers,
			chunkTokens,
			document: null,
			owner,
			at: now(),
		};
		await store.records.put({ kind, id, value: added });
		this.#enqueue(id);
		return added;
	}

	/** Null when it is not in the collection, or its document is gone or not included in `access`. */
	async get(collection: string, file: string, access: Access): Promise<CollectionFile | null> {
		const record = await this.#read(keyOf(collection, file));
		return record && (await this.#isVisible(record, access)) ? record : null;
	}

	/** In order of the files' ids, which is that of their upload; `status` null: all. */
	async list(
		collection: string,
		access: Access,
		{ after, limit, order, status }: Required<Omit<RecordPage, 'after'>> & ListOptions,
	): Promise<CollectionFile[]> {
		const found: CollectionFile[] = [];
		for await (const record of this.#all(collection, order, after)) {
			if (found.length === limit) break;
			if (status !== null && record.status !== status) continue;
			if (await this.#isVisible(record, access)) found.push(record);
		}
		return found;
	}

	/** How many files there are of each status, and the bytes of those completed; only what `access` includes. Reads every file's record. */
	async counts(
		collection: string,
		access: Access,
	): Promise<Record<CollectionFile['status'], number> & { readonly bytes: number }> {
		const counts = { in_progress: 0, completed: 0, failed: 0, cancelled: 0, bytes: 0 };
		for await (const file of this.#all(collection, 'asc')) {
			if (access !== 'everything' && !(await this.#isVisible(file, access))) continue;
			const { status, bytes } = file;
			counts[status]++;
			if (status === 'completed') counts.bytes += bytes;
		}
		return counts;
	}

	async *#all(collection: string, order: 'asc' | 'desc', after?: string): AsyncGenerator<CollectionFile> {
		const from = keyOf(collection, after ?? (order === 'asc' ? '' : '~'));
		for await (const { id, value } of allRecords(this.#parts.store.records, kind, { after: from, order })) {
			if (!id.startsWith(`${collection}:`)) return;
			yield value as CollectionFile;
		}
	}

	/** Replaces the attributes. Null when there is no such file. */
	async setAttributes(collection: string, file: string, attributes: Attributes): Promise<CollectionFile | null> {
		const { store } = this.#parts;
		const id = keyOf(collection, file);
		await this.#work.get(id)?.done.promise;
		const record = await this.#read(id);
		const document = record?.document ? await store.corpus.document(record.document, 'everything') : null;
		if (record && document) {
			const own = Object.entries(document.attributes).filter(([key]) => !Object.hasOwn(record.attributes, key));
			await store.corpus.setAttributes(document.id, { ...Object.fromEntries(own), ...attributes });
		}
		await changeRecord<CollectionFile>(store.records, { kind, id }, (stored) => stored && { ...stored, attributes });
		return await this.#read(id);
	}

	/** Stops what has not ended; null when there is no such file. */
	async cancel(collection: string, file: string): Promise<CollectionFile | null> {
		const id = keyOf(collection, file);
		await this.#stop(id);
		await this.#change(id, (stored) => (stored.status === 'in_progress' ? { ...stored, status: 'cancelled' } : stored));
		return await this.#read(id);
	}

	/** Removes the document and what is known of it; the file stays. Null when it is not in the collection. */
	async remove(collection: string, file: string): Promise<RemovalReceipt | null> {
		const { store, removeDocuments } = this.#parts;
		const id = keyOf(collection, file);
		await this.#stop(id);
		const record = await this.#read(id);
		if (record === null) return null;
		const source = uploadSource({ id: file, name: record.name });
		const document = await store.corpus.documentAt(collection, source, 'everything');
		const receipt = await removeDocuments(document === null ? [] : [document.id]);
		await store.records.remove(kind, id);
		return receipt;
	}

	/** Forgets a collection's files, before it is deleted. */
	async forget(collection: string): Promise<void> {
		const { records } = this.#parts.store;
		const ids: string[] = [];
		for await (const { file } of this.#all(collection, 'asc')) {
			const id = keyOf(collection, file);
			await this.#stop(id);
			ids.push(id);
		}
		await records.removeAll(kind, ids);
	}

	/** Resolves when nothing is in progress. */
	async settled(): Promise<void> {
		await Promise.all([...this.#work.values()].map(({ done }) => done.promise));
	}

	/** Ends what is being done; it goes on at the next `resume`. */
	async close(): Promise<void> {
		await Promise.all([...this.#work.keys()].map(async (id) => await this.#stop(id)));
	}

	/** A collection without documents is searched by the configured embedder's vectors from its first one on. */
	async #prepareSpace(id: string): Promise<void> {
		const { corpus } = this.#parts.store;
		const collection = (await corpus.collections()).find((each) => each.id === id);
		if (collection === undefined || collection.space !== null || collection.documents > 0) return;
		const embedder = await this.#embedder();
		if (embedder === null) return;
		const { space, id: name, dimensions } = embedder;
		await corpus.addVectors(id, { space, embedder: name, dimensions }, []);
		await corpus.activate(id, space);
	}

	/** Null also when it does not answer: documents are then found by keywords. */
	async #embedder(): Promise<Embedder | null> {
		try {
			return await this.#parts.embedder();
		} catch (error) {
			if (error instanceof KnowhowError && error.code === 'embedder_failed') return null;
			throw error;
		}
	}

	#enqueue(id: string): void {
		this.#work.set(id, { stop: new AbortController(), done: Promise.withResolvers() });
		this.#waiting.push(id);
		void this.#drain();
	}

	async #drain(): Promise<void> {
		const { concurrency } = await this.#parts.pool();
		while (this.#running < concurrency && this.#waiting.length > 0) {
			const id = this.#waiting.shift()!;
			const work = this.#work.get(id);
			if (work === undefined) continue;
			this.#running++;
			void this.#run(id, work).finally(() => {
				this.#running--;
				void this.#drain();
			});
		}
	}

	async #run(id: string, { stop, done }: Work): Promise<void> {
		try {
			const document = await this.#ingest(id, stop.signal);
			await this.#change(id, (stored) => ({ ...stored, status: 'completed', document, error: null }));
		} catch (error) {
			if (!stop.signal.aborted)
				await this.#change(id, (stored) => ({ ...stored, status: 'failed', error: reason(error) }));
		} finally {
			if (this.#work.get(id)?.stop === stop) this.#work.delete(id);
			done.resolve();
		}
	}

	async #ingest(id: string, signal: AbortSignal): Promise<string> {
		const { store, settings, pool } = this.#parts;
		const { ingestFile } = await import('../../ingest/ingest-file.ts');
		const record = await this.#read(id);
		const file = record && (await readRecord<StoredFile>(store.records, fileKind, record.file));
		const content = file && (await store.blobs.get(file.sha256));
		if (record === null || !file || !content) throw new KnowhowError('not_found', 'The file is gone.');
		const collection = (await store.corpus.collections()).find((each) => each.id === record.collection);
		if (collection === undefined) throw new KnowhowError('not_found', 'The collection is gone.');
		const embedder = collection.space === null ? null : await this.#embedder();
		return await ingestFile({
			corpus: store.corpus,
			collection: collection.id,
			source: uploadSource(file),
			name: file.name,
			bytes: Buffer.concat(await Array.fromAsync(content)),
			embedder: embedder?.space === collection.space ? embedder : null,
			settings: record.chunkTokens === null ? settings : { ...settings, chunkTokens: record.chunkTokens },
			pool: await pool(),
			attributes: record.attributes,
			readers: record.readers ?? null,
			signal,
		});
	}

	/** Ends the work on a file, and waits until it has. */
	async #stop(id: string): Promise<void> {
		const work = this.#work.get(id);
		if (work === undefined) return;
		work.stop.abort();
		const at = this.#waiting.indexOf(id);
		if (at >= 0) {
			this.#waiting.splice(at, 1);
			work.done.resolve();
		}
		await work.done.promise;
		this.#work.delete(id);
	}

	async #change(id: string, change: (stored: CollectionFile) => CollectionFile): Promise<void> {
		await changeRecord<CollectionFile>(this.#parts.store.records, { kind, id }, (stored) => stored && change(stored));
	}

	async #read(id: string): Promise<CollectionFile | null> {
		return await readRecord<CollectionFile>(this.#parts.store.records, kind, id);
	}

	async #isVisible({ document, owner }: CollectionFile, access: Access): Promise<boolean> {
		if (document === null) return access === 'everything' || (owner !== null && access.principals.includes(owner));
		return (await this.#parts.store.corpus.document(document, access)) !== null;
	}
}

function keyOf(collection: string, file: string): string {
	return `${collection}:${file}`;
}

/** Unexpected errors tell nothing of where they happened. */
function reason(error: unknown): { code: string; message: string } {
	if (!(error instanceof KnowhowError))
		return { code: 'unexpected', message: 'The file could not be read, by a mistake of the server.' };
	return { code: error.code, message: error.hint === undefined ? error.message : `${error.message} ${error.hint}` };
}
