import type { Access, Readers } from '../../core/access.ts';
import type { Config } from '../../core/config.ts';
import type { Attributes, DocumentSummary } from '../../core/document.ts';
import type { Embedder } from '../../core/embedder.ts';
import { KnowhowError } from '../../core/error.ts';
import type { RemovalReceipt } from '../../core/receipt.ts';
import type { RecordPage, Store } from '../../core/store.ts';
import type { IngestedFile } from '../../ingest/ingest-file.ts';
import type { ParsePool } from '../../ingest/parse-pool.ts';
import { allRecords, changeRecord, readRecord } from '../records.ts';
import { Remembered } from '../remembered.ts';
import { fileKind, fileOfSource, isExpired, type StoredFile, uploadSource } from './stored-file.ts';
import { Turns } from './turns.ts';

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
	/** What the file states of itself, which attributes that are taken back uncover; null before it is read. */
	readonly stated?: Attributes | null;
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

type ListOptions = {
	readonly after?: string | undefined;
	readonly status: CollectionFile['status'] | null;
	/** Only these files. */
	readonly among?: ReadonlySet<string> | undefined;
};

type Place = Pick<CollectionFile, 'at' | 'file'>;

/** Files taken out of collections whose places in lists are remembered. */
const mostRemoved = 10_000;

type Work = { readonly stop: AbortController; readonly done: PromiseWithResolvers<void> };

/**
 * Makes documents of uploaded files, a few at a time. What is to be done is in records, so that another process can go on
 * where a killed one stopped; what is being done is known to this process alone.
 */
export class CollectionFiles {
	readonly #parts: CollectionFilesParts;
	readonly #work = new Map<string, Work>();
	/** Adding, removing and cancelling a file in a collection: each sees what the one before it left, and ends its work. */
	readonly #turns = new Turns();
	/** By collection, as `byTime` orders them. */
	readonly #places: Remembered<readonly Place[]>;
	/** When those were added that this process took out. */
	readonly #removed = new Map<string, number>();
	readonly #waiting: string[] = [];
	#running = 0;

