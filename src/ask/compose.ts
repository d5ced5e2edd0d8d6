import type { Citation, Conflict } from '../core/answer.ts';
import { clip } from './clip.ts';
import { conflicting } from './conflicts.ts';
import type { Compared } from './compare.ts';
import type { Scored } from './evidence-features.ts';
import type { Phrases } from './phrases.ts';
import type { Question } from './question.ts';
import { countWords, write, type Statement } from './quote.ts';
import { rowText } from './rows.ts';
import type { Span } from '../text/sentences.ts';
import { listAround } from './steps.ts';
import { plainItem, type Evidence, type Unit } from './units.ts';

/** The words of an answer, its citations and what they disagree on. */
export type Composed = {
	readonly text: string;
	readonly citations: readonly Citation[];
	readonly conflicts: readonly Conflict[];
};

/** An answer that is no list of steps has at most this many words, markers included. */
const maxWords = 60;
/** A second sentence is added when its score (log-odds) is at most this far below the first. */
const secondWithin = 2.5;
/** As `secondWithin`, for a sentence that speaks of something asked that the first one does not. */
const newWithin = 6;
/** Room for fewer words than this is left empty. */
const leastWords = 10;
/** A list of steps answers a how-to question when its best step is at most this far below the best unit. */
const stepsWithin = 1.5;

/** The answer that the best units give. `ranked` must not be empty. */
export function compose(
	question: Question,
	ranked: readonly Scored[],
	evidence: readonly Evidence[],
	phrases: Phrases,
): Composed {
	const first = ranked[0]!;
	const step = ranked.find(
		({ compared, score }) => compared.unit.kind === 'step' && first.score - score <= stepsWithin,
	);
	if (step !== undefined && (question.wanted === 'steps' || step === first)) {
		const list = composeSteps(step.compared, evidence);
		if (list !== null) return list;
	}
	const disagreeing = conflicting(question, ranked, evidence);
	if (disagreeing !== null) return composeConflict(question, disagreeing, evidence, phrases);
	return { ...composeSentences(question, ranked, evidence), conflicts: [] };
}

function composeSteps({ unit }: Compared, evidence: readonly Evidence[]): Composed | null {
	const source = evidence[unit.hit]!;
	const steps = listAround(unit, source);
	if (steps.length < 2) return null;
	const heading = unit.lead || (unit.headings.at(-1) ?? source.document.title);
	const statements = steps.map(({ start, end }, i) => ({
		lead: `${i + 1}. `,
		text: plainItem(source.document.text.slice(start, end)),
		evidence: source,
		start,
		end,
	}));
	const named = heading.replace(/^\d+(?:\.\d+)*[.)]?\s+(?=\S)/, '');
	const intro = named.endsWith(':') ? named : `${named}:`;
	return { ...write(statements, { intro, separator: '\n', supported: true }), conflicts: [] };
}

function composeConflict(
	question: Question,
	sides: readonly { readonly compared: Compared; readonly value: string }[],
	evidence: readonly Evidence[],
	phrases: Phrases,
): Composed {
	const perSide = Math.floor((maxWords - countWords(phrases.conflict)) / sides.length);
	const statements = sides.map(({ compared, value }) => {
		const { document } = evidence[compared.unit.hit]!;
		const lead = `${document.title} (${document.date ?? phrases.undated}): `;
		const budget = Math.max(leastWords, perSide - countWords(lead) - 1);
		const text = textOf(question, compared, evidence);
		if (countWords(text) > budget)
			return { ...around(compared, evidence, placeOf(value, compared, evidence), budget), lead };
		return { ...whole(compared, evidence, text), lead };
	});
	const written = write(statements, { intro: phrases.conflict, separator: ' ', supported: true });
	const markers = written.citations.map(({ marker }) => marker);
	return { ...written, conflicts: [{ markers, values: sides.map(({ value }) => value) }] };
}

function composeSentences(question: Question, ranked: readonly Scored[], evidence: readonly Evidence[]) {
	const [first, ...others] = ranked as readonly [Scored, ...Scored[]];
	const statements: Statement[] = [statementOf(question, first.compared, evidence, maxWords - 1)];
	const left = maxWords - 1 - countWords(statements[0]!.text);
	const second = left < leastWords ? undefined : others.find((other) => adds(question, first, other));
	if (second !== undefined) statements.push(statementOf(question, second.compared, evidence, left - 1));
	return write(statements, { intro: '', separator: ' ', supported: true });
}

/** A word of the question is worth a second statement when it is at least this rare (idf). */
const worthSaying = 2;

