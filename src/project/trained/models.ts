import type { Collection } from '../../core/collection.ts';
import type { RetrieverMethod } from '../../models/retriever.ts';
import type { Manifest } from '../../models/artifact.ts';
import type { RetrieverSettings } from '../../train/retriever.ts';
import type { RunOptions } from './jobs.ts';
import type { PromoteOptions, PromoteParts, PromoteReport } from './promote.ts';
import type { Promotion, ServingKind } from './promotions.ts';
import type { ModelComparison, ModelDetails, ModelSummary } from './registry.ts';
import type { TrainedExtractor } from './train-extractor.ts';
import type { RetrieverMetrics } from './train-retriever.ts';
import type { TrainedRouter } from './train-router.ts';
import type { TrainedReranker, TrainRerankerOptions } from './train-reranker.ts';
import type { TrainTextsOptions } from './train-texts.ts';
import type { TrainingJob, TrainingSpec } from './training-job.ts';

export type TrainRetrieverOptions = RunOptions & {
	/** A folder in BEIR's layout, a file of examples or rated answers, or a dataset; relative to the project's folder. */
	readonly data?: string | undefined;
	/** `adapter` when absent. */
	readonly method?: RetrieverMethod | undefined;
	/** Name of the collection that holds the passages; the setting `collection` when absent. */
	readonly collection?: string | undefined;
	readonly settings?: Partial<RetrieverSettings> | undefined;
	/** The id of a job to go on with, in place of all of these. */
	readonly resume?: string | undefined;
};

export type TrainedRetriever = {
	readonly job: string;
	readonly model: string;
	readonly metrics: RetrieverMetrics;
	readonly tookMs: number;
};

/** Trained models of a project: made by jobs, kept with their lineage, promoted through a gate, rolled back exactly. */
export interface Models {
	/** Newest first. */
	list(): Promise<ModelSummary[]>;
	/** Throws `not_found`. */
	show(id: string): Promise<ModelDetails>;
	/** Two models of one kind: what differs in how they were made, and what they reach. Throws `not_found`, `invalid_argument`. */
	compare(a: string, b: string): Promise<ModelComparison>;
	/**
	 * Lets a retriever or a reranker serve every search of every open project, or a router or extractor wherever none is named, if the gate
	 * passes or is forced. Throws `not_found`, `conflict`, `embedder_mismatch`, `invalid_data`, `invalid_argument`.
	 */
	promote(id: string, options?: PromoteOptions & { readonly collection?: string | undefined }): Promise<PromoteReport>;
	/** Lets serve what served before, exactly; `retriever` when absent. Throws `not_found`, `conflict`. */
	rollBack(kind?: ServingKind): Promise<Promotion>;
	/** The id of the model of a kind that was promoted; null: none, so a search uses what the package brings, and others the model trained last. */
	serving(kind: ServingKind): Promise<string | null>;
	/** Throws `not_found`, and `conflict` while it is in use. */
	remove(id: string): Promise<Manifest>;
	/** Throws `not_found`, `no_embedder`, `invalid_data`, `invalid_argument`, `cancelled`, and `conflict` for a job that cannot go on. */
	trainRetriever(options: TrainRetrieverOptions): Promise<TrainedRetriever>;
	/** What each part of the score counts when hits are reranked. Throws as `trainRetriever` does; needs no embedder. */
	trainReranker(options: TrainRerankerOptions): Promise<TrainedReranker>;
	/** A model that sorts texts into classes. Throws `not_found`, `invalid_data`, `invalid_argument`, `cancelled`, `conflict`. */
	trainRouter(options: TrainTextsOptions): Promise<TrainedRouter>;
	/** A model that finds fields in texts. Throws as `trainRouter` does. */
	trainExtractor(options: TrainTextsOptions): Promise<TrainedExtractor>;
	/** Newest first, without their events and checkpoints. */
	jobs(): Promise<TrainingJob[]>;
	/** Throws `not_found`. */
	job(id: string): Promise<TrainingJob>;
	/** Throws `not_found`. */
	cancelJob(id: string): Promise<TrainingJob>;
}

export type ModelsParts = Omit<PromoteParts, 'collection'> & {
	readonly folder: string;
	/** By name; that of the setting when undefined. Throws `not_found`. */
	readonly collection: (name: string | undefined) => Promise<Collection>;
};

