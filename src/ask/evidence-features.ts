import type { Compared } from './compare.ts';
import { coverage } from './match.ts';
import type { Asked, Question } from './question.ts';
import { unitFeatures } from './unit-features.ts';

/** A compared unit with the ranker's score, a log-odds. */
export type Scored = { readonly compared: Compared; readonly score: number };

/** What the scorer of answerability looks at: the question and the units, best first. */
type Evidence = { readonly question: Question; readonly ranked: readonly [Scored, ...Scored[]] };

/**
 * What the scorer of answerability sees, by name; every value lies between 0 and 1. Few on purpose: with some hundred
 * examples of documents like the users', more features only learn their noise (docs/log.md, "ask").
 */
export const evidenceFeatures = {
	coverage: ({ question, ranked: [{ compared }] }) => coverage(question, compared.match.strengths),
	coverageInContext: ({ question, ranked: [{ compared }] }) => coverage(question, compared.inContext),
	order: ({ question, ranked: [{ compared }] }) => unitFeatures.order(question, compared),
	/** The ranker's score of the best unit. */
	score: ({ ranked: [{ score }] }) => Math.max(0, Math.min(1, score / 20)),
	/** The rarest missing name: near-misses swap one name for another. */
	missingName: ({ question, ranked: [{ compared }] }) =>
		rarestMissing(question, compared.inContext, ({ isName }) => isName),
	/** The rarest word of what the answer should be (`which city`) that no hit holds. */
	missingFocus: ({ question, ranked: [{ compared }] }) =>
		rarestMissing(question, compared.anywhere, ({ isFocus }) => isFocus),
	numbersInUnit: ({ question, ranked: [{ compared }] }) => unitFeatures.numbersInUnit(question, compared),
	/** A negated question mostly asks for what the text does not say. */
	isNegated: ({ question }) => flag(question.words.some((word) => negation.test(word))),
	qualifierDiffers: ({ question, ranked: [{ compared }] }) => {
		const said = new Set(compared.reading.words.map(({ text }) => text));
		return flag(question.words.some((word) => qualifier.test(word) && !said.has(word)));
	},
	/** Whether something is so takes a sentence that says just that. */
	wantsYesNo: ({ question }) => flag(question.wanted === 'yes-no'),
	wantsOther: ({ question, ranked: [{ compared }] }) => unitFeatures.wantsOther(question, compared),
	/** Of a long question more may go unsaid. */
	questionWords: ({ question }) => Math.min(1, question.words.length / 25),
} as const satisfies Record<string, (evidence: Evidence) => number>;

export type EvidenceFeature = keyof typeof evidenceFeatures;

/** The features of an answer's evidence, in the order of `evidenceFeatures`. `ranked` must not be empty. */
export function featuresOfEvidence(question: Question, ranked: readonly Scored[]): number[] {
	const evidence = { question, ranked: ranked as readonly [Scored, ...Scored[]] };
	return Object.values(evidenceFeatures).map((feature) => feature(evidence));
}

/** Beyond this a word is as rare as it can be (idf, natural logarithm). */
const rareIdf = 6;

function rarestMissing(question: Question, strengths: readonly number[], of: (asked: Asked) => boolean): number {
	const lost = question.asked.map((asked, i) => (of(asked) ? (1 - strengths[i]!) * asked.idf : 0));
	return Math.min(1, Math.max(0, ...lost) / rareIdf);
}

function flag(is: boolean): number {
	return is ? 1 : 0;
}

const negation =
	/^(?:not|no|never|none|nor|without|cannot|(?:is|are|was|were|do|does|did|has|have|had|would|could|should|ca|wo)n['’]?t|isn|aren|wasn|weren|don|doesn|didn|nicht|kein\w*|nie|ohne|nunca|sin|pas|jamais|sans)$/;

/** Words that change what a sentence says without being rare. */
const qualifier =
	/^(?:first|last|only|never|always|before|after|more|most|less|least|fewest|fewer|smallest|largest|biggest|highest|lowest|minimum|maximum|all|none|other|new|old|early|late|north|south|east|west|northern|southern|eastern|western|increase|decrease|above|below|without|except|besides|second|third|same|different|modern|ancient|current|former)$/;
