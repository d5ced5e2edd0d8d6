import { createHash } from 'node:crypto';
import { KnowhowError } from '../core/error.ts';
import type { Checkpoint, Estimate, TrainedModel, Trainer, TrainerEvent, TrainOptions } from '../core/trainer.ts';
import { rerankerKind } from '../models/reranker.ts';
import { featureNames } from '../search/features.ts';
import type { RerankWeights } from '../search/rerank.ts';
import { hearAbort } from './hear-abort.ts';
import { pairsOf, type RankedList, type RerankerLoss, rerankerLoss, safeRate } from './reranker-loss.ts';

export type RerankerJob = {
	/** Parts in the order of `featureNames`. */
	readonly lists: readonly RankedList[];
	/** Where training begins, and what it is pulled back to. */
	readonly begin: RerankWeights;
	/** Held-out quality, larger is better; null: worse elsewhere than is allowed. */
	readonly score: (weights: RerankWeights) => number | null;
	/** The name of that metric. */
	readonly metric: string;
	/** The vector space of the searches that it learned from; null: keywords only. It serves no others. */
	readonly space: string | null;
	readonly settings: RerankerSettings;
	/** What else the lineage shall tell of the data and of the search; JSON. */
	readonly data: Readonly<Record<string, unknown>>;
};

export type RerankerSettings = {
	/** Of the division of the data: training itself draws nothing. */
	readonly seed: number;
	readonly epochs: number;
	/** Steps over all queries in an epoch. */
	readonly steps: number;
	/** How many queries the beginning counts as: no weight moves further than queries / pull. */
	readonly pull: number;
	/** Epochs without a better held-out metric after which training stops. */
	readonly patience: number;
};

export function rerankerSettings(given: Partial<RerankerSettings> = {}): RerankerSettings {
	return { seed: 1, epochs: 40, steps: 20, pull: 3, patience: 10, ...given };
}

/** Queries whose answer and something else are among what is reranked, at least. */
const fewestLists = 8;

/**
 * Trains the weights of the reranker by pairs (`rerankerLoss`), all queries at a time. After every epoch the pairs are weighed anew and
 * the held-out metric is measured; the best epoch is kept, the last of equals, the beginning unless one is better. Throws `invalid_data`, `cancelled`.
 */
export const rerankerTrainer: Trainer<RerankerJob> = {
	id: rerankerKind,
	estimate: async (job) => estimateOf(planOf(job)),
	train: (job, options = {}) => train(planOf(job), options),
};

type Plan = {
	readonly job: RerankerJob;
	/** Those that have an order. */
	readonly lists: readonly RankedList[];
	readonly begin: readonly number[];
	readonly hash: string;
	/** Equal jobs have equal keys; a checkpoint belongs to one. */
	readonly key: string;
};

function planOf(job: RerankerJob): Plan {
	const lists = job.lists.filter(({ grades }) => new Set(grades).size > 1);
	if (lists.length < fewestLists) {
		throw new KnowhowError(
			'invalid_data',
			`There are ${lists.length} queries whose answer is among what a search reranks.`,
			{ hint: `At least ${fewestLists} are needed, a hundred make a difference.` },
		);
	}
	const hash = rerankerHash(job);
	const begin = numbersOf(job.begin);
	const key = createHash('sha256')
		.update(JSON.stringify([hash, begin, job.space, job.settings]))
		.digest('hex');
	return { job, lists, begin, hash, key };
}

/** SHA-256 (hex) of what is learned from. */
export function rerankerHash({ lists }: Pick<RerankerJob, 'lists'>): string {
	return createHash('sha256').update(JSON.stringify(lists)).digest('hex');
}

function estimateOf({ lists, job: { settings } }: Plan): Estimate {
	const pairs = lists.reduce((sum, { grades }) => sum + grades.filter((grade) => grade > 0).length * grades.length, 0);
	const steps = settings.epochs * settings.steps;
	return { steps, seconds: 1 + steps * pairs * 2e-7 + settings.epochs * lists.length * 1e-4, memoryMb: 1 };
}

