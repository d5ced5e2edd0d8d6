import { allowedTransitions, tagCount } from '../models/tags.ts';
import { Arena, padded } from '../models/nn/arena.ts';
import { type Bag, BagTable } from '../models/nn/bag-table.ts';
import { chainLoss } from '../models/nn/chain.ts';
import { randomNumbers, shuffled } from '../models/nn/random.ts';
import { crossEntropy } from '../models/nn/softmax.ts';

export type FieldExample = {
	/** The features of each token. */
	readonly tokens: readonly Uint32Array[];
	readonly tags: Uint16Array;
	/** Tags that a text of its kind may have. */
	readonly active: readonly number[];
	/** Features of the whole text, and the kind that it is. */
	readonly text: Bag;
	readonly kind: number;
};

export type FieldSettings = {
	readonly epochs: number;
	/** Texts between two steps. */
	readonly batch: number;
	/** Learning rates at the beginning; they fall linearly to 0. */
	readonly tagRate: number;
	readonly kindRate: number;
	/** Share of a token's features left out at random, each time anew, so that context is learned beside the words themselves. */
	readonly dropFeatures: number;
	readonly seed: number;
};

export type FieldShape = {
	readonly fields: number;
	readonly features: number;
	readonly kinds: number;
	readonly textFeatures: number;
};

/** A linear-chain conditional random field over tokens, and a linear model of the kind of text, in training. */
export class FieldLearner {
	/** (features, stride of the tags) */
	readonly tags: BagTable;
	/** (text features + 1, stride of the kinds), the bias last. */
	readonly kinds: BagTable;
	/** (tags + 1, tags) */
	readonly transitions: Float32Array;
	readonly #transitionGradient: Float32Array;
	readonly #transitionSums: Float32Array;
	readonly #settings: FieldSettings;
	readonly #shape: FieldShape;
	readonly #arena: Arena;
	readonly #bias: Bag;
	readonly #kindScores: Float32Array;
	/** (longest, stride) */
	readonly #scores: Float32Array;

	/** `longest` is the most tokens of a text. */
	constructor(shape: FieldShape, settings: FieldSettings, longest: number) {
		const { fields, features, kinds, textFeatures } = shape;
		const count = tagCount(fields);
		this.#shape = shape;
		this.#settings = settings;
		const tables = BagTable.floats(features, count) + BagTable.floats(textFeatures + 1, kinds);
		this.#arena = new Arena(tables + longest * padded(count) + padded(kinds) + 64);
		this.tags = new BagTable(this.#arena, features, count);
		this.kinds = new BagTable(this.#arena, textFeatures + 1, kinds);
		this.#bias = { ids: Uint32Array.of(textFeatures), weights: Float32Array.of(1) };
		this.#kindScores = this.#arena.floats(this.kinds.stride);
		this.#scores = this.#arena.floats(longest * this.tags.stride);
		this.transitions = allowedTransitions(count);
		this.#transitionGradient = new Float32Array(this.transitions.length);
		this.#transitionSums = new Float32Array(this.transitions.length);
	}

	/** What a checkpoint keeps. */
	get state(): Readonly<Record<string, Float32Array>> {
		return {
			'tags.rows': this.tags.rows,
			'tags.sums': this.tags.sums,
			'kinds.rows': this.kinds.rows,
			'kinds.sums': this.kinds.sums,
			'transitions.weights': this.transitions,
			'transitions.sums': this.#transitionSums,
		};
	}

	/** One pass over the examples in an order of its own; yields the mean loss of a text after each batch. */
	*epoch(examples: readonly FieldExample[], epoch: number): Generator<number> {
		const { batch, epochs, seed, tagRate, kindRate } = this.#settings;
		const random = randomNumbers(seed, epoch);
		const order = shuffled(examples.length, random);
		const batches = Math.ceil(examples.length / batch);
		for (let b = 0; b < batches; b++) {
			const chosen = order.subarray(b * batch, (b + 1) * batch);
			let loss = 0;
			for (const i of chosen) loss += this.#learn(examples[i]!, 1 / chosen.length, random);
			const left = 1 - (epoch * batches + b) / (epochs * batches);
			this.tags.step(tagRate * left);
			this.kinds.step(kindRate * left);
			this.#stepTransitions(tagRate * left);
			yield loss / chosen.length;
		}
	}

	/** What tokens with these features say for each tag: a view that the next call overwrites. Texts longer than the longest of training are cut. */
	scores(tokens: readonly Uint32Array[]): {
		readonly length: number;
		readonly stride: number;
		readonly scores: Float32Array;
	} {
		const { stride } = this.tags;
		const length = Math.min(tokens.length, this.#scores.length / stride);
		const scores = this.#scores.subarray(0, length * stride).fill(0);
		for (let i = 0; i < length; i++) this.tags.gather(toBag(tokens[i]!), scores.subarray(i * stride, (i + 1) * stride));
		return { length, stride, scores };
	}

	/** The kind that fits a text best. */
	kindOf(text: Bag): number {
		const scores = this.#scoreKinds(text).subarray(0, this.#shape.kinds);
		return scores.indexOf(Math.max(...scores));
	}

	#scoreKinds(text: Bag): Float32Array {
		this.#kindScores.fill(0);
		this.kinds.gather(text, this.#kindScores);
		this.kinds.gather(this.#bias, this.#kindScores);
		return this.#kindScores;
	}

	#learn({ tokens, tags, active, text, kind }: FieldExample, scale: number, random: () => number): number {
		const share = this.#settings.dropFeatures;
		const kept = share > 0 ? tokens.map((ids) => ids.filter(() => random() >= share)) : tokens;
		const chain = { tags: tagCount(this.#shape.fields), transitions: this.transitions };
		const loss = chainLoss(chain, { ...this.scores(kept), active }, tags, this.#transitionGradient);
		const bags = kept.map(toBag);
		this.#spread(bags, active, scale);
		return loss + this.#learnKind(text, kind, scale);
	}

	/** What the scores hold for tags that did not take part is no gradient. */
	#spread(bags: readonly Bag[], active: readonly number[], scale: number): void {
		const { stride } = this.tags;
		bags.forEach((bag, i) => {
			const row = this.#scores.subarray(i * stride, (i + 1) * stride);
			const gradients = active.map((tag) => row[tag]! * scale);
			row.fill(0);
			active.forEach((tag, k) => (row[tag] = gradients[k]!));
			this.tags.scatter(bag, row);
		});
	}

	#learnKind(text: Bag, kind: number, scale: number): number {
		if (this.#shape.kinds < 2) return 0;
		this.#scoreKinds(text);
		const loss = crossEntropy(this.#kindScores, this.#shape.kinds, kind, scale);
		this.kinds.scatter(text, this.#kindScores);
		this.kinds.scatter(this.#bias, this.#kindScores);
		return loss;
	}

	/** Adagrad; what is forbidden has no gradient and stays so. */
	#stepTransitions(rate: number): void {
		const [weights, gradient, sums] = [this.transitions, this.#transitionGradient, this.#transitionSums];
		for (let i = 0; i < weights.length; i++) {
			const slope = gradient[i]! / this.#settings.batch;
			gradient[i] = 0;
			if (slope === 0) continue;
			sums[i]! += slope * slope;
			weights[i]! -= (rate * slope) / (Math.sqrt(sums[i]!) + 1e-8);
		}
	}
}

function toBag(ids: Uint32Array): Bag {
	return { ids, weights: new Float32Array(ids.length).fill(1) };
}
