import type { TokenTable } from './token-table.ts';
import type { WordPiece } from './wordpiece.ts';

/** Turns a text into the mean of its tokens' rows, cut to the first dimensions (Matryoshka truncation, Kusupati et al. 2022), at unit length. */
export class TokenMean {
	readonly dimensions: number;
	readonly #words: WordPiece;
	readonly #table: TokenTable;

	constructor(words: WordPiece, table: TokenTable, dimensions: number) {
		this.dimensions = dimensions;
		this.#words = words;
		this.#table = table;
	}

	/** The vectors of the texts one after another: (texts, dimensions). */
	of(texts: readonly string[]): Float32Array {
		const vectors = new Float32Array(texts.length * this.dimensions);
		texts.forEach((text, i) => {
			const vector = vectors.subarray(i * this.dimensions, (i + 1) * this.dimensions);
			// The sum: its direction is the mean's.
			this.#table.sum(this.#words.encode(text), vector);
			toUnitLength(vector);
		});
		return vectors;
	}
}

/**
 * A text without known tokens, or whose rows cancel out, becomes the last axis: the one along which texts differ least, so that it
 * is near nothing.
 */
function toUnitLength(vector: Float32Array): void {
	let sum = 0;
	for (let i = 0; i < vector.length; i++) sum += vector[i]! * vector[i]!;
	const factor = 1 / Math.sqrt(sum);
	if (factor > 0 && factor < Infinity) {
		for (let i = 0; i < vector.length; i++) vector[i]! *= factor;
		return;
	}
	vector.fill(0);
	vector[vector.length - 1] = 1;
}
