import type { Citation, Conflict } from '../core/answer.ts';
import type { Assembled } from './assemble.ts';
import { clip } from './clip.ts';
import type { Composed } from './compose.ts';
import { conflicting, type Side } from './conflicts.ts';
import type { Scored } from './evidence-features.ts';
import { inert, type Allowed } from './inert.ts';
import { givesOrders } from './orders.ts';
import type { Passage } from './pack.ts';
import type { Phrases } from './phrases.ts';
import type { Question } from './question.ts';
import { cite } from './quote.ts';
import { rank } from './rank.ts';
import { rowText } from './rows.ts';
import { plainItem, type Unit } from './units.ts';

/** A side that the model left out is told in at most this many words. */
const mostWords = 40;

type Parts = { readonly question: Question; readonly phrases: Phrases; readonly allowed: Allowed };

/**
 * An answer with what its sources disagree on. When a passage contradicts what the answer cites and the model does not say
 * so, a sentence with that passage's statement is added.
 */
export function disagreement(answer: Assembled, passages: readonly Passage[], parts: Parts): Composed {
	const { text, citations } = answer;
	const sides = sidesOf(citations, passages, parts.question);
	if (sides === null) return { text, citations, conflicts: [] };
	const shown = sides.map((side) => ({ side, citation: citationWith(side, passages, citations) }));
	if (shown.every(({ citation }) => citation !== undefined)) {
		return { text, citations, conflicts: [conflictOf(shown.map(({ side, citation }) => [side, citation!.marker]))] };
	}
	const told = shown.filter(({ citation }) => citation === undefined).map(({ side }) => side);
	const added = tell(told, passages, { ...parts, text });
	const marked = shown.map(({ side, citation }): [Side, string] => [
		side,
		citation?.marker ?? markerOf(side, passages),
	]);
	return { text: added.text, citations: [...citations, ...added.citations], conflicts: [conflictOf(marked)] };
}

function sidesOf(
	citations: readonly Citation[],
	passages: readonly Passage[],
	question: Question,
): readonly Side[] | null {
	const evidence = passages.map((passage) => passage.evidence);
	const ranked = rank(question, evidence).filter(({ compared: { unit } }) => !givesOrders(unit.plain));
	const isCited = ({ compared: { unit } }: Scored): boolean => {
		const citation = citationOf(unit, passages, citations);
		return citation?.supported === true;
	};
	const first = ranked.find(isCited);
	if (first === undefined) return null;
	return conflicting(question, [first, ...ranked.filter((other) => other !== first)], evidence);
}

function citationOf(unit: Unit, passages: readonly Passage[], citations: readonly Citation[]): Citation | undefined {
	const { id } = passages[unit.hit]!.evidence.document;
	return citations.find(({ documentId, start, end }) => documentId === id && start < unit.end && unit.start < end);
}

/** The citation of a side's unit whose quote holds the side's value. */
function citationWith(
	{ compared: { unit }, value }: Side,
	passages: readonly Passage[],
	citations: readonly Citation[],
): Citation | undefined {
	return citationOf(
		unit,
		passages,
		citations.filter(({ quote }) => plainItem(quote).includes(value)),
	);
}

function markerOf({ compared: { unit } }: Side, passages: readonly Passage[]): string {
	return `[${passages[unit.hit]!.number}]`;
}

function conflictOf(sides: readonly (readonly [Side, string])[]): Conflict {
	return { markers: sides.map(([, marker]) => marker), values: sides.map(([{ value }]) => value) };
}

function tell(
	sides: readonly Side[],
	passages: readonly Passage[],
	{ question, phrases, allowed, text: before }: Parts & { readonly text: string },
): Pick<Composed, 'text' | 'citations'> {
	let text = `${before}\n\n${phrases.conflict}`;
	const citations = sides.map((side) => {
		const { unit } = side.compared;
		const { evidence } = passages[unit.hit]!;
		const { title, date, language } = evidence.document;
		text += ` ${inert(`${title} (${date ?? phrases.undated}): `, allowed)}`;
		const answerStart = text.length;
		const said = unit.kind === 'row' ? rowText(question, unit, language) : unit.plain;
		const { start, end } = clip(said, Math.max(0, said.indexOf(side.value)), mostWords);
		text += inert(`${start > 0 ? '… ' : ''}${said.slice(start, end)}${end < said.length ? ' …' : ''}`, allowed);
		const span = { marker: markerOf(side, passages), answerStart, answerEnd: text.length, supported: true };
		text += ` ${span.marker}`;
		return cite({ lead: '', text: said, evidence, start: unit.start, end: unit.end }, span);
	});
	return { text, citations };
}
