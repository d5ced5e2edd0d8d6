import type { Collection } from '../../core/collection.ts';
import type { TrainedModel } from '../../core/trainer.ts';
import { featureNames } from '../../search/features.ts';
import { rerankScore, shippedWeights, type RerankWeights } from '../../search/rerank.ts';
import {
	type RerankerJob,
	rerankerHash,
	type RerankerSettings,
	rerankerSettings,
	rerankerTrainer,
} from '../../train/reranker.ts';
import type { RankedList } from '../../train/reranker-loss.ts';
import { documentQueries } from './document-queries.ts';
import { type RunOptions, runTraining } from './jobs.ts';
import { benchOf, legsOf, type Ranker, type RankerParts } from './ranker.ts';
import { type JudgedQuery, readRetrieverData, type RetrieverData } from './retriever-data.ts';
import {
	average,
	Bench,
	type Found,
	guardTolerance,
	heldOutMetrics,
	type HeldOutMetrics,
	legScores,
	rerankable,
	type Rerankable,
	rerankedScore,
	scoreReranked,
} from './retriever-measure.ts';
import type { TrainingSpec } from './training-job.ts';
import { completing } from './training.ts';
import { trainingRequest } from './training-request.ts';

export type TrainRerankerOptions = RunOptions & {
	/** A folder in BEIR's layout, a file of examples, rated answers or clicks, or a dataset; relative to the project's folder. */
	readonly data?: string | undefined;
	/** Name of the collection that is searched; the setting `collection` when absent. */
	readonly collection?: string | undefined;
	readonly settings?: Partial<RerankerSettings> | undefined;
	/** The id of a job to go on with, in place of all of these. */
	readonly resume?: string | undefined;
};

/** Also the weights that it ended with, by part of the score. */
export type RerankerMetrics = HeldOutMetrics & { readonly weights: RerankWeights['weights'] };

export type TrainedReranker = {
	readonly job: string;
	readonly model: string;
	readonly metrics: RerankerMetrics;
	readonly tookMs: number;
};

export type TrainRerankerParts = RankerParts & {
	/** The project's. */
	readonly folder: string;
	/** By name; that of the setting when undefined. Throws `not_found`. */
	readonly collection: (name: string | undefined) => Promise<Collection>;
	/** Milliseconds since the epoch. */
	readonly now: () => number;
};

type Request = {
	readonly data: string;
	readonly collection: string | null;
	readonly settings: Partial<RerankerSettings>;
};

/** Trains the weights of the reranker as a job. Throws `not_found`, `invalid_data`, `invalid_argument`, `cancelled`, `embedder_mismatch` and `conflict`. */
export async function trainReranker(
	parts: TrainRerankerParts,
	options: TrainRerankerOptions,
): Promise<TrainedReranker> {
	const { folder, store, now } = parts;
	const began = now();
	const { data, resume, collection = null, settings = {} } = options;
	const request = await trainingRequest<Request>(
		{ folder, jobs: store.jobs },
		{ kind: 'reranker', data, resume, make: (path) => ({ data: path, collection, settings }) },
	);
	const prepared = await prepare(parts, request, options.signal);
	const { id, manifest } = await runTraining(
		{ folder, jobs: store.jobs, now },
		{ ...prepared, resume: options.resume },
		options,
	);
	const metrics = manifest.metrics as unknown as RerankerMetrics;
	return { job: id, model: manifest.id, metrics, tookMs: now() - began };
}

