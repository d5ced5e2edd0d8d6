import { createHash } from 'node:crypto';
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
import { padded } from '../models/nn/arena.ts';
import type { Bag } from '../models/nn/bag-table.ts';
import { packRouter } from '../models/router-file.ts';
import { judgeScores } from '../models/router.ts';
import type { StaticModel } from '../models/static-folder.ts';
import { TfIdf } from '../models/tf-idf.ts';
import { WordPiece } from '../models/wordpiece.ts';
import { calibrationError, fitMix, type HeldOut, type Judged, type Mix, thresholdAccepting } from './calibrate.ts';
import { stratifiedFolds } from './folds.ts';
import { hearAbort } from './hear-abort.ts';
import { checkClasses, type LabelledText } from './labelled-text.ts';
import { type LearnerSettings, type RouterExample, RouterLearner } from './router-learner.ts';

export type RouterJob = {
	readonly examples: readonly LabelledText[];
	/** Whose token vectors the router begins with. */
	readonly base: StaticModel;
	readonly seed: number;
	/** What else the lineage shall tell of the data; JSON. */
	readonly from?: Readonly<Record<string, unknown>>;
};

/** Share of held-out texts of known classes that the scope threshold lets through. */
const acceptance = 0.95;
/** Up to so many examples are trained longer, with their vectors moved less, and held out in five parts instead of one. */
const fewExamples = 5_000;
/** Steps between two progress events. */
const stride = 25;

/**
 * Trains text classes with calibrated probabilities. First on parts of the data, to see scores on what was held out: these set
 * the mix of the router's two halves (temperature scaling) and the threshold below which a text is out of scope. Then on everything.
 * With few examples five parts are held out in turn, with many one fifth once.
 */
export const routerTrainer: Trainer<RouterJob> = {
	id: 'router',
	// oxlint-disable-next-line require-await
	async estimate(job) {
		return estimateOf(planOf(job));
	},
	train: (job, options = {}) => train(planOf(job), options),
};

/** How a router learns from so many examples. */
export function routerSettings(job: RouterJob): LearnerSettings {
	const isFew = hasFew(job);
	return {
		epochs: isFew ? 30 : 10,
		batch: 32,
		featureRate: 0.05,
		headRate: 0.01,
		tableRate: isFew ? 0.01 : 0.03,
		dropTokens: isFew ? 0 : 0.2,
		length: 7,
		seed: job.seed,
	};
}

/** SHA-256 of texts and labels. */
export function labelledHash(examples: readonly LabelledText[]): string {
	return createHash('sha256')
		.update(JSON.stringify(examples.map(({ text, label }) => [text, label])))
		.digest('hex');
}

function hasFew({ examples }: RouterJob): boolean {
	return examples.length <= fewExamples;
}

type Plan = RouterJob & {
	readonly labels: readonly string[];
	/** Of each example, the place of its label. */
	readonly gold: readonly number[];
	readonly fold: Uint32Array;
	/** What is held out in each phase; null, the last: nothing. */
	readonly phases: readonly (number | null)[];
	readonly settings: LearnerSettings;
	readonly steps: number;
	/** Names the job; a checkpoint of another one is refused. */
	readonly key: string;
};

function planOf(job: RouterJob): Plan {
	const { examples, base, seed } = job;
	checkClasses(examples);
	const counts = Map.groupBy(examples, ({ label }) => label);
	const labels = [...counts.keys()].sort();
	const place = new Map(labels.map((label, i) => [label, i]));
	const gold = examples.map(({ label }) => place.get(label)!);
	const settings = routerSettings(job);
	const phases = [...(hasFew(job) ? [0, 1, 2, 3, 4] : [0]), null];
	const fold = stratifiedFolds(gold, 5, seed);
	const batches = phases.map((held) => Math.ceil(fold.filter((f) => f !== held).length / settings.batch));
	const steps = batches.reduce((sum, count) => sum + count * settings.epochs, 0);
	const key = createHash('sha256')
		.update(JSON.stringify([examples, base.hash, settings]))
		.digest('hex');
	return { ...job, labels, gold, fold, phases, settings, steps, key };
}

/** Multiply-adds of the three loops, at the rate that one core of a common machine does. */
function estimateOf({ examples, labels, base, settings, steps }: Plan): Estimate {
	const letters = examples.reduce((sum, { text }) => sum + text.length, 0) / examples.length;
	const classes = padded(labels.length);
	const features = letters * 3;
	const perExample = 3 * (features * classes + (letters / 4) * base.dimensions + base.dimensions * classes);
	const seconds = 1 + (steps * settings.batch * perExample) / 2.5e9;
	const rows = Math.min(examples.length * features, 20_000 + examples.length * 4);
	const memoryMb = Math.ceil((8 * rows * classes + 12 * base.vocabulary.length * base.dimensions) / 2 ** 20);
	return { steps, seconds, memoryMb };
}

