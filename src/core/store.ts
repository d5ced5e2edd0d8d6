import type { Access, Readers } from './access.ts';
import type { Collection } from './collection.ts';
import type { Attributes, Chunk, Document, DocumentSummary, ListedDocument } from './document.ts';
import type { Receipt } from './receipt.ts';

/**
 * Where everything lives. Every method is one whole transaction: it happened or it did not, and when its promise
 * resolves it is durable. No method takes a callback. Every read of content takes `access`; there is no default.
 */
export interface Store extends AsyncDisposable {
	readonly corpus: Corpus;
	readonly records: Records;
	readonly blobs: Blobs;
	readonly jobs: Jobs;
	/** Everything that is wrong; empty when sound. Reads the whole store. */
	check(): Promise<Problem[]>;
	/**
	 * On return nothing that was replaced or removed before the call is in any file on disk. Removals of the corpus do
	 * this themselves; call it once at the end of a run of `replace`, and after removing or redacting records. May rewrite
	 * the whole database when a quarter of it has been erased. Throws `store_busy` while another reader holds on to the past.
	 */
	settle(): Promise<void>;
	/** Writes a consistent copy to an empty or absent folder while others read and write. */
	backup(folder: string): Promise<void>;
}

/** Documents, chunks and vectors. Every `collection` is an id, except in the first five methods, which take names. */
export interface Corpus {
	/** Another one after a restore, or when the store was made anew: what was derived from another epoch (an index) is void. */
	readonly epoch: string;

	/** Throws `already_exists`. Names are 1 to 64 of `a-z A-Z 0-9 . _ -`, beginning with a letter or digit. */
	createCollection(name: string): Promise<Collection>;
	collections(): Promise<Collection[]>;
	/** By name; null when absent. */
	collection(name: string): Promise<Collection | null>;
	/** Removes it with everything in it, as `remove` does. Throws `not_found`. */
	removeCollection(name: string): Promise<Receipt>;
	/** Exchanges the names of two collections. Throws `not_found`. */
	swapCollections(a: string, b: string): Promise<void>;

	/**
	 * Commits one version of a document: the old version's chunks and vectors leave, the new ones come, in one
	 * transaction. `write.expected` is the version being replaced (0: there must be none of this source); else `conflict`.
	 * Throws `not_found` when the collection is gone, `invalid_argument` when a chunk is not that part of the text or a vector
	 * is missing, `embedder_mismatch` when a space is known with other dimensions. `settle` takes the old text off the disk.
	 */
	replace(write: DocumentWrite): Promise<Commit>;
	/**
	 * Commits a document as it stood in another store: its id, version and time, and its earlier versions. Without vectors.
	 * Throws `already_exists` when the id is in use, or was in another collection, `conflict` when the source is taken, and
	 * what `replace` throws.
	 */
	adopt(document: AdoptedDocument): Promise<Commit>;
	/** Changes only the source. Throws `not_found`, or `conflict` when the source is taken. */
	move(document: string, source: string): Promise<Commit>;
	/** Throws `not_found`. */
	setAccess(document: string, readers: Readers): Promise<Commit>;
	/** Throws `not_found`. */
	setAttributes(document: string, attributes: Attributes): Promise<Commit>;
	/**
	 * Removes documents, chunks and vectors; unknown ids count nothing. On return their text is gone from the files on disk.
	 * Throws `store_busy` when they are removed (`details.receipt`) but a reader kept their text from leaving the disk:
	 * repeat the call, or `settle`.
	 */
	remove(documents: readonly string[]): Promise<Receipt>;

	/** The document, or null when it is absent or `access` does not include it (indistinguishable). */
	document(id: string, access: Access): Promise<Document | null>;
	/** What is known of these documents, in the order asked; null as `document` would be null. */
	summaries(ids: readonly string[], access: Access): Promise<(DocumentSummary | null)[]>;
	/** By source, as `document`. */
	documentAt(collection: string, source: string, access: Access): Promise<Document | null>;
	/**
	 * In order of id, at most `limit` (1 to 1,000; default 100), beginning after the id `after`; with `contains` only those whose
	 * title or source has it somewhere, in capitals or not.
	 */
	documents(collection: string, access: Access, page?: DocumentPage): Promise<ListedDocument[]>;
	/** Of the documents that `access` includes, and of their chunks, how many there are. Throws `not_found`. */
	counts(collection: string, access: Access): Promise<{ readonly documents: number; readonly chunks: number }>;
	/** Every version in order, the current one last; empty as `document` would be null. */
	versions(document: string, access: Access): Promise<DocumentVersion[]>;
	/** The chunks of a document in order of `start`; empty as `document` would be null. */
	chunksOf(document: string, access: Access): Promise<Chunk[]>;
	/** Chunks by row, in the order asked; null where the chunk is gone or not included in `access`. For reading hits. */
	chunks(rows: readonly number[], access: Access): Promise<(Chunk | null)[]>;

