import { readFileSync } from 'node:fs';
import { featureNames, type Features } from './features.ts';

/** The default reranker: a logistic model over the parts of the score. `weights/reranker.json` is made by `npm run weights`. */
export type RerankWeights = {
	readonly bias: number;
	readonly weights: Readonly<Record<(typeof featureNames)[number], number>>;
};

let shipped: RerankWeights | undefined;

export function shippedWeights(): RerankWeights {
	shipped ??= JSON.parse(
		readFileSync(new URL('../../weights/reranker.json', import.meta.url), 'utf8'),
	) as RerankWeights;
	return shipped;
}

/** Weights that learned, and the vector space of the searches that they learned from; null: keywords only. */
export type LearnedWeights = { readonly weights: RerankWeights; readonly space: string | null };

/** Those that learned from searches in this space (null: keywords only), else the shipped ones. */
export function weightsFor(reranker: LearnedWeights | null | undefined, space: string | null): RerankWeights {
	return reranker?.space === space ? reranker.weights : shippedWeights();
}

/** Log-odds that a candidate with these features is relevant. */
export function rerankScore(features: Features, { bias, weights }: RerankWeights = shippedWeights()): number {
	return featureNames.reduce((sum, name) => sum + weights[name] * features[name], bias);
}
