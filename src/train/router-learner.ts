import { Arena, padded } from '../models/nn/arena.ts';
import { AdamW } from '../models/nn/adamw.ts';
import { type Bag, BagTable } from '../models/nn/bag-table.ts';
import { multiply, normaliseBackward, normaliseRows, transpose } from '../models/nn/matrix.ts';
import { randomNumbers, shuffled } from '../models/nn/random.ts';
import { crossEntropy } from '../models/nn/softmax.ts';

/** A text in the two forms that the two halves of a router read. */
export type RouterText = {
	/** Tf-idf features. */
	readonly features: Bag;
	/** Tokens, as rows of `vectors`. */
	readonly tokens: Bag;
};

export type RouterExample = RouterText & { readonly label: number };

export type LearnerSettings = {
	readonly epochs: number;
	readonly batch: number;
	/** Learning rates at the beginning; they fall linearly to 0. */
	readonly featureRate: number;
	readonly headRate: number;
	readonly tableRate: number;
	/** Share of a text's tokens left out at random, each time anew. */
	readonly dropTokens: number;
	/** Length that the mean of token vectors is brought to. */
	readonly length: number;
	readonly seed: number;
};

export type LearnerShape = {
	readonly classes: number;
	readonly features: number;
	readonly tokens: number;
	readonly dimensions: number;
};

/** What the two halves say about each class, before they are mixed. */
export type Scores = { readonly wide: Float32Array; readonly deep: Float32Array };

/**
 * The two halves of a router in training, each with its own softmax cross entropy: `wide`, a linear model over tf-idf features, and
 * `deep`, a linear model over the normalised mean of token vectors that learn with it (fastText begun with trained vectors).
 */
export class RouterLearner {
	readonly #arena: Arena;
	readonly #shape: LearnerShape;
	readonly #settings: LearnerSettings;
	/** One row more than there are features: the bias. */
	readonly #wide: BagTable;
	readonly #bias: Bag;
	readonly #table: BagTable;
	/** (dimensions + 8, classes); the row after the dimensions is the bias. */
	readonly #head: AdamW;
	readonly #headAcross: Float32Array;
	readonly #wideScores: Float32Array;
	readonly #pooled: Float32Array;
	readonly #pooledGradient: Float32Array;
	readonly #deepScores: Float32Array;
	readonly #means: Float32Array;
	readonly #scales: Float32Array;

	/** `vectors` are (tokens, dimensions). */
	constructor(shape: LearnerShape, vectors: Float32Array, settings: LearnerSettings) {
		const { classes, features, tokens, dimensions } = shape;
		const { batch } = settings;
		this.#shape = shape;
		this.#settings = settings;
		const arena = new Arena(RouterLearner.floats(shape, batch));
		this.#arena = arena;
		this.#wide = new BagTable(arena, features + 1, classes);
		this.#bias = { ids: Uint32Array.of(features), weights: Float32Array.of(1) };
		this.#table = new BagTable(arena, tokens, dimensions);
		const { width, stride } = this;
		this.#head = new AdamW(arena, width * stride);
		this.#headAcross = arena.floats(width * stride);
		this.#wideScores = arena.floats(stride);
		this.#means = arena.floats(this.#table.stride);
		this.#pooled = arena.floats(batch * width);
		this.#pooledGradient = arena.floats(batch * width);
		this.#deepScores = arena.floats(batch * stride);
		this.#scales = new Float32Array(batch);
		for (let row = 0; row < tokens; row++) {
			this.#table.rows.set(vectors.subarray(row * dimensions, (row + 1) * dimensions), row * this.#table.stride);
		}
	}

	/** How many floats an arena for this takes. */
	static floats({ classes, features, tokens, dimensions }: LearnerShape, batch: number): number {
		const [stride, width] = [padded(classes), padded(dimensions + 1)];
		const tables = BagTable.floats(features + 1, classes) + BagTable.floats(tokens, dimensions);
		return (
			tables + AdamW.floats(width * stride) + width * stride + stride + 2 * width + batch * (2 * width + stride) + 256
		);
	}

