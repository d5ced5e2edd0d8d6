import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Access, Readers } from '../core/access.ts';
import type { Standalone } from '../ask/follow-up.ts';
import type { Answer, AnswerEvent } from '../core/answer.ts';
import type { Collection } from '../core/collection.ts';
import type { Config } from '../core/config.ts';
import type { Conversation, Turn } from '../core/conversation.ts';
import type { Dataset, DatasetSummary } from '../core/dataset.ts';
import type { Attributes, Chunk, Document, DocumentSummary } from '../core/document.ts';
import type { Embedder } from '../core/embedder.ts';
import { KnowhowError } from '../core/error.ts';
import type { Generator, Message } from '../core/generator.ts';
import { type Asking, type Interaction, toInteraction } from '../core/interaction.ts';
import type { ForgetReceipt, Receipt, RemovalReceipt } from '../core/receipt.ts';
import type { Router } from '../core/router.ts';
import type { Problem, Store } from '../core/store.ts';
import type { HouseExample, System, SystemSpec } from '../core/system.ts';
import type { GoldQuestion } from '../evaluate/questions.ts';
import type { IngestReport } from '../ingest/ingest.ts';
import type { LanguageModel } from '../models/language-model.ts';
import type { Searcher } from '../search/searcher.ts';
import { AnswerStream } from './answer-stream.ts';
import type { Environment, Setting } from './config.ts';
import { AuditLog } from './audit.ts';
import { CollectionAccess } from './collection-access.ts';
import { elapsedMs } from './elapsed.ts';
import { Embedders } from './embedders.ts';
import { asAsked, readAsked } from './asking.ts';
import type { CollectionFusion } from './collection-fusion.ts';
import type { CollectDatasetOptions, CollectReport } from './collect.ts';
import type { EvaluateOptions, Evaluation } from './evaluate.ts';
import type { GivenFeedback, SystemRatings } from './feedback.ts';
import { Files } from './files.ts';
import { dataFolder } from './folder.ts';
import { createModels, type Models } from './models.ts';
import { Generators } from './generators.ts';
import { Keys } from './keys.ts';
import { KeysSpending } from './keys-spending.ts';
import { Ingesting } from './ingesting.ts';
import { Labels } from './labels.ts';
import type { ShownInteraction } from './interaction-sources.ts';
import type { InteractionFilter, Log } from './interactions.ts';
import type { ExportReport, ImportOptions, ImportReport } from './portable.ts';
import { collectionNamed, reachedChunks, reachedDocument, reachedDocuments } from './reach.ts';
import { Searchers } from './searchers.ts';
import { find, openSearchers, search, type SearchingParts } from './searching.ts';
import type { NamedSpec, SavedSystem, SystemSettings } from './systems.ts';
import { timedId } from './timed-id.ts';
import type { FusionTraining, TrainFusionOptions } from './train-fusion.ts';
import type {
	OpenOptions,
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

export type Parts = {
	readonly folder: string;
	readonly config: Config;
	readonly settings: readonly Setting[];
	readonly env: Environment;
	readonly store: Store;
	readonly options: OpenOptions;
};

/** For whom a system is opened, and when it was asked (milliseconds since the epoch); null: whenever it is asked. */
type Answering = {
	readonly searchers: readonly Searcher[];
	readonly options: Omit<AskOptions, 'access' | 'signal'>;
	readonly at: number | null;
	readonly examples?: readonly HouseExample[];
};

/** What a follow-up is read with. */
type FollowUp = {
	readonly searchers: readonly Searcher[];
	readonly options: AskOptions;
	readonly generator: Generator | null;
};

/** What `open` returns: stages made from settings when they are first needed. */
export class Project implements Knowhow {
	readonly folder: string;
	readonly config: Config;
	readonly settings: readonly Setting[];
	readonly #store: Store;
	readonly files: Files;
	readonly labels: Labels;
	readonly collectionAccess: CollectionAccess;
	readonly keys: Keys;
	readonly spending: KeysSpending;
	readonly audit: AuditLog;
	readonly #embedders: Embedders;
	readonly #now: () => number;
	readonly #random: (bytes: number) => Uint8Array;
	readonly #log: Log;
	readonly #searchers: Searchers;
	readonly #ingesting: Ingesting;
	readonly #model: LanguageModel | Generator | undefined;
	readonly #generators: Generators;
	readonly #routers: readonly Router[];

	constructor({ folder, config, settings, env, store, options }: Parts) {
		this.folder = folder;
		this.config = config;
		this.settings = settings;
		this.#store = store;
		this.#embedders = new Embedders({ folder, config, env, store, given: options.embedder ?? null });
		this.#searchers = new Searchers(store.corpus, folder);
		this.#model = options.model;
		this.#generators = new Generators(config, env, options.model);
		this.#routers = options.routers ?? [];
		this.#now = options.now ?? Date.now;
		this.#random = options.random ?? randomBytes;
		this.#log = { records: store.records, settings: config.interactions, now: this.#now };
		this.#ingesting = new Ingesting({
			folder,
			config,
			store,
			embedders: this.#embedders,
			searchers: this.#searchers,
			log: this.#log,
			now: this.#now,
		});
		this.labels = new Labels(store.records);
		this.collectionAccess = new CollectionAccess(store);
		const logged = { records: store.records, now: this.#now, random: this.#random };
		this.audit = new AuditLog(logged);
		this.keys = new Keys({ ...logged, audit: this.audit });
		this.spending = new KeysSpending(store.records, this.#now);
		this.files = new Files({
			store,
			settings: config.ingest,
			pool: () => this.#ingesting.pool(),
			embedder: () => this.#openEmbedder(),
			removeDocuments: (ids) => this.remove(ids),
			now: this.#now,
			random: this.#random,
		});
	}

	async ingest(paths: string | readonly string[], options: IngestOptions = {}): Promise<IngestReport> {
		return await this.#ingesting.ingest(paths, options);
	}

	watch(paths: string | readonly string[], options: WatchOptions = {}): AsyncGenerator<IngestReport, void> {
		return this.#ingesting.watch(paths, options);
	}

	async search(query: string, options: SearchOptions = {}): Promise<SearchReport> {
		return await search(this.#parts, query, options);
	}

	ask(question: string | readonly Message[], options: AskOptions = {}): AnswerStream {
		return new AnswerStream(() => this.#answer(question, options));
	}

	async *#answer(asked: string | readonly Message[], options: AskOptions): AsyncGenerator<AnswerEvent> {
		const { access = 'everything', signal } = options;
		const asking = { at: this.#now(), caller: options.caller ?? null, conversation: options.conversation ?? null };
		const { question, turns } = readAsked(asked);
		const searchers = await openSearchers(this.#parts, options.collections, access);
		const system = await this.#openSystem(options.system ?? 'rag', { searchers, options, at: asking.at });
		const earlier = turns.length > 0 ? turns : await this.#turnsOf(asking, access);
		const generator = await this.#generators.configured();
		const read = await this.#readFollowUp(earlier, question, { searchers, options, generator });
		const events = system.answer(read.question, { access, signal });
		yield* asAsked(events, { question, read, took: () => this.#now() - asking.at }, (answer) =>
			this.#keep(answer, asking, options),
		);
	}

	/** A system for one asker: it searches what these options allow. */
	async #openSystem(wanted: string, { searchers, options, at, examples = [] }: Answering): Promise<System> {
		const { resolveSystem } = await import('./systems.ts');
		const { openSystem } = await import('./open-system.ts');
		const { records } = this.#store;
		const settings = await this.#systemSettings(examples);
		const resolve = (reference: string) => resolveSystem(records, reference, settings);
		return await openSystem(await resolve(wanted), {
			find: async (query, { settings: search, embedder, ...asked }) => {
				const found = await find(this.#parts, {
					query,
					searchers,
					options: { ...search, ...options, ...asked },
					embedder,
				});
				for (const warning of found.warnings) options.onWarning?.(warning);
				return found;
			},
			document: (id, access) => this.document(id, { access }),
			generator: (id) => this.#generators.named(id),
			router: (id) => this.#router(id),
			resolve,
			now: this.#now,
			interaction: () => timedId('int', at ?? this.#now(), this.#random),
		});
	}

	async #systemSettings(examples: readonly HouseExample[]): Promise<SystemSettings> {
		const isModelNamed = this.settings.some(({ path, origin }) => path === 'model' && origin.from === 'call');
		return {
			config: this.config,
			generator: (await this.#generators.configured())?.id ?? null,
			embedder: await this.#embedders.name(),
			examples,
			isModelGiven: isModelNamed || this.#model !== undefined,
		};
	}

	/** One that the program gave, or one that was trained here. */
	async #router(id: string): Promise<Router> {
		const router = this.#routers.find((candidate) => candidate.id === id);
		if (router) return router;
		const { openRouter } = await import('./classify.ts');
		return await openRouter(this.folder, id);
	}

	async embedder(): Promise<Embedder | null> {
		return await this.#openEmbedder();
	}

	async generator(): Promise<Generator | null> {
		return await this.#generators.configured();
	}

	async rerank(query: string, passages: readonly string[], signal?: AbortSignal): Promise<number[]> {
		const { relevance } = await import('../search/relevance.ts');
		return await relevance(query, passages, { embedder: await this.#openEmbedder(signal), signal });
	}

	async systems(): Promise<SavedSystem[]> {
		const { listSystems } = await import('./systems.ts');
		return await listSystems(this.#store.records);
	}

	async system(name: string, { examples = [] }: { examples?: readonly HouseExample[] } = {}): Promise<NamedSpec> {
		const { resolveSystem } = await import('./systems.ts');
		return await resolveSystem(this.#store.records, name, await this.#systemSettings(examples));
	}

	async saveSystem(name: string, spec: SystemSpec, options: { expected?: string | null } = {}): Promise<SavedSystem> {
		const { saveSystem } = await import('./systems.ts');
		return await saveSystem(this.#store.records, name, { spec, ...options, settings: await this.#systemSettings([]) });
	}

	async rollBackSystem(name: string): Promise<{ name: string; version: string | null }> {
		const { rollBackSystem } = await import('./systems.ts');
		return await rollBackSystem(this.#store.records, name);
	}

	async #turnsOf({ conversation, caller }: Asking, access: Access): Promise<Turn[]> {
		if (conversation === null) return [];
		const { turnsOf } = await import('./conversations.ts');
		const shown = async (kept: Interaction) => (await this.#shown(kept, access)).interaction;
		return await turnsOf(this.#log, { id: conversation, caller, shown });
	}

	/** Makes a question stand alone; words are looked up by keywords, within what the asker may read. */
	async #readFollowUp(turns: readonly Turn[], question: string, parts: FollowUp): Promise<Standalone> {
		const { searchers, generator } = parts;
		const { access, filter, signal, onWarning } = parts.options;
		const { standalone } = await import('../ask/follow-up.ts');
		return await standalone(turns, question, {
			search: async (query, k) =>
				await find(this.#parts, { query, searchers, options: { k, access, filter, signal, mode: 'keyword' } }),
			generator,
			signal,
			onWarning,
		});
	}

	/** An answer that cannot be kept is an answer all the same. */
	async #keep(answer: Answer, asking: Asking, options: AskOptions): Promise<void> {
		if (!this.config.interactions.keep || options.keep === false) return;
		const { keepInteraction } = await import('./interactions.ts');
		const { addTurn } = await import('./conversations.ts');
		const interaction = toInteraction(answer, asking);
		try {
			await keepInteraction(this.#log, interaction);
			await addTurn(this.#log, interaction);
		} catch (error) {
			if (!(error instanceof KnowhowError) || error.code !== 'store_busy') throw error;
			options.onWarning?.(`The answer was not kept. ${error.message}`);
		}
	}

	async evaluate(questions: readonly GoldQuestion[], options: EvaluateOptions = {}): Promise<Evaluation> {
		const { evaluate } = await import('./evaluate.ts');
		const { resolveSystem } = await import('./systems.ts');
		const { records, corpus } = this.#store;
		const searchers = await openSearchers(this.#parts, options.collections);
		const parts = {
			records,
			corpus,
			collections: searchers.map(({ collection }) => collection.name),
			resolve: async (name: string, examples: readonly HouseExample[]) =>
				await resolveSystem(records, name, await this.#systemSettings(examples)),
			open: (name: string, examples: readonly HouseExample[]) =>
				this.#openSystem(name, { searchers, options: {}, at: null, examples }),
			now: this.#now,
		};
		return await evaluate(questions, parts, options);
	}

	async interactions(filter: InteractionFilter = {}): Promise<Interaction[]> {
		const { listInteractions } = await import('./interactions.ts');
		return await listInteractions(this.#log, filter);
	}

	async interaction(id: string, { access = 'everything' }: AccessOption = {}): Promise<ShownInteraction | null> {
		const { readInteraction } = await import('./interactions.ts');
		const kept = await readInteraction(this.#log, id);
		return kept && (await this.#shown(kept, access));
	}

	async #shown(kept: Interaction, access: Access): Promise<ShownInteraction> {
		const { showInteraction } = await import('./interaction-sources.ts');
		return await showInteraction(kept, { document: (id, reader) => this.document(id, { access: reader }) }, access);
	}

	async feedback(id: string, given: GivenFeedback): Promise<Interaction> {
		const { giveFeedback } = await import('./feedback.ts');
		return await giveFeedback(this.#log, id, given);
	}

	async ratings(): Promise<SystemRatings[]> {
		const { systemRatings } = await import('./feedback.ts');
		return await systemRatings(this.#log);
	}

	async collect(options: CollectDatasetOptions = {}): Promise<CollectReport> {
		const { collectDataset } = await import('./collect.ts');
		const names = options.collections ?? [this.config.collection];
		const isNeeded = options.documents === true || options.generate !== undefined || options.collections !== undefined;
		const found = await Promise.all(
			names.map((name) => (isNeeded ? collectionNamed(this.#store.corpus, name) : this.#store.corpus.collection(name))),
		);
		const parts = {
			store: this.#store,
			log: this.#log,
			folder: this.folder,
			collections: found.flatMap((collection) => collection?.id ?? []),
			generator: async () => await this.#generators.configured(),
		};
		return await collectDataset(parts, options);
	}

	async datasets(): Promise<DatasetSummary[]> {
		const { listDatasets } = await import('./datasets.ts');
		return await listDatasets(this.#store.records);
	}

	async dataset(reference: string): Promise<Dataset> {
		const { readDataset } = await import('./datasets.ts');
		return await readDataset(this.#store.records, reference);
	}

	async removeDataset(reference: string): Promise<DatasetSummary> {
		const { removeDataset } = await import('./datasets.ts');
		const removed = await removeDataset(this.#store.records, reference);
		await this.#store.settle();
		return removed;
	}

	async forget(caller: string): Promise<ForgetReceipt> {
		const { forgetCaller } = await import('./retention.ts');
		return await forgetCaller(this.#store, caller, this.#now);
	}

	startConversation(): string {
		return timedId('cnv', this.#now(), this.#random);
	}

	async conversation(id: string): Promise<Conversation | null> {
		const { readConversation } = await import('./conversations.ts');
		return await readConversation(this.#store.records, id);
	}

	async latestConversation(caller?: string): Promise<Conversation | null> {
		const { latestConversation } = await import('./conversations.ts');
		return await latestConversation(this.#log, caller ?? null);
	}

	async beginConversation(caller: string): Promise<string> {
		const { beginConversation } = await import('./conversations.ts');
		return await beginConversation(this.#log, { id: this.startConversation(), caller });
	}

	async collections({ access = 'everything' }: AccessOption = {}): Promise<Collection[]> {
		return await this.collectionAccess.list(access);
	}

	async createCollection(name: string): Promise<Collection> {
		return await this.#store.corpus.createCollection(name);
	}

	async deleteCollection(name: string, options: RemoveOptions = {}): Promise<RemovalReceipt> {
		const collection = await collectionNamed(this.#store.corpus, name);
		const documents = await this.#documentIds(collection);
		this.#searchers.forget(name);
		const receipt = await this.#removing(documents, options, () => this.#store.corpus.removeCollection(name));
		await this.#searchers.removeSnapshot(collection.id);
		const { forgetFusion } = await import('./collection-fusion.ts');
		await forgetFusion(this.#store.records, collection.id);
		await this.collectionAccess.remove(collection.id);
		return receipt;
	}

	async swapCollections(a: string, b: string): Promise<void> {
		await this.#store.corpus.swapCollections(a, b);
	}

	async documents(
		options: AccessOption & { collection?: string; after?: string; limit?: number } = {},
	): Promise<DocumentSummary[]> {
		const { access = 'everything', collection = this.config.collection, ...page } = options;
		return await reachedDocuments(this.#parts, collection, { access, ...page });
	}

	async document(id: string, { access = 'everything' }: AccessOption = {}): Promise<Document | null> {
		return await reachedDocument(this.#parts, id, access);
	}

	async chunks(id: string, { access = 'everything' }: AccessOption = {}): Promise<Chunk[]> {
		return await reachedChunks(this.#parts, id, access);
	}

	async setAccess(id: string, readers: Readers): Promise<void> {
		await this.#store.corpus.setAccess(id, readers);
	}

	async setAttributes(id: string, attributes: Attributes): Promise<void> {
		await this.#store.corpus.setAttributes(id, attributes);
	}

	async remove(ids: readonly string[], options: RemoveOptions = {}): Promise<RemovalReceipt> {
		const receipt = await this.#removing(ids, options, () => this.#store.corpus.remove(ids));
		await this.#searchers.saveAll();
		return receipt;
	}

	/** Erases before it removes, so that a kill in between loses no trace of what is left to do; the removal settles both. */
	async #removing(
		documents: readonly string[],
		{ erase = false }: RemoveOptions,
		remove: () => Promise<Receipt>,
	): Promise<RemovalReceipt> {
		const { eraseTraces, tracesOf } = await import('./erasure.ts');
		const { removeSearchedAnswers } = await import('./answer-cache.ts');
		const removed = new Set(documents);
		await removeSearchedAnswers(this.#store.records);
		const traces = await tracesOf(this.#store.records, removed, this.folder);
		if (erase) await eraseTraces(this.#log, removed);
		return { ...(await remove()), ...traces, erased: erase };
	}

	async #documentIds({ id }: Collection): Promise<string[]> {
		const limit = 1000;
		const ids: string[] = [];
		for (let after = ''; ; after = ids.at(-1)!) {
			const page = await this.#store.corpus.documents(id, 'everything', { after, limit });
			ids.push(...page.map((document) => document.id));
			if (page.length < limit) return ids;
		}
	}

	async reindex(options: ReindexOptions = {}): Promise<ReindexReport> {
		const began = performance.now();
		const collection = await collectionNamed(this.#store.corpus, options.collection ?? this.config.collection);
		const embedder = await this.#openEmbedder(options.signal);
		const vectors = embedder ? await this.#buildVectors(collection, embedder, options) : 0;
		const space = embedder?.space ?? collection.space;
		const dropped = options.dropOld ? await this.#dropSpaces(collection, space) : 0;
		await this.#searchers.removeSnapshot(collection.id);
		this.#searchers.forget(collection.name);
		await this.#searchers.save(collection.name);
		return {
			collection: collection.name,
			embedder: embedder?.id ?? null,
			space,
			replaced: collection.space === space ? null : collection.space,
			vectors,
			dropped,
			tookMs: elapsedMs(began),
		};
	}

	get models(): Models {
		return createModels({
			folder: this.folder,
			store: this.#store,
			records: this.#store.records,
			embedders: this.#embedders,
			now: this.#now,
			random: this.#random,
			vectorWeight: this.config.search.vectorWeight,
			collection: (name) => collectionNamed(this.#store.corpus, name ?? this.config.collection),
		});
	}

	async trainFusion({ collection, signal, ...options }: TrainFusionOptions): Promise<FusionTraining> {
		const { trainFusion } = await import('./train-fusion.ts');
		const searcher = await this.#searchers.open(collection ?? this.config.collection);
		const embedder = await this.#openEmbedder(signal);
		const { corpus, records } = this.#store;
		return await trainFusion({ searcher, corpus, records, embedder, settings: this.config.search, signal }, options);
	}

	async forgetFusion(collection?: string): Promise<boolean> {
		const { forgetFusion } = await import('./collection-fusion.ts');
		const { id } = await collectionNamed(this.#store.corpus, collection ?? this.config.collection);
		return await forgetFusion(this.#store.records, id);
	}

	async fusion(collection?: string): Promise<CollectionFusion | null> {
		const { fusionOf } = await import('./collection-fusion.ts');
		const known = await collectionNamed(this.#store.corpus, collection ?? this.config.collection);
		return await fusionOf(this.#store.records, known, this.config.search.vectorWeight);
	}

	async backup(folder: string): Promise<void> {
		const { copyModels } = await import('./restore.ts');
		await this.#store.backup(resolve(this.folder, folder));
		await copyModels(join(this.folder, dataFolder), resolve(this.folder, folder));
	}

	async export(folder: string): Promise<ExportReport> {
		const { exportProject } = await import('./portable.ts');
		return await exportProject({ store: this.#store, log: this.#log }, resolve(this.folder, folder));
	}

	async import(folder: string, options: ImportOptions = {}): Promise<ImportReport> {
		const { importProject } = await import('./portable.ts');
		const portable = { store: this.#store, log: this.#log };
		const report = await importProject(portable, resolve(this.folder, folder), options);
		await this.#searchers.saveAll();
		return report;
	}

	async status(): Promise<ProjectStatus> {
		const { databaseFile } = await import('../store/backup.ts');
		const path = join(this.folder, dataFolder, databaseFile);
		const sizes = await Promise.all(
			[path, `${path}-wal`].map(async (file) => (await stat(file).catch(() => null))?.size),
		);
		const { embedder } = this.config;
		return {
			project: this.folder,
			collections: await this.collections(),
			database: { path, bytes: sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0) },
			embedder: embedder && { model: embedder.model ?? null, url: embedder.url },
		};
	}

	async check(): Promise<Problem[]> {
		return await this.#store.check();
	}

	async close(): Promise<void> {
		await this[Symbol.asyncDispose]();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.files.inCollections.close();
		await this.audit.close();
		await this.#ingesting[Symbol.asyncDispose]();
		await this.#generators[Symbol.asyncDispose]();
		await this.#store[Symbol.asyncDispose]();
	}

	/** What the parts work with. */
	get #parts(): SearchingParts {
		return {
			config: this.config,
			store: this.#store,
			searchers: this.#searchers,
			embedders: this.#embedders,
			collectionAccess: this.collectionAccess,
		};
	}

	async #buildVectors(collection: Collection, embedder: Embedder, options: ReindexOptions): Promise<number> {
		const { reindex } = await import('../ingest/reindex.ts');
		const parts = { corpus: this.#store.corpus, embedder };
		return await reindex(collection.id, parts, {
			signal: options.signal,
			onEvent: ({ added }) => options.onProgress?.(added, collection.chunks),
		});
	}

	async #dropSpaces(collection: Collection, kept: string | null): Promise<number> {
		const { corpus } = this.#store;
		const others = (await corpus.spaces(collection.id)).filter(({ space }) => space !== kept);
		let dropped = 0;
		for (const { space } of others) dropped += (await corpus.dropSpace(collection.id, space)).vectors;
		return dropped;
	}

	/** What searches use and documents get vectors of. */
	async #openEmbedder(signal?: AbortSignal): Promise<Embedder | null> {
		return (await this.#embedders.serving(signal))?.embedder ?? null;
	}
}