async function prepare(parts: TrainRerankerParts, request: Request, signal: AbortSignal | undefined) {
	const { store } = parts;
	const settings = rerankerSettings(request.settings);
	const { data, collection } = await readData(parts, request, settings.seed);
	const { queries, entries, from, name } = data;
	const ranker: Ranker = { ...(await legsOf(parts, collection)), weights: shippedWeights() };
	const bench =
		collection === null ? await benchOfTexts(data, ranker, signal) : await benchOf(store, entries, ranker.embedder);
	const lists = async (asked: readonly JudgedQuery[]): Promise<Reranking[]> =>
		(await bench.find(asked, ranker.embedder)).map((found) => toReranking(found, ranker));
	const [train, dev] = [await lists(queries.train), await lists(queries.dev)];
	const guard = await lists(await documentQueries(store.corpus, entries, 'training'));
	const base = { id: ranker.embedder?.id ?? null, space: ranker.embedder?.space ?? null };
	const job: RerankerJob = {
		lists: train.map(toList),
		begin: ranker.weights,
		score: scoring(dev, guard),
		metric: 'dev nDCG@10',
		space: base.space,
		settings,
		data: { name, ...from, base, vectorWeight: ranker.vectorWeight },
	};
	const test = await bench.find(queries.test, ranker.embedder);
	const complete = async (model: TrainedModel) => withMetrics(model, { data, test, ranker });
	const spec: TrainingSpec = {
		kind: 'reranker',
		model: base.id ?? 'keywords',
		hash: rerankerHash(job),
		settings: { ...settings },
		request,
	};
	return { job, spec, trainer: completing(rerankerTrainer, complete) };
}

/** The collection is null for texts that came with the data. */
async function readData(
	parts: TrainRerankerParts,
	request: Request,
	seed: number,
): Promise<{ data: RetrieverData; collection: Collection | null }> {
	const { corpus, records } = parts.store;
	let collection: Collection | null = null;
	const data = await readRetrieverData(request.data, {
		corpus,
		records,
		seed,
		collection: async () => (collection = await parts.collection(request.collection ?? undefined)).id,
	});
	return { data, collection };
}

async function benchOfTexts(
	{ entries }: RetrieverData,
	{ embedder }: Ranker,
	signal: AbortSignal | undefined,
): Promise<Bench> {
	const passages = entries.map(({ indexed }) => indexed);
	return new Bench(entries, (await embedder?.embed(passages, 'passage', signal)) ?? []);
}

/** What a search reranks for a query. Of what counts as one in the ranking, the candidate that comes first before training. */
type Reranking = { readonly candidates: readonly Rerankable[]; readonly judgements: Found['judgements'] };

function toReranking(found: Found, { vectorWeight, weights }: Ranker): Reranking {
	const ranked = rerankable(found, vectorWeight)
		.map((one) => ({ one, score: rerankScore(one.features, weights) }))
		.sort((a, b) => b.score - a.score);
	const best = new Map(ranked.toReversed().map(({ one }) => [one.unit, one]));
	return { candidates: [...best.values()].reverse(), judgements: found.judgements };
}

function toList({ candidates, judgements }: Reranking): RankedList {
	return {
		rows: candidates.map(({ features }) => featureNames.map((name) => features[name])),
		grades: candidates.map(({ unit }) => judgements.get(unit) ?? 0),
	};
}

/** nDCG@10 of the dev queries, as far as what documents ask by themselves is still found. */
function scoring(dev: readonly Reranking[], guard: readonly Reranking[]): RerankerJob['score'] {
	const reached = (lists: readonly Reranking[], weights?: RerankWeights): number =>
		average(lists.map(({ candidates, judgements }) => scoreReranked(candidates, judgements, weights)));
	const least = reached(guard) - guardTolerance;
	return (weights) => (reached(guard, weights) < least ? null : reached(dev, weights));
}

type Measuring = { readonly data: RetrieverData; readonly test: readonly Found[]; readonly ranker: Ranker };

function withMetrics(model: TrainedModel, { data, test, ranker }: Measuring): TrainedModel {
	const weights = { bias: ranker.weights.bias, weights: (model.metrics as RerankerMetrics).weights };
	const untrained = test.map((found) => legScores(found, ranker.vectorWeight));
	const after = test.map((found) => rerankedScore(found, ranker.vectorWeight, weights));
	const metrics = heldOutMetrics(data.isTestGiven ? 'test' : 'held-out', untrained, after);
	return { ...model, metrics: { ...model.metrics, ...metrics } };
}
