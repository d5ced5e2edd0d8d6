import { join, resolve } from 'node:path';
import type { Readers } from '../core/access.ts';
import type { Collection } from '../core/collection.ts';
import type { Config } from '../core/config.ts';
import type { Conversation } from '../core/conversation.ts';
import type { Dataset, DatasetSummary } from '../core/dataset.ts';
import type { Attributes, Chunk, Document, DocumentSummary, ListedDocument } from '../core/document.ts';
import type { Embedder } from '../core/embedder.ts';
import type { Generator, Message } from '../core/generator.ts';
import type { Interaction } from '../core/interaction.ts';
import type { ForgetReceipt, RemovalReceipt } from '../core/receipt.ts';
import type { DocumentPage, DocumentVersion, Problem, Store } from '../core/store.ts';
import type { HouseExample, SystemSpec } from '../core/system.ts';
import type { GoldQuestion } from '../evaluate/questions.ts';
import type { IngestReport } from '../ingest/ingest.ts';
import { AnswerStream } from './answer-stream.ts';
import { answer, showKept } from './answering.ts';
import { AuditLog } from './access/audit.ts';
import type { CollectDatasetOptions, CollectReport } from './datasets/collect.ts';
import type { CollectionAccess } from './access/collection-access.ts';
import type { CollectionFusion } from './collection-fusion.ts';
import type { Setting } from './config.ts';
import type { EvaluateOptions, Evaluation } from './systems/evaluate.ts';
import type { GivenFeedback, SystemRatings } from './interactions/feedback.ts';
import { Expiry } from './uploads/expiry.ts';
import { Files } from './uploads/files.ts';
import { dataFolder, snapshotsFolder } from './folder.ts';
import { Ingesting } from './ingesting.ts';
import { IngestJobs } from './jobs/ingest-jobs.ts';
import { packageFolder } from './jobs/sample.ts';
import type { Original } from './original.ts';
import type { ShownInteraction } from './interactions/interaction-sources.ts';
import type { InteractionFilter, Log } from './interactions/interactions.ts';
import { KeysSpending } from './access/keys-spending.ts';
import { Keys } from './access/keys.ts';
import type {
	AccessOption,
	IngestOptions,
	WatchOptions,
	SearchOptions,
	SearchReport,
	AskOptions,
	RemoveOptions,
	ReindexOptions,
	ReindexReport,
	ProjectStatus,
	Knowhow,
} from './knowhow.ts';
import { Labels } from './uploads/labels.ts';
import { createModels, type Models } from './trained/models.ts';
import { createParts, type Opened, type Parts } from './parts.ts';
import type { ExportReport, ImportOptions, ImportReport } from './portable.ts';
import { evaluateParts, projectSystem, systemSettings } from './systems/project-systems.ts';
import {
	collectionNamed,
	reachedChunks,
	reachedDocument,
	reachedDocuments,
	reachedSummaries,
	reachedVersions,
} from './access/reach.ts';
import { search } from './searching.ts';
import type { NamedSpec, SavedSystem } from './systems/systems.ts';
import { timedId } from './timed-id.ts';
import type { FusionTraining, TrainFusionOptions } from './trained/train-fusion.ts';

/** What `open` returns: stages made from settings when they are first needed. */
export class Project implements Knowhow {
	readonly folder: string;
	readonly config: Config;
	readonly settings: readonly Setting[];
	readonly #parts: Parts;
	readonly #store: Store;
	readonly #log: Log;
	readonly #ingesting: Ingesting;
	readonly ingestJobs: IngestJobs;
	readonly files: Files;
	readonly expiry: Expiry;
	readonly labels: Labels;
	readonly collectionAccess: CollectionAccess;
	readonly keys: Keys;
	readonly spending: KeysSpending;
	readonly audit: AuditLog;

