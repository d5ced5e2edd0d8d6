import { type Arena, padded } from './arena.ts';
import { multiply, normaliseBackward, normaliseRows, transpose } from './matrix.ts';

export type InfoNceShape = {
	/** Queries in a batch; the first passage of each is at the same place. */
	readonly batch: number;
	/** Passages in a batch, at least `batch`: the positives first, then hard negatives, which every query sees. A multiple of 8. */
	readonly passages: number;
	/** Of the vectors; a multiple of 8. */
	readonly dimensions: number;
	/** What cosines are divided by. */
	readonly temperature: number;
};

/**
 * InfoNCE with in-batch and hard negatives (van den Oord et al. 2018; multiple negatives ranking, Henderson et al. 2017): for unit
 * vectors q, p the mean over i of −log exp(qᵢ·pᵢ/τ) / Σⱼ exp(qᵢ·pⱼ/τ). Needs pairs of a query and a passage that answers it; passages of
 * other pairs count as wrong, so no two pairs of a batch should share one.
 */
export class InfoNce {
	/** (batch, dimensions): written before `loss`, unit length after it. */
	readonly queries: Float32Array;
	/** (passages, dimensions): likewise. */
	readonly passages: Float32Array;
	/** d loss / d queries and d loss / d passages as they were before they got unit length, after `backward`. */
	readonly queryGradient: Float32Array;
	readonly passageGradient: Float32Array;
	readonly #shape: InfoNceShape;
	readonly #arena: Arena;
	/** (batch, passages): cosines, then d loss / d cosine. */
	readonly #scores: Float32Array;
	/** (dimensions, passages) */
	readonly #across: Float32Array;
	readonly #queryScales: Float32Array;
	readonly #passageScales: Float32Array;

	constructor(arena: Arena, shape: InfoNceShape) {
		const { batch, passages, dimensions } = shape;
		if (passages % 8 !== 0 || dimensions % 8 !== 0)
			throw new RangeError('Passages and dimensions come in multiples of 8.');
		this.#arena = arena;
		this.#shape = shape;
		this.queries = arena.floats(batch * dimensions);
		this.passages = arena.floats(passages * dimensions);
		this.queryGradient = arena.floats(batch * dimensions);
		this.passageGradient = arena.floats(passages * dimensions);
		this.#scores = arena.floats(batch * passages);
		this.#across = arena.floats(dimensions * passages);
		this.#queryScales = new Float32Array(batch);
		this.#passageScales = new Float32Array(passages);
	}

	/** How many floats of an arena this takes. */
	static floats({ batch, passages, dimensions }: InfoNceShape): number {
		return 2 * batch * dimensions + 3 * passages * dimensions + batch * padded(passages) + 128;
	}

	/** The mean loss of the first `count` queries (all when absent) against the first `among` passages. */
	loss(count = this.#shape.batch, among = this.#shape.passages): number {
		const { passages: stride, dimensions, temperature } = this.#shape;
		normaliseRows(this.queries, count, dimensions, this.#queryScales);
		normaliseRows(this.passages, among, dimensions, this.#passageScales);
		transpose(this.passages, this.#across, stride, dimensions);
		const shape = { rows: count, columns: stride, inner: dimensions };
		multiply(this.#arena, this.queries, this.#across, this.#scores, shape);
		let loss = 0;
		for (let i = 0; i < count; i++) {
			const row = this.#scores.subarray(i * stride, (i + 1) * stride);
			loss += rowLoss(row, { gold: i, among, temperature, scale: 1 / (count * temperature) });
		}
		return loss / count;
	}

	/** The gradients of the last `loss`, which had as many queries and passages. `forPassages`: whether theirs are wanted, too. */
	backward(
		count = this.#shape.batch,
		among = this.#shape.passages,
		{ forPassages }: { readonly forPassages: boolean } = { forPassages: true },
	): void {
		const { passages: stride, dimensions } = this.#shape;
		const { queries, passages, queryGradient, passageGradient } = this;
		const toQueries = { rows: count, columns: dimensions, inner: stride };
		multiply(this.#arena, this.#scores, passages, queryGradient, toQueries);
		normaliseBackward(queryGradient, queries, count, dimensions, this.#queryScales);
		if (!forPassages) return;
		const toPassages = { rows: stride, columns: dimensions, inner: count, isTransposed: true };
		multiply(this.#arena, this.#scores, queries, passageGradient, toPassages);
		normaliseBackward(passageGradient, passages, among, dimensions, this.#passageScales);
	}
}

type RowLoss = { readonly gold: number; readonly among: number; readonly temperature: number; readonly scale: number };

/** Cross entropy of one row of cosines; leaves d loss / d cosine in it. */
function rowLoss(row: Float32Array, { gold, among, temperature, scale }: RowLoss): number {
	let most = -Infinity;
	for (let j = 0; j < among; j++) if (row[j]! > most) most = row[j]!;
	const right = row[gold]!;
	let sum = 0;
	for (let j = 0; j < among; j++) sum += row[j] = Math.exp((row[j]! - most) / temperature);
	for (let j = 0; j < among; j++) row[j]! *= scale / sum;
	row[gold]! -= scale;
	row.fill(0, among);
	return Math.log(sum) + (most - right) / temperature;
}
