import { createHash } from 'node:crypto';
import { KnowhowError } from '../core/error.ts';
import type { Checkpoint, Estimate, NamedMetric, Trainer, TrainerEvent, TrainOptions } from '../core/trainer.ts';
import { packExtractor } from '../models/extractor-file.ts';
import { bestTagging } from '../models/nn/chain.ts';
import { randomNumbers, shuffled } from '../models/nn/random.ts';
import { tagCount, toSpans, toTags } from '../models/tags.ts';
import { TfIdf } from '../models/tf-idf.ts';
import { Gazetteer, tokenFeatures, tokensOf } from '../models/token-features.ts';
import { type FieldExample, FieldLearner, type FieldSettings } from './field-learner.ts';
import type { FieldText, FieldTexts, OutputShape } from './field-text.ts';
import { hearAbort } from './hear-abort.ts';
import { countSpans, noSpans, spanScores, type SpanCounts } from './span-f1.ts';

export type ExtractorJob = FieldTexts & {
	readonly seed: number;
	/** What else the lineage shall tell of the data; JSON. */
	readonly from?: Readonly<Record<string, unknown>>;
};

/** Fewer texts than this are refused. */
const fewestTexts = 20;
/** One text of so many is held out to measure, at most `mostHeldOut`. */
const heldOutShare = 10;
const mostHeldOut = 1000;
/** Steps between two progress events. */
const stride = 50;

/**
 * Trains a tagger that finds fields in texts. One text of ten (1,000 at most) is held out, never learned from, and measured after
 * every pass; texts that say the same are not kept apart, so that number flatters where data repeats itself.
 */
export const extractorTrainer: Trainer<ExtractorJob> = {
	id: 'extractor',
	// oxlint-disable-next-line require-await
	async estimate(job) {
		return estimateOf(planOf(job));
	},
	train: (job, options = {}) => train(planOf(job), options),
};

type Plan = {
	readonly shape: OutputShape;
	readonly train: readonly FieldText[];
	readonly dev: readonly FieldText[];
	readonly kinds: readonly { readonly name: string; readonly tags: readonly number[] }[];
	readonly settings: FieldSettings;
	readonly steps: number;
	/** Of the examples, and of the whole job. */
	readonly data: string;
	readonly from: Readonly<Record<string, unknown>>;
	readonly key: string;
};

/** How an extractor learns from so many texts. */
export function extractorSettings({ examples, seed }: ExtractorJob): FieldSettings {
	return {
		epochs: Math.min(40, Math.max(4, Math.round(40_000 / examples.length))),
		batch: 8,
		tagRate: 0.03,
		kindRate: 0.1,
		dropFeatures: 0.2,
		seed,
	};
}

/** SHA-256 of texts and their fields. */
export function fieldHash(examples: readonly FieldText[]): string {
	return sha256(JSON.stringify(examples.map(({ text, spans, kind }) => [text, spans, kind])));
}

function planOf(job: ExtractorJob): Plan {
	const { examples, shape, seed } = job;
	if (examples.length < fewestTexts) {
		throw new KnowhowError('invalid_data', `There are ${examples.length} texts to learn from.`, {
			hint: `At least ${fewestTexts} are needed; some hundreds are a sensible beginning.`,
		});
	}
	const order = shuffled(examples.length, randomNumbers(seed, 0x68656c64));
	const held = Math.min(mostHeldOut, Math.floor(examples.length / heldOutShare));
	const [dev, rest] = [order.subarray(0, held), order.subarray(held)].map((ids) =>
		Array.from(ids, (i) => examples[i]!),
	);
	const settings = extractorSettings(job);
	const data = fieldHash(examples);
	return {
		shape,
		train: rest!,
		dev: dev!,
		kinds: kindsOf(rest!),
		settings,
		steps: settings.epochs * Math.ceil(rest!.length / settings.batch),
		data,
		from: job.from ?? {},
		key: sha256(JSON.stringify([data, shape, settings])),
	};
}

/** The kinds of texts, each with the tags that a text of it had. */
function kindsOf(examples: readonly FieldText[]): Plan['kinds'] {
	const kinds = new Map<string, Set<number>>();
	for (const { kind, spans } of examples) {
		const tags = kinds.get(kind ?? '') ?? new Set([0]);
		kinds.set(kind ?? '', tags);
		for (const { field } of spans) tags.add(1 + 2 * field).add(2 + 2 * field);
	}
	return [...kinds]
		.toSorted(([a], [b]) => (a < b ? -1 : 1))
		.map(([name, tags]) => ({ name, tags: [...tags].toSorted((a, b) => a - b) }));
}

/** Features of every token times tags, and tags that may follow each other. */
function estimateOf({ train: texts, shape, kinds, settings, steps }: Plan): Estimate {
	const tokens = texts.reduce((sum, { text }) => sum + text.length / 5, 0);
	const tags = tagCount(shape.fields.length);
	const active = Math.max(...kinds.map((kind) => kind.tags.length));
	const seconds = 2 + tokens * 6e-5 + settings.epochs * tokens * (40 * tags * 1.5e-9 + active * active * 1e-8 + 3e-6);
	return { steps, seconds, memoryMb: Math.ceil((tokens * 0.8 * tags * 8 + tokens * 200) / 2 ** 20) };
}

type Prepared = {
	readonly gazetteer: Gazetteer;
	readonly values: readonly (readonly [number, string])[];
	readonly features: ReadonlyMap<string, number>;
	readonly tfIdf: TfIdf;
	readonly rows: readonly FieldExample[];
	/** Tokens of the longest text. */
	readonly longest: number;
};

