import { scoreUnit } from './answerable.ts';
import { compare } from './compare.ts';
import type { Scored } from './evidence-features.ts';
import type { Question } from './question.ts';
import { featuresOfUnit } from './unit-features.ts';
import { unitsOf, type Evidence } from './units.ts';

/** Every unit of the evidence, the one that answers best first; among equals the one found first. */
export function rank(question: Question, evidence: readonly Evidence[]): Scored[] {
	return compare(question, unitsOf(evidence), evidence)
		.map((compared) => ({ compared, score: scoreUnit(featuresOfUnit(question, compared)) }))
		.sort((a, b) => b.score - a.score);
}
