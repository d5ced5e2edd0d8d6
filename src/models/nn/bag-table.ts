import { type Arena, padded } from './arena.ts';

/** Rows of a table with a weight each: a text as its features, or as its tokens. */
export type Bag = { readonly ids: Uint32Array; readonly weights: Float32Array };

/** Longer bags are cut. */
const mostIds = 8192;

/**
 * A table whose rows are added up by weight and learn: class scores of features (a linear model over sparse features), tag scores, or
 * vectors of tokens (an embedding bag, as in fastText, Joulin et al. 2016). Rows learn by Adagrad with one sum of squares a row.
 */
export class BagTable {
	/** Floats of a row: `width`, padded with zeros. */
	readonly stride: number;
	/** (rows, stride) */
	readonly rows: Float32Array;
	/** Of the gradients of each row so far. */
	readonly sums: Float32Array;
	readonly #arena: Arena;
	readonly #gradient: Float32Array;
	readonly #ids: Uint32Array;
	readonly #weights: Float32Array;
	readonly #touched: Uint32Array;
	readonly #isTouched: Uint8Array;
	#count = 0;

	constructor(arena: Arena, count: number, width: number) {
		this.#arena = arena;
		this.stride = padded(width);
		this.rows = arena.floats(count * this.stride);
		this.sums = arena.floats(count);
		this.#gradient = arena.floats(count * this.stride);
		this.#ids = arena.integers(mostIds);
		this.#weights = arena.floats(mostIds);
		this.#touched = arena.integers(count);
		this.#isTouched = new Uint8Array(count);
	}

	/** How many floats of an arena such a table takes. */
	static floats(count: number, width: number): number {
		return 2 * count * padded(width) + 2 * count + 2 * mostIds + 64;
	}

	/** out += the weighted sum of the bag's rows; `out` has `stride` floats of the same arena. */
	gather(bag: Bag, out: Float32Array): void {
		const count = this.#put(bag);
		const { byteOffset: ids } = this.#ids;
		const { byteOffset: weights } = this.#weights;
		this.#arena.kernels.gather(ids, weights, count, this.rows.byteOffset, this.stride * 4, out.byteOffset);
	}

	/** Adds a gradient with respect to the bag's sum to those of its rows, by weight; `row` is of the same arena. */
	scatter(bag: Bag, row: Float32Array): void {
		const count = this.#put(bag);
		for (let i = 0; i < count; i++) {
			const id = bag.ids[i]!;
			if (this.#isTouched[id] === 1) continue;
			this.#isTouched[id] = 1;
			this.#touched[this.#count++] = id;
		}
		const { byteOffset: ids } = this.#ids;
		const { byteOffset: weights } = this.#weights;
		this.#arena.kernels.scatter(ids, weights, count, this.#gradient.byteOffset, this.stride * 4, row.byteOffset);
	}

	/** The gradient of `count` rows since the last step: a view. */
	gradientOf(id: number, count = 1): Float32Array {
		return this.#gradient.subarray(id * this.stride, (id + count) * this.stride);
	}

	/** Moves the rows that have a gradient, and forgets it. */
	step(rate: number): void {
		const { rows, sums, stride } = this;
		const [ids, table, gradient] = [this.#touched.byteOffset, rows.byteOffset, this.#gradient.byteOffset];
		this.#arena.kernels.adagradRows(ids, this.#count, table, gradient, sums.byteOffset, stride * 4, rate);
		for (let i = 0; i < this.#count; i++) this.#isTouched[this.#touched[i]!] = 0;
		this.#count = 0;
	}

	#put({ ids, weights }: Bag): number {
		const count = Math.min(mostIds, ids.length);
		this.#ids.set(count === ids.length ? ids : ids.subarray(0, count));
		this.#weights.set(count === ids.length ? weights : weights.subarray(0, count));
		return count;
	}
}
