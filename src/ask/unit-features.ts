import { proximity } from '../search/features.ts';
import type { Compared } from './compare.ts';
import { coverage, type Match } from './match.ts';
import type { Question } from './question.ts';

type Feature = (question: Question, compared: Compared) => number;

/** What the ranker of units sees, by name; every value lies between 0 and 1. The order is the order of the weights. */
export const unitFeatures = {
	coverage: (question, { match }) => coverage(question, match.strengths),
	coverageAround: (question, { around }) => coverage(question, around),
	coverageInContext: (question, { inContext }) => coverage(question, inContext),
	coverageNearby: (question, { nearby }) => coverage(question, nearby),
	coverageInHit: (question, { inHit }) => coverage(question, inHit),
	names: (question, { inContext }) => shareOf(question, inContext, (i) => question.asked[i]!.isName),
	namesInUnit: (question, { match }) => shareOf(question, match.strengths, (i) => question.asked[i]!.isName),
	numbers: (question, { inContext }) => shareOf(question, inContext, (i) => question.asked[i]!.isNumber),
	numbersInUnit: (question, { match }) => shareOf(question, match.strengths, (i) => question.asked[i]!.isNumber),
	identifiers: (question, { inContext }) => shareOf(question, inContext, (i) => question.asked[i]!.isIdentifier),
	identifiersInUnit: (question, { match }) =>
		shareOf(question, match.strengths, (i) => question.asked[i]!.isIdentifier),
	/** An identifier or a number of the question begins the unit, as the name of a row does. */
	beginsWithCode: (question, { match }) =>
		flag(question.asked.some((asked, i) => (asked.isIdentifier || asked.isNumber) && match.positions[i]![0] === 0)),
	rarest: (question, { match }) => match.strengths[rarest(question)] ?? 0,
	order: (_, { match }) => proximity(match.positions),
	phrase: longestPhrase,
	density,
	hasCandidate: (question, { candidates }) => flag(isSpecific(question) && candidates.some(Boolean)),
	candidateNear: (question, { match, candidates }) => (isSpecific(question) ? nearness(match, candidates) : 0),
	wantsOther: (question, { candidates }) => flag(isSpecific(question) && !candidates.some(Boolean)),
	novelty: (_, { reading, candidates }) => candidates.filter(Boolean).length / Math.max(1, reading.words.length),
	length: (_, { reading }) => Math.min(1, reading.words.length / 60),
	isShort: (_, { reading }) => flag(reading.words.length < 6),
	isFirst: (_, { unit }) => flag(unit.order === 0),
	early: (_, { unit }) => 1 / (1 + unit.order),
	rank: (_, { unit }) => 1 / (1 + unit.hit),
	topHit: (_, { unit }) => flag(unit.hit === 0),
	keyword: (_, compared) => compared.keyword,
	isRow: (_, { unit }) => flag(unit.kind === 'row'),
	isStep: (_, { unit }) => flag(unit.kind === 'step'),
	isLine: (_, { unit }) => flag(unit.kind === 'line'),
	isCode: (_, { unit }) => flag(unit.kind === 'code'),
	stepsWanted: (question, { unit }) => flag(unit.kind === 'step' && question.wanted === 'steps'),
	isQuestion: (_, { unit }) => flag(unit.plain.endsWith('?')),
} as const satisfies Record<string, Feature>;

export type UnitFeature = keyof typeof unitFeatures;

/** The features of a unit, in the order of `unitFeatures`. */
export function featuresOfUnit(question: Question, compared: Compared): number[] {
	return Object.values(unitFeatures as Record<string, Feature>).map((feature) => feature(question, compared));
}

function flag(is: boolean): number {
	return is ? 1 : 0;
}

/** Whether the question wants something that can be told by its form. */
function isSpecific({ wanted }: Question): boolean {
	return wanted !== 'thing' && wanted !== 'manner' && wanted !== 'yes-no' && wanted !== 'steps';
}

/** The share found of the asked words that `of` chooses; 1 when it chooses none. */
function shareOf(question: Question, strengths: readonly number[], of: (i: number) => boolean): number {
	const chosen = question.asked.flatMap((_, i) => (of(i) ? [strengths[i]!] : []));
	return chosen.length === 0 ? 1 : chosen.reduce((sum, strength) => sum + strength, 0) / chosen.length;
}

/** Position of the asked word that is rarest in the collection, −1 when nothing is asked. */
function rarest(question: Question): number {
	return question.asked.reduce((at, asked, i) => (at === -1 || asked.idf > question.asked[at]!.idf ? i : at), -1);
}

/** The longest run of words, function words included, that question and unit share, relative to the question. */
function longestPhrase(question: Question, { reading }: Compared): number {
	const unit = reading.words;
	let longest = 0;
	let before = new Uint16Array(unit.length + 1);
	for (const word of question.words) {
		const now = new Uint16Array(unit.length + 1);
		for (let at = 0; at < unit.length; at++) {
			if (unit[at]!.text !== word) continue;
			now[at + 1] = before[at]! + 1;
			longest = Math.max(longest, now[at + 1]!);
		}
		before = now;
	}
	return question.words.length === 0 ? 0 : longest / question.words.length;
}

/** The most of the question that ten neighbouring words of the unit hold. */
function density(question: Question, { match }: Compared): number {
	const all = match.positions.flatMap((positions, i) => positions.map((at) => ({ at, i }))).sort((a, b) => a.at - b.at);
	let most = 0;
	for (let from = 0; from < all.length; from++) {
		const inside = new Set<number>();
		for (let to = from; to < all.length && all[to]!.at < all[from]!.at + 10; to++) inside.add(all[to]!.i);
		most = Math.max(
			most,
			[...inside].reduce((sum, i) => sum + question.asked[i]!.idf, 0),
		);
	}
	const weight = question.asked.reduce((sum, asked) => sum + asked.idf, 0);
	return weight === 0 ? 0 : most / weight;
}

/** 1 / (words between a candidate and the closest asked word). */
function nearness({ positions }: Match, candidates: readonly boolean[]): number {
	const asked = positions.flat();
	let least = Number.POSITIVE_INFINITY;
	candidates.forEach((is, at) => {
		if (is) for (const position of asked) least = Math.min(least, Math.abs(at - position));
	});
	return Number.isFinite(least) ? 1 / Math.max(1, least) : 0;
}
