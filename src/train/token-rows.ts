import type { Bag } from '../models/nn/bag-table.ts';
import type { StaticModel } from '../models/static-folder.ts';
import { WordPiece } from '../models/wordpiece.ts';

/** The tokens that training texts have, numbered as they come. */
export class TokenRows {
	readonly #table: StaticModel;
	readonly #words: WordPiece;
	readonly #rows = new Map<number, number>();
	/** Of the vectors: the first so many of the table's. */
	readonly #width: number;

	constructor(table: StaticModel, width: number) {
		this.#table = table;
		this.#width = width;
		this.#words = new WordPiece(table.vocabulary, table.bert);
	}

	get ids(): number[] {
		return [...this.#rows.keys()];
	}

	/** Tokens that count nothing are left out. */
	bag(text: string): Bag {
		const known = [...this.#words.encode(text)].filter((id) => this.#table.weights[id] !== 0);
		const ids = Uint32Array.from(known, (id) => {
			if (!this.#rows.has(id)) this.#rows.set(id, this.#rows.size);
			return this.#rows.get(id)!;
		});
		return { ids, weights: new Float32Array(ids.length).fill(1) };
	}

	/** (tokens, width), about 1 long, and by what they were divided. */
	beginning(): { rows: Float32Array; norm: number } {
		const rows = new Float32Array(this.#rows.size * this.#width);
		for (const [id, row] of this.#rows) rows.set(this.#rowOf(id).subarray(0, this.#width), row * this.#width);
		const norm = Math.sqrt(rows.reduce((sum, x) => sum + x * x, 0) / this.#rows.size) || 1;
		return { rows: rows.map((x) => x / norm), norm };
	}

	/** Rows as wide as the table's: what lies beyond the vectors' dimensions stays. */
	whole(tuned: Float32Array, norm: number): Float32Array {
		const { dimensions } = this.#table;
		const rows = new Float32Array(this.#rows.size * dimensions);
		for (const [id, row] of this.#rows) {
			rows.set(this.#rowOf(id), row * dimensions);
			const own = tuned.subarray(row * this.#width, (row + 1) * this.#width);
			rows.set(
				own.map((x) => x * norm),
				row * dimensions,
			);
		}
		return rows;
	}

	#rowOf(id: number): Float32Array {
		const { numbers, weights, dimensions } = this.#table;
		return Float32Array.from(numbers.subarray(id * dimensions, (id + 1) * dimensions), (x) => x * weights[id]!);
	}
}