async function* train(plan: Plan, { checkpoint, signal }: TrainOptions): AsyncGenerator<TrainerEvent> {
	const { shape, settings, steps, key } = plan;
	const at = checkpoint === undefined ? { epoch: 0, step: 0 } : resume(plan, checkpoint);
	const prepared = prepare(plan);
	const { features, tfIdf, rows, longest } = prepared;
	const sizes = { fields: shape.fields.length, features: features.size, textFeatures: tfIdf.features.length };
	const learner = new FieldLearner({ ...sizes, kinds: plan.kinds.length }, settings, longest);
	for (const [name, numbers] of Object.entries(learner.state)) if (checkpoint) numbers.set(checkpoint.weights[name]!);
	let counts = noSpans;
	let metric: NamedMetric | null = null;
	for (; at.epoch < settings.epochs; at.epoch++) {
		const state = JSON.stringify({ key, ...at });
		if (at.epoch > 0) yield { type: 'checkpoint', checkpoint: { step: at.step, state, weights: learner.state } };
		let [sum, count] = [0, 0];
		for (const loss of learner.epoch(rows, at.epoch)) {
			sum += loss;
			at.step++;
			if (++count < stride) continue;
			yield { type: 'progress', step: at.step, steps, loss: sum / count, metric };
			[sum, count] = [0, 0];
			await hearAbort(signal);
		}
		counts = measure(plan, prepared, learner);
		metric = { name: 'held-out F1', value: spanScores(counts).f1 ?? 0 };
		if (count > 0) yield { type: 'progress', step: at.step, steps, loss: sum / count, metric };
		await hearAbort(signal);
	}
	const { tags, kinds, transitions } = learner;
	yield {
		type: 'trained',
		model: {
			...packExtractor({
				fields: [...shape.fields],
				lists: [...shape.lists],
				kindPath: shape.kind,
				kinds: plan.kinds.map(({ name, tags: allowed }) => ({ name, tags: [...allowed] })),
				values: prepared.values,
				features: [...features.keys()],
				tags: tags.rows,
				tagStride: tags.stride,
				transitions,
				tfIdf,
				kindRows: kinds.rows,
				kindStride: kinds.stride,
			}),
			lineage: { trainer: 'extractor', ...plan.from, data: plan.data, settings },
			metrics: { examples: plan.train.length, heldOut: { examples: plan.dev.length, ...spanScores(counts) } },
		},
	};
}

function prepare({ train: texts, kinds }: Plan): Prepared {
	const values = texts.flatMap(({ text, spans }) => spans.map((span) => [span.field, valueOf(text, span)] as const));
	const gazetteer = new Gazetteer(values);
	const tokens = texts.map(({ text }) => tokensOf(text));
	// Marks of values that only the text itself has would be certain here and missing later.
	const named = tokens.map((of) => tokenFeatures(of, gazetteer.marks(of, 2)));
	const features = frequent(named);
	const tfIdf = TfIdf.fit(texts.map(({ text }) => text));
	const places = new Map(kinds.map(({ name }, place) => [name, place]));
	const rows = texts.map(({ text, spans, kind }, i): FieldExample => {
		const place = places.get(kind ?? '')!;
		return {
			tokens: named[i]!.map((names) => idsOf(names, features)),
			tags: toTags(tokens[i]!, spans)!,
			active: kinds[place]!.tags,
			text: tfIdf.bag(text),
			kind: place,
		};
	});
	return { gazetteer, values, features, tfIdf, rows, longest: Math.max(...tokens.map((of) => of.length)) };
}

function valueOf(text: string, { start, end }: { readonly start: number; readonly end: number }): string {
	return tokensOf(text.slice(start, end))
		.map((token) => token.text.toLowerCase())
		.join(' ');
}

/** Ids of the features that occur at least twice. */
function frequent(named: readonly (readonly (readonly string[])[])[]): Map<string, number> {
	const counts = new Map<string, number>();
	for (const text of named) {
		for (const names of text) for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
	}
	const ids = new Map<string, number>();
	for (const [name, count] of counts) if (count >= 2) ids.set(name, ids.size);
	return ids;
}

function idsOf(names: readonly string[], features: ReadonlyMap<string, number>): Uint32Array {
	return Uint32Array.from(names.flatMap((name) => features.get(name) ?? []));
}

/** How many spans of the held-out texts the tagger finds, when it has to find the kind of text too. */
function measure(
	{ dev, kinds, shape }: Plan,
	{ gazetteer, features, tfIdf }: Prepared,
	learner: FieldLearner,
): SpanCounts {
	const chain = { tags: tagCount(shape.fields.length), transitions: learner.transitions };
	return dev.reduce((counts, { text, spans }) => {
		const tokens = tokensOf(text);
		const ids = tokenFeatures(tokens, gazetteer.marks(tokens, 1)).map((names) => idsOf(names, features));
		const lattice = { ...learner.scores(ids), active: kinds[learner.kindOf(tfIdf.bag(text))]!.tags };
		return countSpans(counts, toSpans(tokens, bestTagging(chain, lattice)), spans);
	}, noSpans);
}

function resume({ key }: Plan, { state }: Checkpoint): { epoch: number; step: number } {
	const saved = JSON.parse(state) as { readonly key: string; readonly epoch: number; readonly step: number };
	if (saved.key === key) return { epoch: saved.epoch, step: saved.step };
	throw new KnowhowError('invalid_data', 'The checkpoint belongs to another training.', {
		hint: 'It must have the same data, seed and version of Knowhow.',
	});
}

function sha256(text: string): string {
	return createHash('sha256').update(text).digest('hex');
}