	constructor(opened: Opened) {
		const parts = createParts(opened);
		const { store, now, random } = parts;
		this.folder = opened.folder;
		this.config = opened.config;
		this.settings = opened.settings;
		this.#parts = parts;
		this.#store = store;
		this.#log = parts.log;
		this.#ingesting = new Ingesting(parts);
		this.ingestJobs = new IngestJobs({
			store,
			ingest: (paths, { base, ...options }) =>
				this.#ingesting.ingest(paths, { ...options, base: base === 'package' ? packageFolder : parts.folder }),
			now,
		});
		this.labels = new Labels(store.records);
		this.collectionAccess = parts.collectionAccess;
		const logged = { records: store.records, now, random };
		this.audit = new AuditLog(logged);
		this.keys = new Keys({ ...logged, audit: this.audit, pulse: () => store.corpus.pulse() });
		this.spending = new KeysSpending(store.records, now);
		this.files = new Files({
			store,
			settings: this.config.ingest,
			pool: () => this.#ingesting.pool(),
			embedder: () => this.#openEmbedder(),
			removeDocuments: (ids) => this.remove(ids),
			now,
			random,
		});
		this.expiry = new Expiry({ store, files: this.files, removeDocuments: (ids) => this.remove(ids), now });
	}

	async ingest(paths: string | readonly string[], options: IngestOptions = {}): Promise<IngestReport> {
		return await this.#ingesting.ingest(paths, options);
	}

	watch(paths: string | readonly string[], options: WatchOptions = {}): AsyncGenerator<IngestReport, void> {
		return this.#ingesting.watch(paths, options);
	}

	get jobs(): Knowhow['jobs'] {
		return this.#store.jobs;
	}