	/**
	 * What changed in a collection after `sequence` (0: everything), oldest first, at most `limit` documents (default 1,000).
	 * Throws `not_found` when the collection is gone.
	 * Content without access control: for building an index, which applies access to every query.
	 */
	changes(collection: string, sequence: number, limit?: number): Promise<Changes>;
	/** A number that changes with every commit by any process; costs microseconds. Compare for equality only. */
	pulse(): number;

	/**
	 * Vectors for chunk rows of this collection; rows that are gone are skipped. None at all makes the space known, so that
	 * it can be activated. In the active space, `changes` delivers their documents again. Throws `embedder_mismatch`.
	 */
	addVectors(collection: string, space: VectorSpace, vectors: readonly RowVector[]): Promise<void>;
	/** The chunks that have no vector in `space`, with what an embedder needs, in order of row, at most `limit`, after `afterRow`. */
	missingVectors(collection: string, space: string, limit: number, afterRow?: number): Promise<IndexedChunk[]>;
	/** The vectors of these rows in a space; null where there is none. For rescoring. */
	vectors(space: string, rows: readonly number[]): Promise<(Float32Array | null)[]>;
	/** All vectors of a collection in a space, in order of row. For building an index. */
	allVectors(collection: string, space: string, afterRow: number, limit: number): Promise<RowVector[]>;
	/** Vectors of the document's current version by chunk, for lending to the next version. */
	vectorsOf(document: string): Promise<{ chunk: Chunk; space: string; vector: Float32Array }[]>;
	/** Makes `space` the one that searches use (null: keywords only); others stay until dropped. Throws `not_found`. */
	activate(collection: string, space: string | null): Promise<Pick<Commit, 'sequence'>>;
	/** Removes a space and its vectors, as `remove` does. Throws `conflict` for the active space. */
	dropSpace(collection: string, space: string): Promise<Receipt>;
	spaces(collection: string): Promise<{ space: string; embedder: string; dimensions: number; vectors: number }[]>;
}

export type DocumentPage = { readonly after?: string; readonly limit?: number; readonly contains?: string };

export type VectorSpace = { readonly space: string; readonly embedder: string; readonly dimensions: number };
export type RowVector = { readonly row: number; readonly vector: Float32Array };

/** A chunk with its row: a positive integer unique in the store, never reused, that index and vectors use. */
export type ChunkRow = Chunk & { readonly row: number };
/** A chunk with the title of its document: what `indexedText` needs. */
export type IndexedChunk = ChunkRow & { readonly title: string };

export type DocumentWrite = Omit<Document, 'id' | 'version' | 'updatedAt'> & {
	/** The id of the document being replaced; null mints one. */
	readonly id: string | null;
	/** The version being replaced; 0 for a new document. */
	readonly expected: number;
	readonly chunks: readonly Pick<Chunk, 'start' | 'end' | 'text' | 'headings' | 'page'>[];
	/** For every space given, one vector a chunk, in order. */
	readonly vectors: readonly { readonly space: VectorSpace; readonly rows: readonly Float32Array[] }[];
	/** Keep the replaced version's text (`keepVersions`); otherwise only its hash, time and counts stay. */
	readonly keepVersion: boolean;
};

export type AdoptedDocument = Document & {
	readonly chunks: DocumentWrite['chunks'];
	/** The versions before this one, in order. */
	readonly earlier: readonly DocumentVersion[];
};

/** One version of a document; `text` is null when it was replaced and not kept. */
export type DocumentVersion = {
	readonly version: number;
	readonly hash: string;
	readonly updatedAt: number;
	/** Length of the text in UTF-16 units. */
	readonly characters: number;
	readonly chunks: number;
	readonly text: string | null;
};

export type Commit = { readonly document: string; readonly version: number; readonly sequence: number };

/** One step of catching up. Apply `removed`, then `documents`; then continue from `sequence` until `done`. */
export type Changes = {
	readonly sequence: number;
	readonly done: boolean;
	readonly removed: readonly string[];
	/** Current state of every document that changed; `chunks` are those of its current version. */
	readonly documents: readonly { readonly summary: DocumentSummary; readonly chunks: readonly ChunkRow[] }[];
};

