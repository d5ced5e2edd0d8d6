import type { InfoNceShape } from '../models/nn/info-nce.ts';
import type { Batch } from './retriever-batches.ts';

export type LearnerShape = InfoNceShape & {
	/** How many of the first dimensions rank by themselves, too. */
	readonly widths: readonly number[];
	/** How strongly what is learned is pulled back to where it began. */
	readonly pull: number;
};

/** Something that learns from pairs which passage answers a query. */
export interface PairLearner {
	/** Everything that training goes on from; views. */
	readonly state: Readonly<Record<string, Float32Array>>;
	/** The part of it that the model keeps. */
	readonly tuned: Readonly<Record<string, Float32Array>>;
	/** The loss of a batch, the pull included. */
	loss(batch: Batch): number;
	/** The gradients of the last `loss`. */
	backward(batch: Batch): void;
	/** Moves by the gradients, which are gone afterwards. */
	step(rate: number): void;
}