	constructor(parts: CollectionFilesParts) {
		this.#parts = parts;
		const pulse = (): number => parts.store.corpus.pulse();
		this.#places = new Remembered(pulse, async (collection) => {
			const places: Place[] = [];
			for await (const { file, at } of this.#all(collection)) places.push({ file, at });
			return places.sort(byTime);
		});
	}

	/** Goes on with what is in progress, and forgets what belongs to collections and documents that are gone. */
	async resume(isThere: (collection: string) => boolean): Promise<void> {
		const { records } = this.#parts.store;
		const gone: string[] = [];
		for await (const { id, value } of allRecords(records, kind)) {
			const { collection, status, document } = value as CollectionFile;
			if (!isThere(collection) || (document !== null && !(await this.#isReadable(document, 'everything'))))
				gone.push(id);
			else if (status === 'in_progress')
				await this.#turns.take(id, async () => this.#work.has(id) || this.#enqueue(id));
		}
		await records.removeAll(kind, gone);
	}

	/**
	 * Begins to make a document of a file; one that is in the collection already begins anew. What fails is told by its status.
	 * Throws `not_found` when the file is being removed.
	 */
	async add(
		collection: string,
		file: StoredFile,
		{ attributes = {}, readers = null, chunkTokens = null }: AddOptions,
	): Promise<CollectionFile> {
		const { id: fileId, name, bytes, owner } = file;
		const id = keyOf(collection, fileId);
		return await this.#turns.take(id, async () => {
			await this.#stop(id);
			if (!(await this.#isKept(fileId))) throw new KnowhowError('not_found', `There is no file "${fileId}".`);
			await this.#prepareSpace(collection);
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
				at: this.#parts.now(),
			};
			await this.#parts.store.records.put({ kind, id, value: added });
			this.#enqueue(id);
			return added;
		});
	}

	/** For whoever may read it. Null when it is not in the collection, or its document is gone or not included in `access`. */
	async get(collection: string, file: string, access: Access): Promise<CollectionFile | null> {
		const shown = await this.status(collection, file, access);
		return shown && (shown.document !== null || shown.status !== 'completed') ? shown : null;
	}

	/** As `get`; and for whoever uploaded the file without what only readers see, `document` and `attributes`. */
	async status(collection: string, file: string, access: Access): Promise<CollectionFile | null> {
		const record = await this.#read(keyOf(collection, file));
		return record && (await this.#shown(record, access));
	}

	/**
	 * What `status` gives, in the order in which they were added, beginning after the file `after`; `status` null: all. Null when
	 * `access` does not include `after`.
	 */
	async list(
		collection: string,
		access: Access,
		{ after, limit, order, status, among }: Required<Omit<RecordPage, 'after'>> & ListOptions,
	): Promise<CollectionFile[] | null> {
		const places = await this.#placesFrom(collection, access, { cursor: after, order });
		if (places === null) return null;
		const found: CollectionFile[] = [];
		for (const { file } of places) {
			if (found.length === limit) break;
			if (among?.has(file) === false) continue;
			const record = await this.#read(keyOf(collection, file));
			if (record === null || (status !== null && record.status !== status)) continue;
			const shown = await this.#shown(record, access);
			if (shown !== null) found.push(shown);
		}
		return found;
	}

	/** Begins where `cursor` is or was: whoever lists may take out what they get. Null when `access` does not include it. */
	async #placesFrom(
		collection: string,
		access: Access,
		{ cursor, order }: { readonly cursor: string | undefined; readonly order: 'asc' | 'desc' },
	): Promise<readonly Place[] | null> {
		const places = await this.#places.get(collection);
		const sorted = order === 'asc' ? places : places.toReversed();
		if (cursor === undefined) return sorted;
		const at = (await this.status(collection, cursor, access))?.at ?? this.#removed.get(keyOf(collection, cursor));
		if (at === undefined) return null;
		const sign = order === 'asc' ? 1 : -1;
		const from = sorted.findIndex((place) => byTime(place, { at, file: cursor }) * sign > 0);
		return from < 0 ? [] : sorted.slice(from);
	}

	/** How many files there are of each status, and the bytes of those completed; only what `access` includes. Reads every file's record. */
	async counts(
		collection: string,
		access: Access,
	): Promise<Record<CollectionFile['status'], number> & { readonly bytes: number }> {
		const counts = { in_progress: 0, completed: 0, failed: 0, cancelled: 0, bytes: 0 };
		for await (const file of this.#all(collection)) {
			if (access !== 'everything' && (await this.#shown(file, access)) === null) continue;
			const { status, bytes } = file;
			counts[status]++;
			if (status === 'completed') counts.bytes += bytes;
		}
		return counts;
	}

	async *#all(collection: string): AsyncGenerator<CollectionFile> {
		for await (const { id, value } of allRecords(this.#parts.store.records, kind, { after: keyOf(collection, '') })) {
			if (!id.startsWith(`${collection}:`)) return;
			yield value as CollectionFile;
		}
	}

	/** Replaces the attributes. Null when there is no such file. */
	async setAttributes(collection: string, file: string, attributes: Attributes): Promise<CollectionFile | null> {
		const { store } = this.#parts;
		const id = keyOf(collection, file);
		return await this.#turns.take(id, async () => {
			await this.#work.get(id)?.done.promise;
			const record = await this.#read(id);
			const document = record?.document ? await store.corpus.document(record.document, 'everything') : null;
			if (record && document) {
				const stated = record.stated ?? without(document.attributes, record.attributes);
				await store.corpus.setAttributes(document.id, { ...stated, ...attributes });
			}
			await this.#change(id, (stored) => ({ ...stored, attributes }));
			return await this.#read(id);
		});
	}

	/** Stops what has not ended; null when there is no such file. */
	async cancel(collection: string, file: string): Promise<CollectionFile | null> {
		const id = keyOf(collection, file);
		return await this.#turns.take(id, async () => {
			await this.#stop(id);
			await this.#end(id, { status: 'cancelled' });
			return await this.#read(id);
		});
	}

	/** Removes the document and what is known of it; the file stays. Null when it is not in the collection. */
	async remove(collection: string, file: string): Promise<RemovalReceipt | null> {
		const { store, removeDocuments } = this.#parts;
		const id = keyOf(collection, file);
		return await this.#turns.take(id, async () => {
			await this.#stop(id);
			const record = await this.#read(id);
			if (record === null) return null;
			const source = uploadSource({ id: file, name: record.name });
			const document = await store.corpus.documentAt(collection, source, 'everything');
			const receipt = await removeDocuments(document === null ? [] : [document.id]);
			await store.records.remove(kind, id);
			this.#rememberRemoved(id, record.at);
			return receipt;
		});
	}

	#rememberRemoved(id: string, at: number): void {
		const [oldest] = this.#removed.keys();
		if (oldest !== undefined && this.#removed.size >= mostRemoved) this.#removed.delete(oldest);
		this.#removed.set(id, at);
	}

	/** Forgets a collection's files, before it is deleted. */
	async forget(collection: string): Promise<void> {
		const { records } = this.#parts.store;
		const ids: string[] = [];
		for await (const { file } of this.#all(collection)) {
			const id = keyOf(collection, file);
			await this.#turns.take(id, async () => await this.#stop(id));
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
			const { document, stated } = await this.#ingest(id, stop.signal);
			if (await this.#isWanted(id)) await this.#end(id, { status: 'completed', document, stated });
			// Removed meanwhile by another process, which may have looked before there was a document.
			else await this.#parts.removeDocuments([document]);
		} catch (error) {
			if (!stop.signal.aborted) await this.#end(id, { status: 'failed', error: reason(error) });
		} finally {
			if (this.#work.get(id)?.stop === stop) this.#work.delete(id);
			done.resolve();
		}
	}

	async #ingest(id: string, signal: AbortSignal): Promise<IngestedFile> {
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

	/** Says what became of a file that is in progress; what has ended stays as it is. */
	async #end(id: string, end: Partial<CollectionFile>): Promise<void> {
		await this.#change(id, (stored) => (stored.status === 'in_progress' ? { ...stored, ...end } : stored));
	}

	/** Whether it is still to be in its collection. */
	async #isWanted(id: string): Promise<boolean> {
		const record = await this.#read(id);
		return record !== null && (await this.#isKept(record.file));
	}

	/** Whether a file is there, and not being removed. */
	async #isKept(file: string): Promise<boolean> {
		const { store, now } = this.#parts;
		const stored = await readRecord<StoredFile>(store.records, fileKind, file);
		return stored !== null && !isExpired(stored, now());
	}

	async #change(id: string, change: (stored: CollectionFile) => CollectionFile): Promise<void> {
		await changeRecord<CollectionFile>(this.#parts.store.records, { kind, id }, (stored) => stored && change(stored));
	}

	async #read(id: string): Promise<CollectionFile | null> {
		return await readRecord<CollectionFile>(this.#parts.store.records, kind, id);
	}

	async #shown(record: CollectionFile, access: Access): Promise<CollectionFile | null> {
		const { document, owner } = record;
		const isOwn = access === 'everything' || (owner !== null && access.principals.includes(owner));
		if (document === null) return isOwn ? record : null;
		if (await this.#isReadable(document, access)) return record;
		if (!isOwn || !(await this.#isReadable(document, 'everything'))) return null;
		return { ...record, document: null, attributes: {}, stated: null };
	}

	async #isReadable(document: string, access: Access): Promise<boolean> {
		const [found] = await this.#parts.store.corpus.summaries([document], access);
		return found != null;
	}
}

/** Earlier versions kept nothing of what a file states: it is what nobody added. */
function without(attributes: Attributes, added: Attributes): Attributes {
	return Object.fromEntries(Object.entries(attributes).filter(([key]) => !Object.hasOwn(added, key)));
}

/** Takes the files of those documents that are gone out of their collections; `documents` as they were before. */
export async function forgetDocuments(
	{ corpus, records }: Pick<Store, 'corpus' | 'records'>,
	documents: readonly (DocumentSummary | null)[],
): Promise<void> {
	const uploaded = documents.flatMap((document) => {
		const file = document && fileOfSource(document.source);
		return file ? [{ document: document.id, key: keyOf(document.collection, file.id) }] : [];
	});
	if (uploaded.length === 0) return;
	const left = await corpus.summaries(
		uploaded.map(({ document }) => document),
		'everything',
	);
	await records.removeAll(
		kind,
		uploaded.filter((_, at) => left[at] === null).map(({ key }) => key),
	);
}

/** In the order in which they were added; of those of one millisecond in that of their ids. */
function byTime(a: Place, b: Place): number {
	return a.at - b.at || (a.file < b.file ? -1 : a.file > b.file ? 1 : 0);
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
