import type { Access, Readers } from '../core/access.ts';
import type { Collection } from '../core/collection.ts';
import type { Config } from '../core/config.ts';
import type { Conversation } from '../core/conversation.ts';
import type { Dataset, DatasetSummary } from '../core/dataset.ts';
import type { Attributes, Chunk, Document, DocumentSummary, ListedDocument } from '../core/document.ts';
import type { Embedder } from '../core/embedder.ts';
import type { Filter } from '../core/filter.ts';
import type { Generator, Message } from '../core/generator.ts';
import type { Hit } from '../core/hit.ts';
import type { Interaction } from '../core/interaction.ts';
import type { ForgetReceipt, RemovalReceipt } from '../core/receipt.ts';
import type { Router } from '../core/router.ts';
import type { DocumentPage, DocumentVersion, Jobs, Problem } from '../core/store.ts';
import type { HouseExample, SystemSpec } from '../core/system.ts';
import type { GoldQuestion } from '../evaluate/questions.ts';
import type { IngestEvent, IngestReport } from '../ingest/ingest.ts';
import type { LanguageModel } from '../models/language-model.ts';
import type { AnswerStream } from './answer-stream.ts';
import type { AuditLog } from './access/audit.ts';
import type { CollectionAccess } from './access/collection-access.ts';
import type { Environment, Setting } from './config.ts';
import type { CollectionFusion } from './collection-fusion.ts';
import type { CollectDatasetOptions, CollectReport } from './datasets/collect.ts';
import type { EvaluateOptions, Evaluation } from './systems/evaluate.ts';
import type { GivenFeedback, SystemRatings } from './interactions/feedback.ts';
import type { Expiry } from './uploads/expiry.ts';
import type { Files } from './uploads/files.ts';
import type { ShownInteraction } from './interactions/interaction-sources.ts';
import type { InteractionFilter } from './interactions/interactions.ts';
import type { IngestJobs } from './jobs/ingest-jobs.ts';
import type { Original } from './original.ts';
import type { Models } from './trained/models.ts';
import type { ExportReport, ImportOptions, ImportReport } from './portable.ts';
import type { Keys } from './access/keys.ts';
import type { KeysSpending } from './access/keys-spending.ts';
import type { Labels } from './uploads/labels.ts';
import type { FusionTraining, TrainFusionOptions } from './trained/train-fusion.ts';
import type { NamedSpec, SavedSystem } from './systems/systems.ts';

export type OpenOptions = {
	/** Settings that win over environment and file, by path: `{ 'search.mode': 'keyword' }`. */
	readonly settings?: Readonly<Record<string, unknown>>;
	/** `process.env` when absent. */
	readonly env?: Environment;
	/** Create the project when the folder has none (the default), or throw `not_found`. */
	readonly create?: boolean;
	/** Used in place of the configured one. */
	readonly embedder?: Embedder;
	/** Writes answers in place of the configured one: a model object of the AI SDK, or a generator of your own. */
	readonly model?: LanguageModel | Generator;
	/** Search in a thread of its own, so that this one is free for others: for servers. In this one when absent. */
	readonly searchThread?: boolean;
	/** What routed systems may name, by its id. */
	readonly routers?: readonly Router[];
	/** Milliseconds since the epoch; the computer's clock when absent. */
	readonly now?: () => number;
	/** That many random bytes, from which ids are made; cryptographic when absent. */
	readonly random?: (bytes: number) => Uint8Array;
};

/** Who is asking; the owner of the machine (`'everything'`) when absent. */
export type AccessOption = { readonly access?: Access | undefined };

export type IngestOptions = {
	/** Name of the collection, created when absent; the setting `collection` when not given. */
	readonly collection?: string | undefined;
	/** Also remove documents under the paths whose files are gone. */
	readonly sync?: boolean | undefined;
	/** URLs of sitemaps, whose pages are read as well. */
	readonly sitemaps?: readonly string[] | undefined;
	/** What the path `-` reads, and what its document is called. */
	readonly stdin?: AsyncIterable<Uint8Array> | undefined;
	readonly stdinName?: string | undefined;
	readonly signal?: AbortSignal | undefined;
	readonly onEvent?: ((event: IngestEvent) => void) | undefined;
};

