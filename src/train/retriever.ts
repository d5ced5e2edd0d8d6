import { createHash } from 'node:crypto';
import type { Embedder } from '../core/embedder.ts';
import { KnowhowError } from '../core/error.ts';
import type {
	Checkpoint,
	Estimate,
	NamedMetric,
	TrainedModel,
	Trainer,
	TrainerEvent,
	TrainOptions,
} from '../core/trainer.ts';
import { translated, type Lexicon } from '../models/lexicon.ts';
import {
	translating,
	openTrained,
	packAdapter,
	type PackedRetriever,
	packTable,
	type RetrieverBase,
	type RetrieverMethod,
	withLexicon,
} from '../models/retriever.ts';
import { AdapterLearner } from './adapter.ts';
import { hearAbort } from './hear-abort.ts';
import { learnLexicon } from './lexicon.ts';
import { batchesOf, type Pair } from './retriever-batches.ts';
import type { PairLearner } from './retriever-learner.ts';
import { TableLearner } from './table-tuning.ts';
import { TokenRows } from './token-rows.ts';

export type RetrieverJob = {
	readonly method: RetrieverMethod;
	readonly base: RetrieverBase;
	readonly queries: readonly string[];
	/** As the embedder sees them when they are indexed. */
	readonly passages: readonly string[];
	/** The positions of the passages that answer each query, at least one. */
	readonly positives: readonly (readonly number[])[];
	/** Those that a search finds for each query and that do not answer it, best first. */
	readonly negatives: readonly (readonly number[])[];
	/** ISO 639-1: the one that most passages are in. */
	readonly language: string;
	/** Held-out quality of an embedder, larger is better: what training stops by. */
	readonly score: (embedder: Embedder) => Promise<number>;
	/** The name of that metric. */
	readonly metric: string;
	readonly settings: RetrieverSettings;
	/** What else the lineage shall tell of the data; JSON. */
	readonly data: Readonly<Record<string, unknown>>;
};

export type RetrieverSettings = {
	readonly seed: number;
	/** Whether words are learned before vectors. */
	readonly words: boolean;
	readonly epochs: number;
	/** Pairs in a batch. */
	readonly batch: number;
	/** Hard negatives that each pair brings. */
	readonly hard: number;
	readonly rate: number;
	readonly pull: number;
	readonly temperature: number;
	/** Epochs without a better held-out metric after which training stops. */
	readonly patience: number;
};

const shared = { seed: 1, words: true, batch: 64, hard: 2, temperature: 0.05, patience: 4 };
const byMethod = {
	adapter: { epochs: 20, rate: 0.1, pull: 0.01 },
	'query-table': { epochs: 12, rate: 0.02, pull: 0.01 },
	table: { epochs: 8, rate: 0.02, pull: 0.01 },
} as const satisfies Record<RetrieverMethod, Pick<RetrieverSettings, 'epochs' | 'rate' | 'pull'>>;

export function retrieverSettings(method: RetrieverMethod, given: Partial<RetrieverSettings> = {}): RetrieverSettings {
	return { ...shared, ...byMethod[method], ...given };
}

/**
 * Trains an embedder on queries and the passages that answer them. First it learns words of queries that documents hardly have
 * (`learnLexicon`), and keeps them when the held-out metric is better with them. Then its vectors learn, of queries with what their
 * words mean, by InfoNCE with in-batch and hard negatives over whole and halved vectors. After every epoch the held-out metric is
 * measured; the best epoch is kept, the beginning among them: training can end with what it began with, and does not get worse than that on what is held out. Throws `invalid_data`, `invalid_argument`, `cancelled`.
 */
export const retrieverTrainer: Trainer<RetrieverJob> = {
	id: 'retriever',
	estimate: async (job) => estimateOf(planOf(job)),
	train: (job, options = {}) => train(planOf(job), options),
};

type Plan = {
	readonly job: RetrieverJob;
	readonly pairs: readonly Pair[];
	readonly positives: readonly ReadonlySet<number>[];
	readonly negatives: readonly (readonly number[])[];
	/** Equal jobs have equal keys; a checkpoint belongs to one. */
	readonly key: string;
	readonly hash: string;
};

const fewestPairs = 8;