/** Whether a unit is worth saying after the first: it speaks of something asked that the first does not, or comes close to it. */
function adds(question: Question, first: Scored, other: Scored): boolean {
	const missing = question.asked.some(
		({ idf }, i) =>
			idf >= worthSaying && first.compared.inContext[i]! < 0.5 && (other.compared.match.strengths[i] ?? 0) === 1,
	);
	const behind = first.score - other.score;
	if (missing) return behind <= newWithin;
	// A row is either the one that was asked for or another thing.
	const isRow = first.compared.unit.kind === 'row' || other.compared.unit.kind === 'row';
	return !isRow && behind <= secondWithin;
}

/** That the documents do not say, with the closest passage when there is one. */
export function refuse(closest: Scored | null, evidence: readonly Evidence[], phrases: Phrases): Composed {
	if (closest === null) return { text: phrases.nothing, citations: [], conflicts: [] };
	const { unit } = closest.compared;
	const { document } = evidence[unit.hit]!;
	const title = document.title.split(/\s+/).slice(0, 12).join(' ');
	const lead = phrases.closest(title);
	const budget = maxWords - countWords(phrases.notSaid) - countWords(lead) - 1;
	const statement = { ...passageOf(closest.compared, evidence, budget), lead };
	const written = write([statement], { intro: phrases.notSaid, separator: ' ', supported: false });
	return { ...written, conflicts: [] };
}

function textOf(question: Question, { unit }: Compared, evidence: readonly Evidence[]): string {
	const source = evidence[unit.hit]!;
	return unit.kind === 'row' ? rowText(question, unit, source.document.language) : plainOf(unit, source);
}

function plainOf(unit: Unit, source: Evidence): string {
	return isCutOff(unit, source) ? `${unit.plain} …` : unit.plain;
}

/** Behind the end of a chunk: more of the same paragraph. */
const moreOfIt = /^[^\S\n]*\n?[^\S\n]*(?![#>|]|[-*+•]\s|\d{1,9}[.)]\s|```|~~~)\S/u;

/** Whether a sentence ends with its chunk before it ends in its document. */
function isCutOff({ kind, end, plain }: Unit, { hit, document }: Evidence): boolean {
	if (kind !== 'sentence' || end < hit.end || /[.?!:…。！？]["'”’»)\]]*$/u.test(plain)) return false;
	return moreOfIt.test(document.text.slice(end, end + 100));
}

function statementOf(question: Question, compared: Compared, evidence: readonly Evidence[], budget: number): Statement {
	const text = textOf(question, compared, evidence);
	return countWords(text) > budget ? passageOf(compared, evidence, budget) : whole(compared, evidence, text);
}

/** The unit as it is, or the stretch of it around what matches where it is too long. */
function passageOf(compared: Compared, evidence: readonly Evidence[], budget: number): Statement {
	const { unit, match, reading, candidates } = compared;
	const plain = plainOf(unit, evidence[unit.hit]!);
	if (countWords(plain) <= budget) return whole(compared, evidence, plain);
	const matched = [...match.positions.flat(), ...candidates.flatMap((is, at) => (is ? [at] : []))];
	const middle = matched.sort((a, b) => a - b)[Math.floor(matched.length / 2)];
	const share = middle === undefined ? 0 : reading.words[middle]!.start / Math.max(1, unit.plain.length);
	return around(compared, evidence, { start: share * (unit.end - unit.start), end: 0 }, budget);
}

/** Where a unit states a value, in its text with markup and line breaks: `**45**\ndays`. */
function placeOf(value: string, { unit }: Compared, evidence: readonly Evidence[]): Span {
	const raw = evidence[unit.hit]!.document.text.slice(unit.start, unit.end);
	const letters = Array.from(value.replaceAll(/\s/gu, ''), (letter) =>
		letter.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'),
	);
	const found = new RegExp(letters.join('[\\s*_`|>\\\\]*'), 'u').exec(raw);
	return found === null ? { start: 0, end: raw.length } : { start: found.index, end: found.index + found[0].length };
}

function whole({ unit }: Compared, evidence: readonly Evidence[], text: string): Statement {
	return { lead: '', text, evidence: evidence[unit.hit]!, start: unit.start, end: unit.end };
}

/** The stretch of a unit around a place in its text. */
function around({ unit }: Compared, evidence: readonly Evidence[], place: Span, budget: number): Statement {
	const source = evidence[unit.hit]!;
	const raw = source.document.text.slice(unit.start, unit.end);
	const { start, end } = clip(raw, place.start, budget - 2, place.end);
	const isCut = end < raw.length || isCutOff(unit, source);
	const text = `${start > 0 ? '… ' : ''}${plainItem(raw.slice(start, end))}${isCut ? ' …' : ''}`;
	return { lead: '', text, evidence: source, start: unit.start + start, end: unit.start + end };
}
