import type { Arena } from './arena.ts';
import { InfoNce, type InfoNceShape } from './info-nce.ts';

/**
 * InfoNCE of whole vectors and of their first dimensions, a mean over `widths` (Matryoshka representation learning, Kusupati et al.
 * 2022, with equal weights): vectors that were cut afterwards still rank as trained.
 */
export class NestedInfoNce {
	/** (batch, dimensions) and (passages, dimensions): written before `loss`, left as they are. */
	readonly queries: Float32Array;
	readonly passages: Float32Array;
	/** d loss / d queries and d loss / d passages, after `backward`. */
	readonly queryGradient: Float32Array;
	readonly passageGradient: Float32Array;
	readonly #shape: InfoNceShape;
	readonly #losses: readonly { readonly width: number; readonly nce: InfoNce }[];

	/** `widths`: how many of the first dimensions count, once each; multiples of 8, at most `shape.dimensions`. */
	constructor(arena: Arena, shape: InfoNceShape, widths: readonly number[]) {
		const { batch, passages, dimensions } = shape;
		this.#shape = shape;
		this.queries = arena.floats(batch * dimensions);
		this.passages = arena.floats(passages * dimensions);
		this.queryGradient = arena.floats(batch * dimensions);
		this.passageGradient = arena.floats(passages * dimensions);
		this.#losses = widths.map((width) => ({ width, nce: new InfoNce(arena, { ...shape, dimensions: width }) }));
	}

	/** How many floats of an arena this takes. */
	static floats(shape: InfoNceShape, widths: readonly number[]): number {
		const { batch, passages, dimensions } = shape;
		const own = 2 * (batch + passages) * dimensions + 64;
		return widths.reduce((sum, width) => sum + InfoNce.floats({ ...shape, dimensions: width }) + 64, own);
	}

	/** The mean loss of the first `count` queries against the first `among` passages. */
	loss(count: number, among: number): number {
		const { dimensions } = this.#shape;
		let sum = 0;
		for (const { width, nce } of this.#losses) {
			copyWidth(this.queries, dimensions, nce.queries, width, count);
			copyWidth(this.passages, dimensions, nce.passages, width, among);
			nce.passages.fill(0, among * width);
			sum += nce.loss(count, among);
		}
		return sum / this.#losses.length;
	}

	/** The gradients of the last `loss`, which had as many queries and passages. */
	backward(count: number, among: number, { forPassages }: { readonly forPassages: boolean }): void {
		const { dimensions } = this.#shape;
		const share = 1 / this.#losses.length;
		this.queryGradient.fill(0);
		this.passageGradient.fill(0);
		for (const { width, nce } of this.#losses) {
			nce.backward(count, among, { forPassages });
			addWidth(nce.queryGradient, width, this.queryGradient, dimensions, { rows: count, share });
			if (forPassages) addWidth(nce.passageGradient, width, this.passageGradient, dimensions, { rows: among, share });
		}
	}
}

function copyWidth(from: Float32Array, stride: number, to: Float32Array, width: number, rows: number): void {
	for (let row = 0; row < rows; row++) to.set(from.subarray(row * stride, row * stride + width), row * width);
}

type Scaled = { readonly rows: number; readonly share: number };

function addWidth(from: Float32Array, width: number, to: Float32Array, stride: number, { rows, share }: Scaled): void {
	for (let row = 0; row < rows; row++) {
		for (let j = 0; j < width; j++) to[row * stride + j]! += share * from[row * width + j]!;
	}
}