function planOf(job: RetrieverJob): Plan {
	const { method, base, passages, positives, settings } = job;
	const pairs = positives.flatMap((found, query) => found.map((passage) => ({ query, passage })));
	if (pairs.length < fewestPairs) {
		throw new KnowhowError('invalid_data', `There are ${pairs.length} pairs of a query and a passage to train on.`, {
			hint: `At least ${fewestPairs} are needed, a few hundred make a difference.`,
		});
	}
	if (method !== 'adapter' && base.table === null) {
		throw new KnowhowError('invalid_argument', `The embedder ${base.embedder.id} has no table of tokens to tune.`, {
			hint: 'Train an adapter: --method adapter.',
		});
	}
	if (base.embedder.dimensions % 16 !== 0) {
		throw new KnowhowError(
			'invalid_argument',
			`Vectors of ${base.embedder.dimensions} dimensions cannot be trained on.`,
			{
				hint: 'Set "embedder.dimensions" to a multiple of 16.',
			},
		);
	}
	const sets = positives.map((found) => new Set(found));
	const hash = dataHash(job);
	const key = createHash('sha256')
		.update(JSON.stringify([hash, passages, job.language, job.negatives, method, base.embedder.space, settings]))
		.digest('hex');
	return { job, pairs, positives: sets, negatives: everRight(job), key, hash };
}

/** SHA-256 (hex) of the queries and the passages that answer them. */
export function dataHash({
	queries,
	passages,
	positives,
}: Pick<RetrieverJob, 'queries' | 'passages' | 'positives'>): string {
	const pairs = [queries, positives.map((found) => found.map((at) => passages[at]))];
	return createHash('sha256').update(JSON.stringify(pairs)).digest('hex');
}

/**
 * Of the hard negatives those that are right for some query: what is only ever wrong would be learned to be wrong, whatever is
 * asked, and passages that nobody has asked for yet would sink.
 */
function everRight({ positives, negatives }: RetrieverJob): readonly (readonly number[])[] {
	const right = new Set(positives.flat());
	return negatives.map((found) => found.filter((passage) => right.has(passage)));
}

function estimateOf({ job, pairs }: Plan): Estimate {
	const { settings, base, passages, method } = job;
	const { dimensions } = base.embedder;
	const steps = Math.ceil(pairs.length / settings.batch) * settings.epochs;
	const among = settings.batch * (1 + settings.hard);
	const perStep = 9 * settings.batch * among * dimensions + 6 * settings.batch * dimensions ** 2;
	const letters = passages.reduce((sum, text) => sum + text.length, 0);
	// Tokens of all passages are added up after every epoch when the table itself learns.
	const perEpoch = (method === 'table' ? (letters / 4) * dimensions : 0) + pairs.length * 50_000;
	const seconds = 1 + (steps * perStep) / 2e9 + (settings.epochs * perEpoch) / 5e8;
	return { steps, seconds, memoryMb: Math.ceil((8 * dimensions * (passages.length + 30_000)) / 2 ** 20) };
}

/** What learns, and the model that it makes at the moment. */
type Learning = { readonly learner: PairLearner; readonly pack: (tuned: PairLearner['tuned']) => PackedRetriever };

async function* train(plan: Plan, { checkpoint, signal }: TrainOptions): AsyncGenerator<TrainerEvent> {
	const { job, pairs, positives, negatives } = plan;
	const { settings, base } = job;
	const words = await learnWords(job);
	const { learner, pack } = await beginLearning(job, words.lexicon);
	const measure = async (): Promise<number> => await job.score(openTrained('in-training', pack(learner.tuned), base));
	const progress = checkpoint === undefined ? begin(words, learner) : resume(plan, checkpoint, learner);
	const steps = Math.ceil(pairs.length / settings.batch) * settings.epochs;
	const toldOf = ({ step, loss, metric: value }: Progress): TrainerEvent => {
		const metric: NamedMetric = { name: job.metric, value };
		return { type: 'progress', step, steps: Math.max(steps, step), loss, metric };
	};
	while (progress.epoch < settings.epochs && progress.epoch - progress.bestEpoch < settings.patience) {
		const options = { positives, negatives, size: settings.batch, hard: settings.hard, seed: settings.seed };
		for (const batch of batchesOf(pairs, { ...options, epoch: progress.epoch })) {
			progress.loss = learner.loss(batch);
			learner.backward(batch);
			learner.step(settings.rate);
			progress.step++;
			yield toldOf(progress);
			await hearAbort(signal);
		}
		progress.epoch++;
		progress.metric = await measure();
		if (progress.metric > progress.best + 1e-9) keepBest(progress, learner);
		yield toldOf(progress);
		yield { type: 'checkpoint', checkpoint: checkpointOf(plan, progress, learner) };
	}
	yield { type: 'trained', model: { ...pack(progress.tuned), ...describe(plan, words, progress) } };
}

type Progress = {
	epoch: number;
	step: number;
	/** Of the last step. */
	loss: number;
	/** Held out, of the last epoch and of the best one. */
	metric: number;
	best: number;
	bestEpoch: number;
	readonly before: number;
	/** A copy of what the learner had learned at the best epoch. */
	tuned: Readonly<Record<string, Float32Array>>;
};