type Progress = {
	epoch: number;
	/** Held out, of the last epoch and of the best one. */
	metric: number;
	best: number;
	bestEpoch: number;
	readonly before: number;
	weights: number[];
	bestWeights: number[];
};

async function* train(plan: Plan, { checkpoint, signal }: TrainOptions): AsyncGenerator<TrainerEvent> {
	const { job, lists, begin } = plan;
	const { settings, metric: name } = job;
	const progress = checkpoint === undefined ? beginning(plan) : resume(plan, checkpoint);
	const steps = settings.epochs * settings.steps;
	while (progress.epoch < settings.epochs && progress.epoch - progress.bestEpoch < settings.patience) {
		const pairs = lists.map((list) => pairsOf(list, progress.weights));
		const loss = descend({ lists, pairs, begin, pull: settings.pull }, progress.weights, settings.steps);
		progress.epoch++;
		measure(plan, progress);
		const step = progress.epoch * settings.steps;
		yield { type: 'progress', step, steps, loss, metric: { name, value: progress.metric } };
		yield {
			type: 'checkpoint',
			checkpoint: { step, state: JSON.stringify({ key: plan.key, ...progress }), weights: {} },
		};
		await hearAbort(signal);
	}
	yield { type: 'trained', model: toModel(plan, progress) };
}

/** Gradient descent in place; gives the loss before its last step. */
function descend(loss: RerankerLoss, weights: number[], steps: number): number {
	const rate = safeRate(loss);
	const gradient = weights.map(() => 0);
	let last = 0;
	for (let step = 0; step < steps; step++) {
		last = rerankerLoss(loss, weights, gradient);
		for (let k = 0; k < weights.length; k++) weights[k]! -= rate * gradient[k]!;
	}
	return last;
}

function beginning({ job, begin }: Plan): Progress {
	const before = job.score(job.begin) ?? 0;
	const [weights, bestWeights] = [[...begin], [...begin]];
	return { epoch: 0, metric: before, best: before, bestEpoch: 0, before, weights, bestWeights };
}

function measure({ job }: Plan, progress: Progress): void {
	const measured = job.score(toWeights(progress.weights, job.begin.bias));
	progress.metric = measured ?? progress.metric;
	// Of equally good epochs the last, whose loss is smallest; but the beginning, unless something is better.
	const least = progress.best + (progress.bestEpoch === 0 ? 1e-9 : -1e-9);
	if (measured === null || measured < least) return;
	progress.best = measured;
	progress.bestEpoch = progress.epoch;
	progress.bestWeights = [...progress.weights];
}

function resume({ key }: Plan, { state }: Checkpoint): Progress {
	const { key: savedKey, ...progress } = JSON.parse(state) as Progress & { readonly key: string };
	if (savedKey === key) return progress;
	throw new KnowhowError('invalid_data', 'The checkpoint belongs to another training.', {
		hint: 'It must have the same data, embedder, seed and version of Knowhow.',
	});
}

function toModel({ job, lists, hash }: Plan, { before, best, bestEpoch, epoch, bestWeights }: Progress): TrainedModel {
	const { begin, metric, settings, space, data } = job;
	return {
		kind: rerankerKind,
		settings: { space, bias: begin.bias, parts: featureNames },
		weights: { weights: { shape: [bestWeights.length], numbers: Float32Array.from(bestWeights) } },
		texts: {},
		lineage: { trainer: rerankerKind, ...data, data: hash, settings },
		metrics: {
			examples: lists.length,
			weights: toWeights(bestWeights, begin.bias).weights,
			stopping: { metric, before, after: best, epoch: bestEpoch, epochs: epoch },
		},
	};
}

/** In single precision, as they are stored: a model serves as it was measured. */
function toWeights(numbers: ArrayLike<number>, bias: number): RerankWeights {
	const weights = featureNames.map((name, k) => [name, Math.fround(numbers[k]!)] as const);
	return { bias, weights: Object.fromEntries(weights) as RerankWeights['weights'] };
}

function numbersOf({ weights }: RerankWeights): number[] {
	return featureNames.map((name) => weights[name]);
}
