import { stopWords } from '../text/stop-words.ts';
import { isIdentifier } from '../text/words.ts';
import type { Compared } from './compare.ts';
import type { Scored } from './evidence-features.ts';
import { coverage, type Reading } from './match.ts';
import { areOfDifferentTimes, nameDifferentTimes, periodsAround, periodsIn } from './periods.ts';
import type { Question } from './question.ts';
import { rowText } from './rows.ts';
import type { Evidence } from './units.ts';
import { valuesIn, type Value } from './values.ts';
import { isName } from './wanted.ts';

/** One side of a contradiction: the unit and the value it states. */
export type Side = { readonly compared: Compared; readonly value: string };

/** Units this far (log-odds) below the best one are not asked for a contradiction. */
const within = 6;
/** The share of the content words of the shorter statement that both must have. */
const leastShared = 0.5;
/** How much less of the question the other side may cover, relative to the best one. */
const leastCoverage = 0.7;

/**
 * Units of different documents that state different values for the thing asked, newest document first; null when there are
 * none. Errs on the side of silence: both must speak of the same thing in mostly the same words, name no different
 * products or times, be of the time asked for, and differ in a value of the same kind.
 */
export function conflicting(
	question: Question,
	ranked: readonly Scored[],
	evidence: readonly Evidence[],
): readonly Side[] | null {
	const first = ranked[0]!;
	const claim = claimOf(question, first.compared, evidence);
	if (claim === null || isOfAnotherTime(question, first.compared, evidence)) return null;
	const sides: Side[] = [{ compared: first.compared, value: claim.text }];
	for (const { compared, score } of ranked) {
		if (first.score - score > within) break;
		if (sides.some((side) => documentOf(side.compared, evidence) === documentOf(compared, evidence))) continue;
		const other = claimOf(question, compared, evidence, claim.kind);
		if (other === null || !contradicts(claim, other)) continue;
		if (!areAboutTheSame(question, first.compared, compared)) continue;
		if (isOfAnotherTime(question, compared, evidence)) continue;
		// A date that is the answer is no period that the answer is about.
		if (claim.kind !== 'date' && nameDifferentTimes(first.compared, compared, evidence)) continue;
		if (!sides.some(({ value }) => value === other.text)) sides.push({ compared, value: other.text });
	}
	if (sides.length < 2) return null;
	const dateOf = ({ compared }: Side): string => evidence[compared.unit.hit]!.document.date ?? '';
	return sides.slice(0, 3).sort((a, b) => dateOf(b).localeCompare(dateOf(a)));
}

/** Whether the question names a year, quarter or month and this is about another one. */
function isOfAnotherTime(question: Question, compared: Compared, evidence: readonly Evidence[]): boolean {
	return areOfDifferentTimes(periodsIn(question.text), periodsAround(compared, evidence));
}

function documentOf({ unit }: Compared, evidence: readonly Evidence[]): string {
	return evidence[unit.hit]!.document.id;
}

type Claim = Value & { readonly all: readonly Value[] };

/** Kinds of value that a question asks for; null: any. */
const kindsWanted: Partial<Record<Question['wanted'], RegExp>> = {
	duration: /^(?:second|minute|hour|working day|day|week|month|year)$/,
	time: /^(?:date|second|minute|hour|working day|day|week|month|year)$/,
	amount: /^(?:money|percent)/,
};

/** The value of the wanted kind that stands closest to what was asked. */
function claimOf(question: Question, compared: Compared, evidence: readonly Evidence[], kind?: string): Claim | null {
	const { unit, match, reading } = compared;
	const text = unit.kind === 'row' ? rowText(question, unit, evidence[unit.hit]!.document.language) : unit.plain;
	const wanted = kindsWanted[question.wanted];
	const all = valuesIn(text)
		.filter((value) => (kind === undefined ? wanted?.test(value.kind) !== false : value.kind === kind))
		// What a column's heading says is not in the row that is quoted.
		.filter((value) => unit.plain.includes(value.text));
	const asked = match.positions.flat().map((at) => reading.words[at]!.start);
	const distance = ({ start }: Value): number => Math.min(...asked.map((at) => Math.abs(at - start)), text.length);
	// What a question about days asks for is in days; a date beside it says since when.
	const spoken = (value: Value): number =>
		question.words.some((word) => value.kind.startsWith(word.replace(/s$/, ''))) ? 0 : 1;
	const rank = (value: Value): number =>
		spoken(value) * 1e6 + (value.kind === 'date' && question.wanted !== 'time' ? 1e5 : 0) + distance(value);
	const nearest = [...all].sort((a, b) => rank(a) - rank(b))[0];
	return nearest === undefined ? null : { ...nearest, all };
}

function contradicts(claim: Claim, other: Claim): boolean {
	return (
		claim.kind === other.kind &&
		!claim.all.some(({ kind, normal }) => kind === other.kind && normal === other.normal) &&
		!other.all.some(({ kind, normal }) => kind === claim.kind && normal === claim.normal)
	);
}

/** Whether two units speak of one thing: they cover the question alike, share their words and name no different things. */
function areAboutTheSame(question: Question, a: Compared, b: Compared): boolean {
	if (coverage(question, b.inContext) < leastCoverage * coverage(question, a.inContext)) return false;
	if (question.asked.some(({ isName }, i) => isName && a.inContext[i]! < 1 !== b.inContext[i]! < 1)) return false;
	return sharedWords(a.reading, b.reading) >= leastShared && !nameDifferentThings(question, a, b);
}

/** The share of the content words of the shorter reading that the other one has too; numbers are no content. */
function sharedWords(a: Reading, b: Reading): number {
	const [left, right] = [contentOf(a), contentOf(b)].sort((x, y) => x.size - y.size) as [Set<string>, Set<string>];
	if (left.size < 2) return 0;
	return [...left].filter((stem) => right.has(stem)).length / left.size;
}

function contentOf({ positions, words }: Reading): Set<string> {
	const found = new Set<string>();
	for (const [stem, [at]] of positions) {
		const word = words[at!]!.text;
		if (!/\p{N}/u.test(word) && !stopWords('en').has(word)) found.add(stem);
	}
	return found;
}

/** Each names a product, plan or code that neither the other nor the question does. */
function nameDifferentThings(question: Question, a: Compared, b: Compared): boolean {
	const said = new Set(question.words);
	const namesOf = (compared: Compared): Set<string> => {
		const { reading } = compared;
		const own = reading.words.flatMap((word, at) => (isIdentifier(word) || isName(reading, at) ? [word.text] : []));
		const row = compared.unit.kind === 'row' ? [compared.unit.cells[0]!.toLowerCase()] : [];
		return new Set([...own, ...row].filter((name) => !said.has(name) && !/^\d{4}$/.test(name)));
	};
	const left = namesOf(a);
	const right = namesOf(b);
	return left.size > 0 && right.size > 0 && ![...left].some((name) => right.has(name));
}