/** What words were learned, null when the held-out metric is not better with them, and that metric without and with them. */
type Words = { readonly lexicon: Lexicon | null; readonly before: number; readonly after: number };

async function learnWords(job: RetrieverJob): Promise<Words> {
	const before = await job.score(job.base.embedder);
	if (!job.settings.words) return { lexicon: null, before, after: before };
	const lexicon = learnLexicon(job);
	const after = lexicon.entries.size === 0 ? before : await job.score(translating(job.base.embedder, lexicon));
	return after > before + 1e-9 ? { lexicon, before, after } : { lexicon: null, before, after: before };
}

function begin({ before, after }: Words, learner: PairLearner): Progress {
	const tuned = copyOf(learner.tuned);
	return { epoch: 0, step: 0, loss: 0, metric: after, best: after, bestEpoch: 0, before, tuned };
}

function keepBest(progress: Progress, learner: PairLearner): void {
	progress.best = progress.metric;
	progress.bestEpoch = progress.epoch;
	progress.tuned = copyOf(learner.tuned);
}

function copyOf(arrays: PairLearner['tuned']): Record<string, Float32Array> {
	return Object.fromEntries(Object.entries(arrays).map(([name, numbers]) => [name, numbers.slice()]));
}

function checkpointOf({ key }: Plan, { tuned, ...progress }: Progress, { state }: PairLearner): Checkpoint {
	const weights = { ...prefixed('state.', state), ...prefixed('best.', tuned) };
	return { step: progress.step, state: JSON.stringify({ key, ...progress }), weights };
}

function prefixed(prefix: string, arrays: PairLearner['state']): Record<string, Float32Array> {
	return Object.fromEntries(Object.entries(arrays).map(([name, numbers]) => [prefix + name, numbers]));
}

function resume({ key }: Plan, { state, weights }: Checkpoint, learner: PairLearner): Progress {
	const { key: savedKey, ...progress } = JSON.parse(state) as Omit<Progress, 'tuned'> & { readonly key: string };
	if (savedKey !== key) {
		throw new KnowhowError('invalid_data', 'The checkpoint belongs to another training.', {
			hint: 'It must have the same data, embedder, seed and version of Knowhow.',
		});
	}
	for (const [name, numbers] of Object.entries(learner.state)) numbers.set(weights[`state.${name}`]!);
	const tuned = Object.fromEntries(Object.keys(learner.tuned).map((name) => [name, weights[`best.${name}`]!.slice()]));
	return { ...progress, tuned };
}

function describe(
	{ job, hash }: Plan,
	{ lexicon, after: withWords }: Words,
	progress: Progress,
): Pick<TrainedModel, 'lineage' | 'metrics'> {
	const { base, method, settings, queries, passages, data, metric } = job;
	const { before, best, bestEpoch } = progress;
	return {
		lineage: {
			trainer: 'retriever',
			...data,
			data: hash,
			base: { id: base.embedder.id, space: base.embedder.space },
			settings: { method, ...settings },
		},
		metrics: {
			examples: queries.length,
			passages: passages.length,
			words: { learned: lexicon?.entries.size ?? 0, metric, after: withWords },
			stopping: { metric, before, after: best, epoch: bestEpoch, epochs: progress.epoch },
		},
	};
}

async function beginLearning(job: RetrieverJob, lexicon: Lexicon | null): Promise<Learning> {
	const { method, base, passages, settings } = job;
	const queries = lexicon === null ? job.queries : job.queries.map((query) => translated(query, lexicon));
	const { embedder } = base;
	const { dimensions } = embedder;
	const shape = {
		batch: settings.batch,
		passages: Math.ceil((settings.batch * (1 + settings.hard)) / 8) * 8,
		dimensions,
		temperature: settings.temperature,
		widths: [dimensions, dimensions / 2],
		pull: settings.pull,
	};
	if (method === 'adapter') {
		const vectors = {
			queries: await embedder.embed(queries, 'query'),
			passages: await embedder.embed(passages, 'passage'),
		};
		const learner = new AdapterLearner(vectors, shape);
		return { learner, pack: (tuned) => withLexicon(packAdapter(embedder, tuned['weights']!), lexicon) };
	}
	const tokens = new TokenRows(base.table!, dimensions);
	const bags = queries.map((text) => tokens.bag(text));
	const targets =
		method === 'table' ? passages.map((text) => tokens.bag(text)) : await embedder.embed(passages, 'passage');
	const { rows, norm } = tokens.beginning();
	const learner = new TableLearner({ queries: bags, passages: targets, rows }, shape);
	return {
		learner,
		pack: (tuned) =>
			withLexicon(packTable(embedder, { method, ids: tokens.ids, rows: tokens.whole(tuned['rows']!, norm) }), lexicon),
	};
}
