import type { Arena } from './arena.ts';

const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;

/** AdamW (Loshchilov & Hutter 2019) over one array of an arena, whose length is a multiple of 4. */
export class AdamW {
	readonly weights: Float32Array;
	/** Zero after a step. */
	readonly gradient: Float32Array;
	/** Running means of gradient and squared gradient. */
	readonly moments: readonly [Float32Array, Float32Array];
	readonly #arena: Arena;

	constructor(arena: Arena, length: number) {
		this.#arena = arena;
		this.weights = arena.floats(length);
		this.gradient = arena.floats(length);
		this.moments = [arena.floats(length), arena.floats(length)];
	}

	/** How many floats of an arena this takes. */
	static floats(length: number): number {
		return 4 * length + 64;
	}

	/** `step` counts from 1. `decay` shrinks the weights by rate · decay. */
	step(step: number, rate: number, decay = 0): void {
		const { weights, gradient, moments } = this;
		this.#arena.kernels.adamw(
			weights.byteOffset,
			gradient.byteOffset,
			moments[0].byteOffset,
			moments[1].byteOffset,
			weights.length * 4,
			rate,
			beta1,
			beta2,
			1 / (1 - beta1 ** step),
			1 / (1 - beta2 ** step),
			epsilon,
			decay,
		);
	}
}
