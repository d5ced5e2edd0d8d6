import type { Embedder } from '../../core/embedder.ts';
import type { TrainedModel, Trainer } from '../../core/trainer.ts';
import { openTrained, type RetrieverBase, type RetrieverMethod } from '../../models/retriever.ts';
import { vectorWeightOf } from '../../search/vector-weight.ts';
import {
	type RetrieverJob,
	type RetrieverSettings,
	retrieverSettings,
	retrieverTrainer,
} from '../../train/retriever.ts';
import type { Entry, JudgedQuery, RetrieverData } from './retriever-data.ts';
import {
	average,
	Bench,
	heldOutMetrics,
	type HeldOutMetrics,
	legScores,
	type LegScores,
	meansOf,
	rerankedScore,
	suitingWeight,
} from './retriever-measure.ts';
import { completing } from './training.ts';

export type RetrieverMetrics = HeldOutMetrics & {
	readonly trained: LegScores;
	/** What a search with the untrained embedder reaches with the model's share of the vector leg: so much is due to the share alone. */
	readonly reweighted: number;
};

export type RetrieverOptions = {
	readonly method: RetrieverMethod;
	readonly settings?: Partial<RetrieverSettings> | undefined;
	/** Share of the vector leg, 0 to 1; what suits the embedder when absent. */
	readonly vectorWeight?: number | undefined;
	/** Queries that the share of the vector leg shall not make worse; none when absent. */
	readonly guard?: readonly JudgedQuery[] | undefined;
	readonly signal?: AbortSignal | undefined;
};

/** A training that ends with what it measured on queries that it did not see. */
export type RetrieverTraining = { readonly trainer: Trainer<RetrieverJob>; readonly job: RetrieverJob };

/**
 * Prepares the training of a retriever: vectors of what is searched, hard negatives from keywords and vectors together, the metric
 * on the dev queries (nDCG@10 of the vector leg and of both, averaged, before reranking: what is learned shows there first).
 */
export async function prepareRetriever(
	data: RetrieverData,
	base: RetrieverBase,
	{ method, settings, vectorWeight, guard = [], signal }: RetrieverOptions,
): Promise<RetrieverTraining> {
	const { entries, queries, from } = data;
	const current = vectorWeight ?? vectorWeightOf(base.embedder.space);
	const passages = entries.map(({ indexed }) => indexed);
	const benches = await openBenches(data, base, passages, signal);
	const job: RetrieverJob = {
		method,
		base,
		queries: queries.train.map(({ query }) => query),
		passages,
		positives: queries.train.map(({ positives }) => positives),
		negatives: await benches.own.mine(queries.train, base.embedder),
		language: languageOf(entries),
		metric: 'dev nDCG@10',
		score: async (embedder) => {
			const found = await (await benches.of(embedder)).find(queries.dev, embedder);
			return average(
				found.map((query) => legScores(query, current)).map(({ vector, hybrid }) => (vector + hybrid) / 2),
			);
		},
		settings: retrieverSettings(method, settings),
		data: { name: data.name, ...from },
	};
	const parts = { data, base, benches, current, guard };
	return { job, trainer: completing(retrieverTrainer, (model) => withMetrics(model, parts)) };
}

/** That of most passages; English where none is known. */
function languageOf(entries: readonly Entry[]): string {
	const counts = Map.groupBy(entries, ({ document }) => document.language ?? 'en');
	return [...counts].reduce((best, one) => (one[1].length > best[1].length ? one : best))[0];
}

type Benches = { readonly own: Bench; of(embedder: Embedder): Promise<Bench> };

/** One index for all that share the base's space; another for each embedder that has its own. */
async function openBenches(
	{ entries }: RetrieverData,
	{ embedder: base }: RetrieverBase,
	passages: readonly string[],
	signal: AbortSignal | undefined,
): Promise<Benches> {
	const open = async (embedder: Embedder) => new Bench(entries, await embedder.embed(passages, 'passage', signal));
	const own = await open(base);
	return { own, of: async (embedder) => (embedder.space === base.space ? own : await open(embedder)) };
}

type Measuring = {
	readonly data: RetrieverData;
	readonly base: RetrieverBase;
	readonly benches: Benches;
	/** Share of the vector leg without the model. */
	readonly current: number;
	readonly guard: readonly JudgedQuery[];
};

/** Adds to the trained model the share of the vector leg that suits it on the dev queries, and what it does on the test queries. */
async function withMetrics(
	model: TrainedModel,
	{ data, base, benches, current, guard }: Measuring,
): Promise<TrainedModel> {
	const trained = openTrained('trained', model, base);
	const bench = await benches.of(trained);
	const { dev, test } = data.queries;
	const guardBefore = average(
		(await benches.own.find(guard, base.embedder)).map((found) => rerankedScore(found, current)),
	);
	const vectorWeight = suitingWeight({
		dev: await bench.find(dev, trained),
		guard: await bench.find(guard, trained),
		guardBefore,
		current,
	});
	const before = await benches.own.find(test, base.embedder);
	const untrained = before.map((found) => legScores(found, current));
	const tuned = (await bench.find(test, trained)).map((found) => legScores(found, vectorWeight));
	const after = tuned.map(({ reranked }) => reranked);
	const metrics: RetrieverMetrics = {
		...heldOutMetrics(data.isTestGiven ? 'test' : 'held-out', untrained, after),
		trained: meansOf(tuned),
		reweighted: average(before.map((found) => rerankedScore(found, vectorWeight))),
	};
	const settings = { ...model.settings, vectorWeight };
	return { ...model, settings, metrics: { ...model.metrics, ...metrics } };
}