/** What goes beyond documents: settings, interactions, models, datasets (kinds come with the stages that need them). */
export interface Records {
	get(kind: string, id: string): Promise<StoredRecord | null>;
	/** Creates or replaces. With `expectedRevision` (0: must not exist) throws `conflict` when another revision is stored. */
	put(record: { kind: string; id: string; value: unknown }, expectedRevision?: number): Promise<StoredRecord>;
	/** In order of id, at most `limit` (1 to 1,000; default 100), beginning after the id `after` in that order. */
	list(kind: string, page?: RecordPage): Promise<StoredRecord[]>;
	/** True when there was one. */
	remove(kind: string, id: string): Promise<boolean>;
	/** Removes all of these or none; unknown ids count nothing. Returns how many there were. */
	removeAll(kind: string, ids: readonly string[]): Promise<number>;
}

export type RecordPage = {
	readonly after?: string;
	readonly limit?: number;
	/** `asc` when absent. */
	readonly order?: 'asc' | 'desc';
};

export type StoredRecord = {
	readonly kind: string;
	readonly id: string;
	/** JSON. */
	readonly value: unknown;
	/** 1, 2, 3, … */
	readonly revision: number;
	readonly updatedAt: number;
};

/**
 * Work that outlives the process that began it. One worker at a time has a job, for as long as its lease; a job whose lease ran out
 * can be claimed by another, which goes on where it was.
 */
export interface Jobs {
	/** Adds a job with status `queued`. */
	enqueue(job: { kind: string; spec: unknown }): Promise<Job>;
	/** Null when there is none. */
	get(id: string): Promise<Job | null>;
	/** Newest first, at most `limit` (1 to 1,000; default 100), beginning after the job `after` (none when there is no such job). */
	list(page?: { after?: string; limit?: number }): Promise<Job[]>;
	/**
	 * The oldest job of these kinds that is queued or whose lease ran out, now `running` and this worker's for `leaseMs`; null when
	 * there is none. With `id`, that job or none.
	 */
	claim(worker: string, kinds: readonly string[], leaseMs: number, id?: string): Promise<Job | null>;
	/** Lengthens the lease to `leaseMs` from now. False: the job is no longer this worker's, or was cancelled; stop. */
	extend(id: string, worker: string, leaseMs: number): Promise<boolean>;
	/** Adds events to a job, in order. Throws `not_found`. */
	append(id: string, events: readonly unknown[]): Promise<void>;
	/**
	 * Events in the order in which they were added (`desc`: the last one first), those with a number above `after`, at most `limit`
	 * (1 to 1,000; default 100).
	 */
	events(id: string, page?: { after?: number; limit?: number; order?: 'asc' | 'desc' }): Promise<JobEvent[]>;
	/** Ends a job of this worker. Throws `conflict` when it is not (any more) this worker's. */
	finish(id: string, worker: string, end: JobEnd): Promise<Job>;
	/** Cancels a job that has not ended; its worker learns of it from `extend`. Others stay as they are. Throws `not_found`. */
	cancel(id: string): Promise<Job>;
}

export type JobStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

export type Job = {
	/** `job_` and 16 letters and digits. */
	readonly id: string;
	readonly kind: string;
	readonly status: JobStatus;
	/** What is to be done; JSON. */
	readonly spec: unknown;
	/** What came of it; JSON, null before. */
	readonly result: unknown;
	/** Why it failed; null otherwise. */
	readonly error: { readonly code: string; readonly message: string; readonly hint?: string } | null;
	/** Who has it, or had it last, and until when; milliseconds since the epoch. */
	readonly worker: string | null;
	readonly leaseUntil: number | null;
	readonly createdAt: number;
	readonly startedAt: number | null;
	readonly finishedAt: number | null;
};

export type JobEnd =
	| { readonly status: 'succeeded'; readonly result: unknown }
	| { readonly status: 'failed'; readonly error: NonNullable<Job['error']> };

/** `number` counts from 1 within its job. */
export type JobEvent = { readonly number: number; readonly at: number; readonly event: unknown };

/** Uploaded bytes by their SHA-256, in files beside the database. Equal bytes are stored once. */
export interface Blobs {
	/** Durable when it resolves. */
	put(content: AsyncIterable<Uint8Array>): Promise<{ readonly sha256: string; readonly bytes: number }>;
	/** Null when there is none. */
	get(sha256: string): Promise<AsyncIterable<Uint8Array> | null>;
	/** True when there was one; on return it is gone. */
	remove(sha256: string): Promise<boolean>;
	/** Those that were put before this moment (milliseconds since the epoch), and what an upload that was killed left. */
	olderThan(moment: number): Promise<string[]>;
}

export type Problem = { readonly what: string; readonly hint: string };