/** The models of an open project. */
export function createModels(parts: ModelsParts): Models {
	const { folder, records } = parts;
	const { jobs } = parts.store;
	return {
		list: async () => await (await import('./registry.ts')).listModels({ folder, records }),
		show: async (id) => await (await import('./registry.ts')).showModel({ folder, records }, id),
		compare: async (a, b) => await (await import('./registry.ts')).compareModels(folder, a, b),
		remove: async (id) => await (await import('./registry.ts')).removeModel({ folder, records }, id),
		promote: async (id, options = {}) => await promote(parts, id, options),
		rollBack: async (kind = 'retriever') => await rollBack(parts, kind),
		serving: async (kind) => await (await import('./promotions.ts')).promoted(records, kind),
		trainRetriever: async (options) => await trainRetriever(parts, options),
		trainReranker: async (options) => await (await import('./train-reranker.ts')).trainReranker(parts, options),
		trainRouter: async (options) => await (await import('./train-router.ts')).trainRouter(parts, options),
		trainExtractor: async (options) => await (await import('./train-extractor.ts')).trainExtractor(parts, options),
		jobs: async () => await (await import('./jobs.ts')).listTrainings({ jobs, now: parts.now }),
		job: async (id) => await (await import('./jobs.ts')).showTraining({ jobs, now: parts.now }, id),
		cancelJob: async (id) => await (await import('./jobs.ts')).cancelTraining({ folder, jobs, now: parts.now }, id),
	};
}

async function promote(
	parts: ModelsParts,
	id: string,
	options: PromoteOptions & { readonly collection?: string | undefined },
): Promise<PromoteReport> {
	const { manifestOf } = await import('./registry.ts');
	const manifest = await manifestOf(parts.folder, id);
	if (manifest.kind === 'router')
		return await (await import('./promote-router.ts')).promoteRouter(parts, manifest, options);
	if (manifest.kind === 'extractor')
		return await (await import('./promote-extractor.ts')).promoteExtractor(parts, manifest, options);
	const inCollection = { ...parts, collection: await parts.collection(options.collection) };
	if (manifest.kind === 'reranker')
		return await (await import('./promote-reranker.ts')).promoteReranker(inCollection, manifest, options);
	return await (await import('./promote.ts')).promoteRetriever(inCollection, manifest, options);
}

async function rollBack(parts: ModelsParts, kind: ServingKind): Promise<Promotion> {
	if (kind === 'retriever') return await (await import('./promote.ts')).rollBackRetriever(parts);
	return await (await import('./promotions.ts')).recordRollback(parts, kind);
}

/** What a training was asked for: everything that beginning it again needs. */
type Request = {
	readonly data: string;
	readonly method: RetrieverMethod;
	readonly collection: string | null;
	readonly settings: Partial<RetrieverSettings>;
};

async function trainRetriever(parts: ModelsParts, options: TrainRetrieverOptions): Promise<TrainedRetriever> {
	const { runTraining } = await import('./jobs.ts');
	const { trainingRequest } = await import('./training-request.ts');
	const { dataHash } = await import('../../train/retriever.ts');
	const { prepareRetriever } = await import('./train-retriever.ts');
	const { documentQueries } = await import('./document-queries.ts');
	const { readRetrieverData } = await import('./retriever-data.ts');
	const { folder, store, embedders, now } = parts;
	const began = now();
	const request = (path: string): Request => ({
		data: path,
		method: options.method ?? 'adapter',
		collection: options.collection ?? null,
		settings: options.settings ?? {},
	});
	const asked = { kind: 'retriever', data: options.data, resume: options.resume, make: request };
	const { data, method, settings, collection } = await trainingRequest({ folder, jobs: store.jobs }, asked);
	const base = await embedders.trainable(options.signal);
	const named = { collection: collection ?? undefined, seed: settings.seed ?? 1 };
	const found = await readRetrieverData(data, {
		seed: named.seed,
		corpus: store.corpus,
		records: store.records,
		collection: async () => (await parts.collection(named.collection)).id,
	});
	const { vectorWeight } = parts;
	const guard = await documentQueries(store.corpus, found.entries, 'training');
	const prepared = await prepareRetriever(found, base, {
		method,
		settings,
		vectorWeight,
		guard,
		signal: options.signal,
	});
	const spec: TrainingSpec = {
		kind: 'retriever',
		model: base.embedder.id,
		hash: dataHash(prepared.job),
		settings: { method, ...prepared.job.settings },
		request: { data, method, collection, settings } satisfies Request,
	};
	const { id, manifest } = await runTraining(
		{ folder, jobs: store.jobs, now },
		{ ...prepared, spec, resume: options.resume },
		options,
	);
	const metrics = manifest.metrics as unknown as RetrieverMetrics;
	return { job: id, model: manifest.id, metrics, tookMs: now() - began };
}