	async search(query: string, options: SearchOptions = {}): Promise<SearchReport> {
		return await search(this.#parts, query, options);
	}

	ask(question: string | readonly Message[], options: AskOptions = {}): AnswerStream {
		return new AnswerStream(() => answer(this.#parts, question, options), options.signal);
	}

	async embedder(): Promise<Embedder | null> {
		return await this.#openEmbedder();
	}

	async generator(): Promise<Generator | null> {
		return await this.#parts.generators.configured();
	}

	async rerank(query: string, passages: readonly string[], signal?: AbortSignal): Promise<number[]> {
		const { relevance } = await import('../search/relevance.ts');
		return await relevance(query, passages, { embedder: await this.#openEmbedder(signal), signal });
	}

	async systems(): Promise<SavedSystem[]> {
		return await (await import('./systems/systems.ts')).listSystems(this.#store.records);
	}

	async system(name: string, { examples = [] }: { examples?: readonly HouseExample[] } = {}): Promise<NamedSpec> {
		return await projectSystem(this.#parts, name, examples);
	}

	async saveSystem(name: string, spec: SystemSpec, options: { expected?: string | null } = {}): Promise<SavedSystem> {
		const { saveSystem } = await import('./systems/systems.ts');
		if (spec.kind === 'routed' && !this.#parts.routers.some(({ id }) => id === spec.router)) {
			await (await import('./systems/routes.ts')).checkRoutes(this.folder, spec);
		}
		return await saveSystem(this.#store.records, name, {
			spec,
			...options,
			settings: await systemSettings(this.#parts),
		});
	}

	async rollBackSystem(name: string): Promise<{ name: string; version: string | null }> {
		return await (await import('./systems/systems.ts')).rollBackSystem(this.#store.records, name);
	}

	async evaluate(questions: readonly GoldQuestion[], options: EvaluateOptions = {}): Promise<Evaluation> {
		const { evaluate } = await import('./systems/evaluate.ts');
		return await evaluate(questions, await evaluateParts(this.#parts, options.collections), options);
	}

	async interactions(filter: InteractionFilter = {}): Promise<Interaction[]> {
		return await (await import('./interactions/interactions.ts')).listInteractions(this.#log, filter);
	}

	async interaction(id: string, { access = 'everything' }: AccessOption = {}): Promise<ShownInteraction | null> {
		const { readInteraction } = await import('./interactions/interactions.ts');
		const kept = await readInteraction(this.#log, id);
		return kept && (await showKept(this.#parts, kept, access));
	}

	async feedback(id: string, given: GivenFeedback): Promise<Interaction> {
		return await (await import('./interactions/feedback.ts')).giveFeedback(this.#log, id, given);
	}

	async ratings(): Promise<SystemRatings[]> {
		return await (await import('./interactions/feedback.ts')).systemRatings(this.#log);
	}

	async collect(options: CollectDatasetOptions = {}): Promise<CollectReport> {
		return await (await import('./datasets/collect.ts')).collectDataset(this.#parts, options);
	}

	async datasets(): Promise<DatasetSummary[]> {
		return await (await import('./datasets/datasets.ts')).listDatasets(this.#store.records);
	}

	async dataset(reference: string): Promise<Dataset> {
		return await (await import('./datasets/datasets.ts')).readDataset(this.#store.records, reference);
	}

	async removeDataset(reference: string): Promise<DatasetSummary> {
		const { removeDataset } = await import('./datasets/datasets.ts');
		const removed = await removeDataset(this.#store.records, reference);
		await this.#store.settle();
		return removed;
	}

	async forget(caller: string): Promise<ForgetReceipt> {
		return await (await import('./interactions/retention.ts')).forgetCaller(this.#store, caller, this.#parts.now);
	}

	async forgetInteraction(id: string): Promise<void> {
		await (await import('./interactions/retention.ts')).forgetInteraction(this.#store, id, this.#parts.now);
	}

	startInteraction(): string {
		return timedId('int', this.#parts.now(), this.#parts.random);
	}

	startConversation(): string {
		return timedId('cnv', this.#parts.now(), this.#parts.random);
	}

	async conversation(id: string): Promise<Conversation | null> {
		return await (await import('./interactions/conversations.ts')).readConversation(this.#store.records, id);
	}

	async latestConversation(caller?: string): Promise<Conversation | null> {
		return await (await import('./interactions/conversations.ts')).latestConversation(this.#log, caller ?? null);
	}

	async beginConversation(caller: string): Promise<string> {
		const { beginConversation } = await import('./interactions/conversations.ts');
		return await beginConversation(this.#log, { id: this.startConversation(), caller });
	}

	async collections({ access = 'everything' }: AccessOption = {}): Promise<Collection[]> {
		return await this.collectionAccess.list(access);
	}

	async createCollection(name: string): Promise<Collection> {
		return await this.#store.corpus.createCollection(name);
	}

	async deleteCollection(name: string, options: RemoveOptions = {}): Promise<RemovalReceipt> {
		return await (await import('./removal.ts')).removeCollection(this.#parts, name, options);
	}

	async swapCollections(a: string, b: string): Promise<void> {
		await this.#store.corpus.swapCollections(a, b);
	}

	async documents(options: AccessOption & DocumentPage & { collection?: string } = {}): Promise<ListedDocument[]> {
		const { access = 'everything', collection = this.config.collection, ...page } = options;
		return await reachedDocuments(this.#parts, collection, { access, ...page });
	}

	async document(id: string, { access = 'everything' }: AccessOption = {}): Promise<Document | null> {
		return await reachedDocument(this.#parts, id, access);
	}

	async summaries(
		ids: readonly string[],
		{ access = 'everything' }: AccessOption = {},
	): Promise<(DocumentSummary | null)[]> {
		return await reachedSummaries(this.#parts, ids, access);
	}

	async chunks(id: string, { access = 'everything' }: AccessOption = {}): Promise<Chunk[]> {
		return await reachedChunks(this.#parts, id, access);
	}

	async versions(id: string, { access = 'everything' }: AccessOption = {}): Promise<DocumentVersion[]> {
		return await reachedVersions(this.#parts, id, access);
	}

	async original(id: string, { access = 'everything' }: AccessOption = {}): Promise<Original | null> {
		const document = await reachedDocument(this.#parts, id, access);
		return document && (await (await import('./original.ts')).originalOf(this.#parts, document));
	}

	async setAccess(id: string, readers: Readers): Promise<void> {
		await this.#store.corpus.setAccess(id, readers);
	}

	async setAttributes(id: string, attributes: Attributes): Promise<void> {
		await this.#store.corpus.setAttributes(id, attributes);
	}

	async remove(ids: readonly string[], options: RemoveOptions = {}): Promise<RemovalReceipt> {
		return await (await import('./removal.ts')).removeDocuments(this.#parts, ids, options);
	}

	async reindex(options: ReindexOptions = {}): Promise<ReindexReport> {
		return await (await import('./reindexing.ts')).reindex(this.#parts, options);
	}

	get models(): Models {
		return createModels({
			...this.#parts,
			records: this.#store.records,
			vectorWeight: this.config.search.vectorWeight,
			collection: (name) => this.#collection(name),
		});
	}

	async trainFusion({ collection, signal, ...options }: TrainFusionOptions): Promise<FusionTraining> {
		const { trainFusion } = await import('./trained/train-fusion.ts');
		const { Searcher } = await import('../search/searcher.ts');
		const { corpus, records } = this.#store;
		const searcher = await Searcher.open(corpus, collection ?? this.config.collection, snapshotsFolder(this.folder));
		const embedder = await this.#openEmbedder(signal);
		return await trainFusion({ searcher, corpus, records, embedder, settings: this.config.search, signal }, options);
	}

	async forgetFusion(collection?: string): Promise<boolean> {
		const { forgetFusion } = await import('./collection-fusion.ts');
		const { id } = await this.#collection(collection);
		return await forgetFusion(this.#store.records, id);
	}

	async fusion(collection?: string): Promise<CollectionFusion | null> {
		const { fusionOf } = await import('./collection-fusion.ts');
		const known = await this.#collection(collection);
		return await fusionOf(this.#store.records, known, this.config.search.vectorWeight);
	}

	async backup(folder: string): Promise<void> {
		const { copyModels } = await import('./restore.ts');
		await this.#store.backup(resolve(this.folder, folder));
		await copyModels(join(this.folder, dataFolder), resolve(this.folder, folder));
	}

	async export(folder: string): Promise<ExportReport> {
		return await (await import('./portable.ts')).exportProject(this.#parts, resolve(this.folder, folder));
	}

	async import(folder: string, options: ImportOptions = {}): Promise<ImportReport> {
		const { importProject } = await import('./portable.ts');
		const report = await importProject(this.#parts, resolve(this.folder, folder), options);
		await this.#parts.indexes.saveAll();
		return report;
	}

	async status(): Promise<ProjectStatus> {
		return await (await import('./status.ts')).projectStatus(this.#parts);
	}

	async check(): Promise<Problem[]> {
		return await this.#store.check();
	}

	async close(): Promise<void> {
		await this[Symbol.asyncDispose]();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.expiry.close();
		await this.ingestJobs.close();
		await this.files.inCollections.close();
		await this.audit.close();
		await this.#ingesting[Symbol.asyncDispose]();
		await this.#parts.generators[Symbol.asyncDispose]();
		await this.#parts.indexes.close();
		await this.#store[Symbol.asyncDispose]();
	}

	/** That of the settings when `name` is undefined. Throws `not_found`. */
	async #collection(name: string | undefined): Promise<Collection> {
		return await collectionNamed(this.#store.corpus, name ?? this.config.collection);
	}

	/** What searches use and documents get vectors of. */
	async #openEmbedder(signal?: AbortSignal): Promise<Embedder | null> {
		return (await this.#parts.embedders.serving(signal))?.embedder ?? null;
	}
}