/** Vanished files are removed with `sync`, as `ingest` does; standard input cannot be watched. */
export type WatchOptions = Omit<IngestOptions, 'stdin' | 'stdinName'>;

export type SearchOptions = AccessOption & {
	/** Names of the collections to read; the setting `collection` when absent. */
	readonly collections?: readonly string[] | undefined;
	/** Hits returned; the setting `search.k` when absent. */
	readonly k?: number | undefined;
	readonly mode?: Config['search']['mode'] | undefined;
	readonly filter?: Filter | null | undefined;
	readonly fusion?: Config['search']['fusion'] | undefined;
	/** 0 to 1. */
	readonly vectorWeight?: number | undefined;
	readonly rerank?: boolean | undefined;
	readonly signal?: AbortSignal | undefined;
};

export type SearchReport = {
	readonly query: string;
	readonly hits: readonly Hit[];
	/** What did not run as configured, as sentences. */
	readonly warnings: readonly string[];
	readonly tookMs: number;
};

export type AskOptions = AccessOption & {
	/** Which system answers: a name, or `name@version`; `rag` when absent. */
	readonly system?: string | undefined;
	readonly collections?: readonly string[] | undefined;
	readonly filter?: Filter | null | undefined;
	/** Who asks, as the kept answer shall say; nobody in particular when absent. `forget` erases by it. */
	readonly caller?: string | undefined;
	/** False: the answer is not kept, whatever the settings say. */
	readonly keep?: boolean | undefined;
	/** The conversation (`startConversation`) that the question belongs to. Its earlier turns are read, unless messages bring them. */
	readonly conversation?: string | undefined;
	/** The id (`startInteraction`) under which the answer is kept, for who must know it beforehand. */
	readonly interaction?: string | undefined;
	readonly signal?: AbortSignal | undefined;
	/** Gets, as sentences, what did not run as configured. */
	readonly onWarning?: ((warning: string) => void) | undefined;
};

export type RemoveOptions = {
	/** Also erase, in kept answers and in datasets, what they took from the documents. */
	readonly erase?: boolean | undefined;
};

export type ReindexOptions = {
	readonly collection?: string | undefined;
	/** Remove the vectors of other embedders afterwards; without it they stay for going back. */
	readonly dropOld?: boolean | undefined;
	readonly signal?: AbortSignal | undefined;
	readonly onProgress?: ((done: number, total: number) => void) | undefined;
};

export type ReindexReport = {
	readonly collection: string;
	/** The embedder's id; null: keywords only. */
	readonly embedder: string | null;
	/** The space that searches use now. */
	readonly space: string | null;
	/** The space that searches used before, when it was another. */
	readonly replaced: string | null;
	/** Vectors made; those that were there already are kept. */
	readonly vectors: number;
	/** Vectors of other spaces removed. */
	readonly dropped: number;
	readonly tookMs: number;
};

export type ProjectStatus = {
	readonly project: string;
	/** `dimensions`: of the vectors that searches use; null: keywords only. */
	readonly collections: readonly (Collection & { readonly dimensions: number | null })[];
	/** Bytes on disk, the write-ahead log included. */
	readonly database: { readonly path: string; readonly bytes: number };
	/** The configured one, by name; null searches by keywords only. */
	readonly embedder: { readonly model: string | null; readonly url: string } | null;
};

