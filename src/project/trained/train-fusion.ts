import { type LabelledQuery, readLabelledQueries } from '../../collect/labelled-queries.ts';
import type { Config } from '../../core/config.ts';
import type { Embedder } from '../../core/embedder.ts';
import { KnowhowError } from '../../core/error.ts';
import type { Records } from '../../core/store.ts';
import { ndcg } from '../../evaluate/metrics/ndcg.ts';
import { rankByScore } from '../../evaluate/metrics/rank.ts';
import { bootstrapInterval } from '../../evaluate/statistics/bootstrap.ts';
import { vectorWeightOf } from '../../search/vector-weight.ts';
import { type FusionReport, learnFusion } from '../../train/fusion.ts';
import { keepFusion } from '../collection-fusion.ts';
import { type FusionParts, gatherFusionQueries } from './fusion-queries.ts';

export type TrainFusionOptions = {
	/** A file or folder of labelled queries as `readLabelledQueries` reads it, or the queries themselves. */
	readonly data: string | readonly LabelledQuery[];
	/** Name of the collection; the setting `collection` when absent. */
	readonly collection?: string | undefined;
	/** Only the queries of this part. */
	readonly split?: string | undefined;
	readonly signal?: AbortSignal | undefined;
};

/** The metric is nDCG@10 of the fused ranking, before reranking. */
export type FusionTraining = FusionReport & {
	readonly collection: string;
	/** Queries of which some answer was among the candidates of either leg. */
	readonly found: number;
	/** Whether the learned weight is used from now on. It is not when held-out queries do not show that it helps. */
	readonly isKept: boolean;
	readonly tookMs: number;
};

export type TrainFusionParts = Omit<FusionParts, 'embedder'> & {
	readonly records: Records;
	/** Null: none is configured. */
	readonly embedder: Embedder | null;
	readonly settings: Config['search'];
};

/**
 * Learns the share of the vector leg for one collection and keeps it when it is better than what suits the embedder. Throws
 * `no_embedder`, `embedder_mismatch` when the collection has no vectors of the embedder, `invalid_data` when no query's answer is found
 * in it, and `invalid_argument` when a setting decides instead of what would be learned.
 */
export async function trainFusion(
	parts: TrainFusionParts,
	{ data, split }: Pick<TrainFusionOptions, 'data' | 'split'>,
): Promise<FusionTraining> {
	const { searcher, embedder, records, settings } = parts;
	const began = performance.now();
	if (embedder === null) throw withoutEmbedder();
	if (settings.vectorWeight !== undefined || settings.fusion === 'rrf') throw decided(settings);
	const labelled = typeof data === 'string' ? await readLabelledQueries(data, { split }) : data;
	await searcher.refresh();
	const { id, name } = searcher.collection;
	if (searcher.space !== embedder.space) throw withoutVectors(name);
	const queries = await gatherFusionQueries(labelled, { ...parts, embedder });
	const found = queries.filter(({ units, judgements }) => units.some((unit) => judgements.has(unit))).length;
	if (found === 0) throw unanswered(labelled.length, name);
	const report = learnFusion(queries, {
		current: vectorWeightOf(embedder.space),
		score: (scored, judgements) => ndcg(rankByScore(scored), judgements, 10),
		interval: bootstrapInterval,
	});
	const { isBetter, weight: vectorWeight, before, after, interval } = report;
	if (isBetter) {
		const { space } = embedder;
		const learned = { vectorWeight, space, queries: queries.length, before, after, interval: interval! };
		await keepFusion(records, id, learned);
	}
	return { ...report, collection: name, found, isKept: isBetter, tookMs: Math.round(performance.now() - began) };
}

function withoutEmbedder(): KnowhowError {
	return new KnowhowError('no_embedder', 'Without an embedder there is only the keyword leg, and nothing to weigh.', {
		hint: 'Remove `"embedder": null` from knowhow.json.',
	});
}

function decided({ vectorWeight }: Config['search']): KnowhowError {
	const what =
		vectorWeight === undefined
			? 'search.fusion is "rrf", which has no weight'
			: `search.vectorWeight is ${vectorWeight}`;
	return new KnowhowError('invalid_argument', `A setting decides about fusion: ${what}.`, {
		hint: 'Remove it from knowhow.json (`knowhow config` says where it comes from), then train.',
	});
}

function withoutVectors(name: string): KnowhowError {
	return new KnowhowError('embedder_mismatch', `The collection "${name}" has no vectors of the configured embedder.`, {
		hint: 'Run `knowhow reindex`, then train again.',
	});
}

function unanswered(queries: number, name: string): KnowhowError {
	return new KnowhowError('invalid_data', `Of ${queries} queries none has its answer among what "${name}" finds.`, {
		hint: 'Documents are named by their source as `knowhow documents` lists it, quotes are words of a passage. Is it the right --collection?',
	});
}