	/** Floats of a row of class scores, and of a pooled text with its bias. */
	get stride(): number {
		return padded(this.#shape.classes);
	}

	get width(): number {
		return padded(this.#shape.dimensions + 1);
	}

	/** (features + 1, stride), the bias last: a view. */
	get wide(): Float32Array {
		return this.#wide.rows;
	}

	/** (tokens, dimensions): a copy. */
	get table(): Float32Array {
		const { tokens, dimensions } = this.#shape;
		const { rows, stride } = this.#table;
		if (stride === dimensions) return rows.slice();
		const copy = new Float32Array(tokens * dimensions);
		for (let i = 0; i < tokens; i++) copy.set(rows.subarray(i * stride, i * stride + dimensions), i * dimensions);
		return copy;
	}

	/** (dimensions + 1, classes), the bias last: a copy. */
	get head(): Float32Array {
		const { classes, dimensions } = this.#shape;
		const copy = new Float32Array((dimensions + 1) * classes);
		for (let j = 0; j <= dimensions; j++) {
			copy.set(this.#head.weights.subarray(j * this.stride, j * this.stride + classes), j * classes);
		}
		return copy;
	}

	/** What a checkpoint keeps: weights and what the optimisers remember. */
	get state(): Readonly<Record<string, Float32Array>> {
		return {
			'wide.rows': this.#wide.rows,
			'wide.sums': this.#wide.sums,
			'table.rows': this.#table.rows,
			'table.sums': this.#table.sums,
			'head.weights': this.#head.weights,
			'head.mean': this.#head.moments[0],
			'head.square': this.#head.moments[1],
		};
	}

	/** One pass over the examples in an order of its own; yields the mean loss of the two halves after each batch. */
	*epoch(examples: readonly RouterExample[], epoch: number): Generator<number> {
		const { batch, epochs, seed } = this.#settings;
		const random = randomNumbers(seed, epoch);
		const order = shuffled(examples.length, random);
		const batches = Math.ceil(examples.length / batch);
		for (let b = 0; b < batches; b++) {
			const chosen = Array.from(order.subarray(b * batch, (b + 1) * batch), (i) => examples[i]!);
			const step = epoch * batches + b;
			const left = 1 - step / (epochs * batches);
			const wide = this.#learnWide(chosen, left);
			const deep = this.#learnDeep(chosen, { step: step + 1, left, random });
			yield (wide + deep) / 2;
		}
	}

	/** The scores of a text: views that the next call overwrites. */
	scores({ features, tokens }: RouterText): Scores {
		this.#scoreWide(features);
		this.#pool([tokens]);
		this.#scoreDeep(1);
		const { classes } = this.#shape;
		return { wide: this.#wideScores.subarray(0, classes), deep: this.#deepScores.subarray(0, classes) };
	}

	#learnWide(examples: readonly RouterExample[], left: number): number {
		const { classes } = this.#shape;
		let loss = 0;
		for (const { features, label } of examples) {
			this.#scoreWide(features);
			loss += crossEntropy(this.#wideScores, classes, label, 1 / examples.length);
			this.#wide.scatter(features, this.#wideScores);
			this.#wide.scatter(this.#bias, this.#wideScores);
		}
		this.#wide.step(this.#settings.featureRate * left);
		return loss / examples.length;
	}

	#scoreWide(features: Bag): void {
		this.#wideScores.fill(0);
		this.#wide.gather(features, this.#wideScores);
		this.#wide.gather(this.#bias, this.#wideScores);
	}

	#learnDeep(
		examples: readonly RouterExample[],
		{ step, left, random }: { readonly step: number; readonly left: number; readonly random: () => number },
	): number {
		const { classes } = this.#shape;
		const { dropTokens, headRate, tableRate } = this.#settings;
		const { stride, width } = this;
		const n = examples.length;
		const bags = examples.map(({ tokens }) => (dropTokens > 0 ? thinned(tokens, dropTokens, random) : tokens));
		this.#pool(bags);
		this.#scoreDeep(n);
		let loss = 0;
		examples.forEach(({ label }, i) => {
			loss += crossEntropy(this.#deepScores.subarray(i * stride, (i + 1) * stride), classes, label, 1 / n);
		});
		transpose(this.#head.weights, this.#headAcross, width, stride);
		const back = { rows: n, columns: width, inner: stride };
		multiply(this.#arena, this.#deepScores, this.#headAcross, this.#pooledGradient, back);
		const toHead = { rows: width, columns: stride, inner: n, isTransposed: true };
		multiply(this.#arena, this.#pooled, this.#deepScores, this.#head.gradient, toHead);
		this.#head.step(step, headRate * left);
		this.#unpool(bags);
		this.#table.step(tableRate * left);
		return loss / n;
	}

	/** Rows of `pooled`: the normalised sum of the bag's vectors times `length`, then 1 for the bias. */
	#pool(bags: readonly Bag[]): void {
		const { dimensions } = this.#shape;
		const { length } = this.#settings;
		bags.forEach((bag, i) => {
			this.#means.fill(0);
			this.#table.gather(bag, this.#means);
			const scale = this.#scales.subarray(i, i + 1);
			normaliseRows(this.#means, 1, dimensions, scale);
			const row = this.#pooled.subarray(i * this.width, (i + 1) * this.width);
			for (let j = 0; j < dimensions; j++) row[j] = this.#means[j]! * length;
			row[dimensions] = 1;
		});
	}

	#unpool(bags: readonly Bag[]): void {
		const { dimensions } = this.#shape;
		const { length } = this.#settings;
		bags.forEach((bag, i) => {
			const unit = this.#pooled.subarray(i * this.width, i * this.width + dimensions);
			for (let j = 0; j < dimensions; j++) unit[j]! /= length;
			const gradient = this.#means.fill(0);
			gradient.set(this.#pooledGradient.subarray(i * this.width, i * this.width + dimensions));
			normaliseBackward(gradient, unit, 1, dimensions, this.#scales.subarray(i, i + 1));
			for (let j = 0; j < dimensions; j++) gradient[j]! *= length;
			this.#table.scatter(bag, gradient);
		});
	}

	#scoreDeep(rows: number): void {
		const shape = { rows, columns: this.stride, inner: this.width };
		multiply(this.#arena, this.#pooled, this.#head.weights, this.#deepScores, shape);
	}
}

/** A bag without some of its members; the whole one when none would be left. */
function thinned(bag: Bag, share: number, random: () => number): Bag {
	const kept = Array.from(bag.ids.keys()).filter(() => random() >= share);
	if (kept.length === 0) return bag;
	return { ids: Uint32Array.from(kept, (i) => bag.ids[i]!), weights: Float32Array.from(kept, (i) => bag.weights[i]!) };
}
