import { Arena } from '../models/nn/arena.ts';
import { multiply } from '../models/nn/matrix.ts';
import { NestedInfoNce } from '../models/nn/nested-info-nce.ts';
import type { LearnerShape, PairLearner } from './retriever-learner.ts';
import type { Batch } from './retriever-batches.ts';

export type AdapterVectors = {
	/** As the embedder makes them, unit length. */
	readonly queries: readonly Float32Array[];
	readonly passages: readonly Float32Array[];
};

/**
 * A square matrix W on the query side, over vectors of any embedder: adapted = query · W. Begins as the identity and is pulled back to
 * it: loss + pull/2 · ‖W − I‖². Passages stay, so nothing is indexed anew. Plain gradient descent: what is learned from a few hundred
 * queries stays within their span, where AdamW moves every one of the weights by the same amount (measured in docs/log.md).
 */
export class AdapterLearner implements PairLearner {
	readonly #vectors: AdapterVectors;
	readonly #shape: LearnerShape;
	readonly #arena: Arena;
	readonly #nce: NestedInfoNce;
	/** (batch, dimensions) */
	readonly #queries: Float32Array;
	/** (dimensions, dimensions), row-major. */
	readonly #weights: Float32Array;
	readonly #gradient: Float32Array;

	constructor(vectors: AdapterVectors, shape: LearnerShape) {
		const { batch, dimensions, widths } = shape;
		this.#vectors = vectors;
		this.#shape = shape;
		const size = dimensions * dimensions;
		this.#arena = new Arena(NestedInfoNce.floats(shape, widths) + batch * dimensions + 2 * size + 256);
		this.#nce = new NestedInfoNce(this.#arena, shape, widths);
		this.#queries = this.#arena.floats(batch * dimensions);
		this.#weights = this.#arena.floats(size);
		this.#gradient = this.#arena.floats(size);
		for (let i = 0; i < dimensions; i++) this.#weights[i * (dimensions + 1)] = 1;
	}

	get state(): Readonly<Record<string, Float32Array>> {
		return { weights: this.#weights };
	}

	get tuned(): Readonly<Record<string, Float32Array>> {
		return this.state;
	}

	/** (dimensions, dimensions): d loss / d W after `backward`. */
	get gradient(): Float32Array {
		return this.#gradient;
	}

	loss({ queries, passages }: Batch): number {
		const { dimensions } = this.#shape;
		queries.forEach((at, i) => this.#queries.set(this.#vectors.queries[at]!, i * dimensions));
		passages.forEach((at, i) => this.#nce.passages.set(this.#vectors.passages[at]!, i * dimensions));
		const shape = { rows: queries.length, columns: dimensions, inner: dimensions };
		multiply(this.#arena, this.#queries, this.#weights, this.#nce.queries, shape);
		return this.#nce.loss(queries.length, passages.length) + this.#pullLoss();
	}

	backward({ queries, passages }: Batch): void {
		const { dimensions, pull } = this.#shape;
		const [weights, gradient] = [this.#weights, this.#gradient];
		this.#nce.backward(queries.length, passages.length, { forPassages: false });
		const shape = { rows: dimensions, columns: dimensions, inner: queries.length, isTransposed: true };
		multiply(this.#arena, this.#queries, this.#nce.queryGradient, gradient, shape);
		for (let i = 0; i < gradient.length; i++) gradient[i]! += pull * (weights[i]! - this.#identity(i));
	}

	step(rate: number): void {
		const [weights, gradient] = [this.#weights, this.#gradient];
		for (let i = 0; i < weights.length; i++) weights[i]! -= rate * gradient[i]!;
	}

	#pullLoss(): number {
		let sum = 0;
		for (let i = 0; i < this.#weights.length; i++) sum += (this.#weights[i]! - this.#identity(i)) ** 2;
		return (this.#shape.pull / 2) * sum;
	}

	#identity(at: number): number {
		return at % (this.#shape.dimensions + 1) === 0 ? 1 : 0;
	}
}