/** An open project: its documents, and what can be done with them. */
export interface Knowhow extends AsyncDisposable {
	/** The project's folder, absolute. */
	readonly folder: string;
	readonly config: Config;
	/** Every setting with where its value came from. */
	readonly settings: readonly Setting[];
	/** What was trained, and the jobs that train. */
	readonly models: Models;
	/** Reads files and folders (relative to the project's folder) and URLs; only what changed is read again. */
	ingest(paths: string | readonly string[], options?: IngestOptions): Promise<IngestReport>;
	/**
	 * Ingests, and again whenever something below the paths changes, until `signal` aborts or the iteration ends. Gives
	 * the first report and those of the runs that changed or newly failed something. An edit is visible to every reader
	 * within a second on a local disk; network folders, which tell of no change, are looked at every ten seconds.
	 */
	watch(paths: string | readonly string[], options?: WatchOptions): AsyncGenerator<IngestReport, void>;
	/** Ingests that go on behind the call, and after a stop. */
	readonly ingestJobs: IngestJobs;
	/** What was begun behind calls, ingests and trainings, of everybody: for the owner of the project. */
	readonly jobs: Pick<Jobs, 'get' | 'list' | 'events'>;
	/** The chunks that matter for a query, best first; no hits is an empty list. */
	search(query: string, options?: SearchOptions): Promise<SearchReport>;
	/**
	 * An answer from the documents: iterate over its events, or await it whole. Of messages the last one is the question, and
	 * what it leaves unsaid is taken from those before.
	 */
	ask(question: string | readonly Message[], options?: AskOptions): AnswerStream;
	/** Uploaded files, and what becomes of them in collections. */
	readonly files: Files;
	/** When unused collections are emptied, and old files removed. */
	readonly expiry: Expiry;
	/** What people call collections beside their names. */
	readonly labels: Labels;
	/** Who reaches which collection. */
	readonly collectionAccess: CollectionAccess;
	/** What opens a server to others, what it cost, and what was done with it. */
	readonly keys: Keys;
	readonly spending: KeysSpending;
	readonly audit: AuditLog;
	/** The one that the settings name; null when they name none. Throws `embedder_failed`. */
	embedder(): Promise<Embedder | null>;
	/** The language model that the settings name; null when they name none. */
	generator(): Promise<Generator | null>;
	/** How well each passage fits a query, 0 to 1, in order; comparable within one call. Throws `embedder_failed`, `cancelled`. */
	rerank(query: string, passages: readonly string[], signal?: AbortSignal): Promise<number[]>;
	/** Names that stand for saved systems; `base`, `few-shot` and `rag` are there without being saved. */
	systems(): Promise<SavedSystem[]>;
	/** What a name or `name@version` stands for now. Throws `not_found`, `invalid_argument`. */
	system(name: string, options?: { examples?: readonly HouseExample[] }): Promise<NamedSpec>;
	/**
	 * Keeps a spec and lets the name stand for it from now on, in every open project. `expected`: only if the name stands for that
	 * version still (null: for none); else throws `conflict`. Throws `invalid_argument`.
	 */
	saveSystem(name: string, spec: SystemSpec, options?: { expected?: string | null }): Promise<SavedSystem>;
	/** Lets the name stand for the version before; null: for what the settings say. Throws `not_found`, `conflict`. */
	rollBackSystem(name: string): Promise<{ name: string; version: string | null }>;
	/**
	 * Puts questions to several systems and compares them. Every finished answer is kept: the same again costs nothing, and what was
	 * killed goes on. Throws `cancelled`, `not_found`, `invalid_argument`.
	 */
	evaluate(questions: readonly GoldQuestion[], options?: EvaluateOptions): Promise<Evaluation>;
	/** Kept answers, newest first: of everybody, whoever may read the documents now. For the owner of the project. */
	interactions(filter?: InteractionFilter): Promise<Interaction[]>;
	/** A kept answer and what has become of its sources; null when it is not kept (any more). */
	interaction(id: string, options?: AccessOption): Promise<ShownInteraction | null>;
	/** Rates or corrects a kept answer, or accepts citations of it; what is left out stays as it was. Throws `not_found`, `invalid_argument`. */
	feedback(id: string, given: GivenFeedback): Promise<Interaction>;
	/** How many answers were rated, and how well, for each version of a system; the one that answered last first. */
	ratings(): Promise<SystemRatings[]>;
	/**
	 * Makes a dataset of rated answers, files or documents: checked, and divided by groups. Rows with errors are left out and go to a
	 * file with the reasons. Throws `invalid_argument`, `not_found`, `invalid_data`.
	 */
	collect(options?: CollectDatasetOptions): Promise<CollectReport>;
	/** Every version of every dataset, newest first. */
	datasets(): Promise<DatasetSummary[]>;
	/** By `name@version`, or by name: the newest version. Throws `not_found`. */
	dataset(reference: string): Promise<Dataset>;
	/** Removes one version. On return it is gone from disk. Throws `not_found`. */
	removeDataset(reference: string): Promise<DatasetSummary>;
	/** Removes every kept answer and conversation of a caller, and what datasets took from them. On return they are gone from disk. */
	forget(caller: string): Promise<ForgetReceipt>;
	/** Removes one kept answer, and what datasets took from it: on return it is gone from disk. Throws `not_found`. */
	forgetInteraction(id: string): Promise<void>;
	/** The id of a new answer, for `ask`. */
	startInteraction(): string;
	/** The id of a new conversation, for `ask`. It is stored with its first answer. */
	startConversation(): string;
	/** As `startConversation`, stored at once as this caller's. */
	beginConversation(caller: string): Promise<string>;
	/** Null when there is none with this id. */
	conversation(id: string): Promise<Conversation | null>;
	/** The conversation in which this caller was answered last; null when there is none. */
	latestConversation(caller?: string): Promise<Conversation | null>;
	/** Those within reach, in order of name, with the counts of what `access` includes. */
	collections(options?: AccessOption): Promise<Collection[]>;
	/** Throws `already_exists`. */
	createCollection(name: string): Promise<Collection>;
	/** As `remove`, for all of its documents. Throws `not_found`. */
	deleteCollection(name: string, options?: RemoveOptions): Promise<RemovalReceipt>;
	/** Exchanges the names of two collections, atomically under running readers. Throws `not_found`. */
	swapCollections(a: string, b: string): Promise<void>;
	/** In order of id, at most `limit` (1 to 1,000), beginning after the id `after`; `contains`: in title or source. */
	documents(options?: AccessOption & DocumentPage & { collection?: string }): Promise<ListedDocument[]>;
	/** Null when it is absent or not included in `access`. */
	document(id: string, options?: AccessOption): Promise<Document | null>;
	/** Everything about these documents but their text, in the order asked; null where `document` would be null. */
	summaries(ids: readonly string[], options?: AccessOption): Promise<(DocumentSummary | null)[]>;
	/** The chunks of a document in order; empty as `document` would be null. */
	chunks(id: string, options?: AccessOption): Promise<Chunk[]>;
	/** Every version of a document in order, the current one last; empty as `document` would be null. */
	versions(id: string, options?: AccessOption): Promise<DocumentVersion[]>;
	/** The bytes that the current version was made of; null when they are not at hand, or as `document` would be. */
	original(id: string, options?: AccessOption): Promise<Original | null>;
	/** Says who may read a document; `everyone` when nobody said. Throws `not_found`. */
	setAccess(id: string, readers: Readers): Promise<void>;
	/** Replaces the attributes that filters can name. Throws `not_found`. */
	setAttributes(id: string, attributes: Attributes): Promise<void>;
	/** Removes documents by id from every index. On return their text is gone from disk, but for what kept answers quote. */
	remove(ids: readonly string[], options?: RemoveOptions): Promise<RemovalReceipt>;
	/** Builds the vectors of the configured embedder and switches to them; rebuilds the index from the database. */
	reindex(options?: ReindexOptions): Promise<ReindexReport>;
	/**
	 * Learns from labelled queries how much the vector leg counts in a collection, and uses that from now on when held-out queries show
	 * that it helps. Throws `no_embedder`, `embedder_mismatch`, `not_found`, `invalid_data`, and `invalid_argument` when a setting decides.
	 */
	trainFusion(options: TrainFusionOptions): Promise<FusionTraining>;
	/** Goes back to the weight that suits the embedder; true when another had been learned. Throws `not_found`. */
	forgetFusion(collection?: string): Promise<boolean>;
	/** How much the vector leg counts in a collection, and why; null when it is searched by keywords only. Throws `not_found`. */
	fusion(collection?: string): Promise<CollectionFusion | null>;
	/** Copies the project's data to an empty or absent folder while it is in use. */
	backup(folder: string): Promise<void>;
	/**
	 * Writes documents, collections, kept answers, conversations, systems, datasets and learned fusion weights to an empty or absent
	 * folder, as JSON lines. Vectors, trained models and settings stay. Throws `already_exists`.
	 */
	export(folder: string): Promise<ExportReport>;
	/** Adds what `export` wrote. Throws `not_found`, `invalid_data`, and `conflict` before anything is written. */
	import(folder: string, options?: ImportOptions): Promise<ImportReport>;
	status(): Promise<ProjectStatus>;
	/** Everything that is wrong with the database; empty when sound. */
	check(): Promise<Problem[]>;
	close(): Promise<void>;
}
