import { readFileSync } from 'node:fs';
import { evidenceFeatures, featuresOfEvidence, type EvidenceFeature, type Scored } from './evidence-features.ts';
import type { Question } from './question.ts';
import { unitFeatures, type UnitFeature } from './unit-features.ts';

/** `weights/answerer.json`, made by `node weights/train.ts`: two linear models over named features. */
export type Weights = {
	/** Ranks the units of one question; log-odds without a constant. */
	readonly unit: Readonly<Record<UnitFeature, number>>;
	/** Whether the evidence answers; log-odds with `bias`. */
	readonly evidence: { readonly bias: number; readonly weights: Readonly<Record<EvidenceFeature, number>> };
	/** Refuse below this probability. */
	readonly threshold: number;
};

let shipped: Weights | undefined;

/** The weights that come with the package, read once. */
export function shippedWeights(): Weights {
	shipped ??= JSON.parse(readFileSync(new URL('../../weights/answerer.json', import.meta.url), 'utf8')) as Weights;
	return shipped;
}

/** How well a unit with these features answers: for ranking the units of one question. */
export function scoreUnit(features: readonly number[], { unit }: Weights = shippedWeights()): number {
	return Object.keys(unitFeatures).reduce((sum, name, i) => sum + unit[name as UnitFeature] * features[i]!, 0);
}

/** The most that evidence may be believed that lacks an identifier of the question. */
const withoutIdentifier = 0.01;

/**
 * The probability (0 to 1) that the evidence answers; 0 without evidence. A question about a code that the best passage
 * does not hold is not answered, whatever else matches.
 */
export function confidence(question: Question, ranked: readonly Scored[], weights: Weights = shippedWeights()): number {
	if (ranked.length === 0 || question.asked.length === 0) return 0;
	const { bias, weights: byName } = weights.evidence;
	const features = featuresOfEvidence(question, ranked);
	const logOdds = Object.keys(evidenceFeatures).reduce(
		(sum, name, i) => sum + byName[name as EvidenceFeature] * features[i]!,
		bias,
	);
	const probability = 1 / (1 + Math.exp(-logOdds));
	return lacksIdentifier(question, ranked) ? Math.min(withoutIdentifier, probability) : probability;
}

function lacksIdentifier({ asked }: Question, [first]: readonly Scored[]): boolean {
	return asked.some(({ isIdentifier }, i) => isIdentifier && first!.compared.inHit[i]! < 1);
}