/** Where a training stands. */
type Position = { phase: number; epoch: number; step: number };

async function* train(plan: Plan, { checkpoint, signal }: TrainOptions): AsyncGenerator<TrainerEvent> {
	const { labels, examples, fold, phases, settings, steps, key } = plan;
	const heldOut = emptyScores(plan);
	const at = checkpoint === undefined ? { phase: 0, epoch: 0, step: 0 } : resume(plan, checkpoint, heldOut);
	const tokens = encodeTokens(plan);
	let metric: NamedMetric | null = null;
	let saved = checkpoint?.weights ?? {};
	for (; at.phase < phases.length; at.phase++, at.epoch = 0, saved = {}) {
		const held = phases[at.phase]!;
		const part = [...examples.keys()].filter((i) => fold[i] !== held);
		const tfIdf = TfIdf.fit(part.map((i) => examples[i]!.text));
		const toExample = (i: number): RouterExample => ({
			features: tfIdf.bag(examples[i]!.text),
			tokens: tokens.bags[i]!,
			label: plan.gold[i]!,
		});
		const shape = { classes: labels.length, features: tfIdf.features.length, dimensions: plan.base.dimensions };
		const learner = new RouterLearner({ ...shape, tokens: tokens.ids.length }, tokens.vectors, settings);
		for (const [name, numbers] of Object.entries(learner.state)) if (at.epoch > 0) numbers.set(saved[name]!);
		const rows = part.map(toExample);
		for (; at.epoch < settings.epochs; at.epoch++) {
			if (at.epoch > 0) yield checkpointOf(at, { key, learner, heldOut });
			let sum = 0;
			let count = 0;
			for (const loss of learner.epoch(rows, at.epoch)) {
				sum += loss;
				if (++count < stride) continue;
				at.step += count;
				yield { type: 'progress', step: at.step, steps, loss: sum / count, metric };
				[sum, count] = [0, 0];
				await hearAbort(signal);
			}
			at.step += count;
			if (count > 0) yield { type: 'progress', step: at.step, steps, loss: sum / count, metric };
			await hearAbort(signal);
		}
		if (held === null) {
			yield { type: 'trained', model: toModel(plan, { learner, tfIdf, tokens, heldOut }) };
			return;
		}
		scoreHeldOut(learner, { plan, held, toExample, heldOut });
		metric = { name: 'held-out accuracy', value: measure(plan, heldOut, fitMix(rowsOf(plan, heldOut))).accuracy };
	}
}

type Tokens = {
	/** Tokens of the base's vocabulary that the examples have, in order of appearance; rows of `vectors`. */
	readonly ids: readonly number[];
	/** (ids, dimensions) */
	readonly vectors: Float32Array;
	readonly bags: readonly Bag[];
	/** By what the base's rows were divided, so that a row is about 1 long. */
	readonly norm: number;
};

function encodeTokens({ examples, base }: Plan): Tokens {
	const words = new WordPiece(base.vocabulary, base.bert);
	const rows = new Map<number, number>();
	const bags = examples.map(({ text }) => {
		const ids = Uint32Array.from(words.encode(text), (id) => {
			if (!rows.has(id)) rows.set(id, rows.size);
			return rows.get(id)!;
		});
		return { ids, weights: new Float32Array(ids.length).fill(1) };
	});
	const ids = [...rows.keys()];
	const vectors = new Float32Array(ids.length * base.dimensions);
	ids.forEach((id, row) => vectors.set(baseRow(base, id), row * base.dimensions));
	const norm = Math.sqrt(vectors.reduce((sum, x) => sum + x * x, 0) / ids.length) || 1;
	for (let i = 0; i < vectors.length; i++) vectors[i]! /= norm;
	return { ids, vectors, bags, norm };
}

function baseRow({ numbers, weights, dimensions }: StaticModel, id: number): Float32Array {
	return Float32Array.from(numbers.subarray(id * dimensions, (id + 1) * dimensions), (x) => x * weights[id]!);
}

/** Scores of every example, (examples, classes) each; zeros where it was not held out. */
type AllScores = { readonly wide: Float32Array; readonly deep: Float32Array };

function emptyScores({ examples, labels }: Plan): AllScores {
	const size = examples.length * labels.length;
	return { wide: new Float32Array(size), deep: new Float32Array(size) };
}

type HoldOut = {
	readonly plan: Plan;
	readonly held: number;
	readonly toExample: (i: number) => RouterExample;
	readonly heldOut: AllScores;
};

