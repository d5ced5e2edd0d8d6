import { Arena } from '../models/nn/arena.ts';
import { type Bag, BagTable } from '../models/nn/bag-table.ts';
import { NestedInfoNce } from '../models/nn/nested-info-nce.ts';
import type { Batch } from './retriever-batches.ts';
import type { LearnerShape, PairLearner } from './retriever-learner.ts';

export type TableTexts = {
	/** Rows of the table by text; every row is somewhere. */
	readonly queries: readonly Bag[];
	/** As rows when passages learn, too; as unit vectors when they stay. */
	readonly passages: readonly Bag[] | readonly Float32Array[];
	/** The rows as they begin, (rows, dimensions), about 1 long. */
	readonly rows: Float32Array;
};

/**
 * Rows of a static embedder's table, of the tokens that the training texts have: queries are their sums. Passages learn with them, or
 * stay as they are, and then nothing has to be indexed anew. Rows are pulled back to where they began, those that a batch touches:
 * loss + pull/2 · Σ ‖row − beginning‖².
 */
export class TableLearner implements PairLearner {
	readonly table: BagTable;
	readonly #texts: TableTexts;
	readonly #shape: LearnerShape;
	readonly #nce: NestedInfoNce;

	constructor(texts: TableTexts, shape: LearnerShape) {
		const { dimensions, widths } = shape;
		this.#texts = texts;
		this.#shape = shape;
		const count = texts.rows.length / dimensions;
		const arena = new Arena(BagTable.floats(count, dimensions) + NestedInfoNce.floats(shape, widths) + 256);
		this.table = new BagTable(arena, count, dimensions);
		this.table.rows.set(texts.rows);
		this.#nce = new NestedInfoNce(arena, shape, widths);
	}

	get state(): Readonly<Record<string, Float32Array>> {
		return { rows: this.table.rows, sums: this.table.sums };
	}

	get tuned(): Readonly<Record<string, Float32Array>> {
		return { rows: this.table.rows };
	}

	loss(batch: Batch): number {
		const { dimensions } = this.#shape;
		this.#gather(batch.queries, this.#texts.queries, this.#nce.queries);
		const { passages } = this.#texts;
		if (learn(passages)) this.#gather(batch.passages, passages, this.#nce.passages);
		else batch.passages.forEach((at, i) => this.#nce.passages.set(passages[at] as Float32Array, i * dimensions));
		return this.#nce.loss(batch.queries.length, batch.passages.length) + this.#pullLoss(batch);
	}

	backward(batch: Batch): void {
		const { passages, queries } = this.#texts;
		const forPassages = learn(passages);
		this.#nce.backward(batch.queries.length, batch.passages.length, { forPassages });
		this.#scatter(batch.queries, queries, this.#nce.queryGradient);
		if (forPassages) this.#scatter(batch.passages, passages, this.#nce.passageGradient);
		for (const row of this.#touched(batch)) this.#pullRow(row);
	}

	step(rate: number): void {
		this.table.step(rate);
	}

	#gather(at: readonly number[], bags: readonly Bag[], out: Float32Array): void {
		const { dimensions } = this.#shape;
		out.fill(0);
		at.forEach((text, i) => this.table.gather(bags[text]!, out.subarray(i * dimensions, (i + 1) * dimensions)));
	}

	#scatter(at: readonly number[], bags: readonly Bag[], gradient: Float32Array): void {
		const { dimensions } = this.#shape;
		at.forEach((text, i) => this.table.scatter(bags[text]!, gradient.subarray(i * dimensions, (i + 1) * dimensions)));
	}

	#touched({ queries, passages }: Batch): Set<number> {
		const touched = new Set<number>();
		for (const at of queries) for (const id of this.#texts.queries[at]!.ids) touched.add(id);
		const { passages: texts } = this.#texts;
		if (learn(texts)) for (const at of passages) for (const id of texts[at]!.ids) touched.add(id);
		return touched;
	}

	#pullRow(row: number): void {
		const { dimensions, pull } = this.#shape;
		const gradient = this.table.gradientOf(row);
		for (let j = 0; j < dimensions; j++) {
			const at = row * dimensions + j;
			gradient[j]! += pull * (this.table.rows[at]! - this.#texts.rows[at]!);
		}
	}

	#pullLoss(batch: Batch): number {
		const { dimensions, pull } = this.#shape;
		let sum = 0;
		for (const row of this.#touched(batch)) {
			for (let at = row * dimensions; at < (row + 1) * dimensions; at++) {
				sum += (this.table.rows[at]! - this.#texts.rows[at]!) ** 2;
			}
		}
		return (pull / 2) * sum;
	}
}

function learn(passages: TableTexts['passages']): passages is readonly Bag[] {
	return passages.length > 0 && !(passages[0] instanceof Float32Array);
}