function scoreHeldOut(learner: RouterLearner, { plan, held, toExample, heldOut }: HoldOut): void {
	const classes = plan.labels.length;
	for (let i = 0; i < plan.fold.length; i++) {
		if (plan.fold[i] !== held) continue;
		const { wide, deep } = learner.scores(toExample(i));
		heldOut.wide.set(wide, i * classes);
		heldOut.deep.set(deep, i * classes);
	}
}

/** The rows that were held out so far. */
function rowsOf({ labels, gold, phases, fold }: Plan, { wide, deep }: AllScores): HeldOut {
	const classes = labels.length;
	const isScored = (i: number): boolean => wide.subarray(i * classes, (i + 1) * classes).some((score) => score !== 0);
	const rows = gold
		.keys()
		.filter((i) => phases.includes(fold[i]!) && isScored(i))
		.toArray();
	const pick = (from: Float32Array): Float32Array => {
		const picked = new Float32Array(rows.length * classes);
		rows.forEach((i, row) => picked.set(from.subarray(i * classes, (i + 1) * classes), row * classes));
		return picked;
	};
	return { classes, wide: pick(wide), deep: pick(deep), labels: rows.map((i) => gold[i]!) };
}

type Measured = {
	readonly accuracy: number;
	/** Mean negative log of the probability of the right class. */
	readonly crossEntropy: number;
	readonly calibrationError: number;
	readonly threshold: number;
};

function measure(plan: Plan, scores: AllScores, mix: Mix): Measured {
	const { classes, wide, deep, labels } = rowsOf(plan, scores);
	const scopes: number[] = [];
	let entropy = 0;
	const judged = labels.map((label, i): Judged => {
		const at = i * classes;
		const mixed = wide.slice(at, at + classes).map((score, c) => mix.wide * score + mix.deep * deep[at + c]!);
		const { probabilities, best, scope } = judgeScores(mixed, classes);
		scopes.push(scope);
		entropy -= Math.log(Math.max(1e-12, probabilities[label]!));
		return { probability: probabilities[best]!, isRight: best === label };
	});
	return {
		accuracy: judged.filter(({ isRight }) => isRight).length / judged.length,
		crossEntropy: entropy / judged.length,
		calibrationError: calibrationError(judged),
		threshold: thresholdAccepting(scopes, acceptance),
	};
}

type Trained = {
	readonly learner: RouterLearner;
	readonly tfIdf: TfIdf;
	readonly tokens: Tokens;
	readonly heldOut: AllScores;
};

function toModel(plan: Plan, { learner, tfIdf, tokens, heldOut }: Trained): TrainedModel {
	const { labels, base, settings, examples, from } = plan;
	const { dimensions, vocabulary, bert } = base;
	const mix = fitMix(rowsOf(plan, heldOut));
	const { threshold, ...metrics } = measure(plan, heldOut, mix);
	const table = new Float32Array(vocabulary.length * dimensions);
	for (let id = 0; id < vocabulary.length; id++) {
		table.set(
			baseRow(base, id).map((x) => x / tokens.norm),
			id * dimensions,
		);
	}
	const tuned = learner.table;
	tokens.ids.forEach((id, row) => table.set(tuned.subarray(row * dimensions, (row + 1) * dimensions), id * dimensions));
	const { wide, head } = learner;
	const numbers = { labels, tfIdf, wide, wideStride: learner.stride, vocabulary, bert, table, dimensions, head };
	return {
		...packRouter({ ...numbers, length: settings.length, mix, threshold }),
		lineage: {
			trainer: 'router',
			...from,
			data: labelledHash(examples),
			base: { id: base.id, hash: base.hash },
			settings,
		},
		metrics: {
			examples: examples.length,
			heldOut: { examples: rowsOf(plan, heldOut).labels.length, ...metrics, acceptance },
		},
	};
}

type Saved = { readonly key: string; readonly learner: RouterLearner; readonly heldOut: AllScores };

function checkpointOf(at: Position, { key, learner, heldOut }: Saved): TrainerEvent {
	const weights = { ...learner.state, 'heldOut.wide': heldOut.wide, 'heldOut.deep': heldOut.deep };
	return { type: 'checkpoint', checkpoint: { step: at.step, state: JSON.stringify({ key, ...at }), weights } };
}

function resume({ key }: Plan, { state, weights }: Checkpoint, heldOut: AllScores): Position {
	const saved = JSON.parse(state) as Position & { readonly key: string };
	if (saved.key !== key) {
		throw new KnowhowError('invalid_data', 'The checkpoint belongs to another training.', {
			hint: 'It must have the same data, base model, seed and version of Knowhow.',
		});
	}
	heldOut.wide.set(weights['heldOut.wide']!);
	heldOut.deep.set(weights['heldOut.deep']!);
	return { phase: saved.phase, epoch: saved.epoch, step: saved.step };
}
