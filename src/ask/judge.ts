import type { Unsupported } from '../core/answer.ts';
import { stopWords } from '../text/stop-words.ts';
import { isIdentifier } from '../text/words.ts';
import { withoutHidden } from './hidden.ts';
import { read, type Reading } from './match.ts';
import { givesOrders } from './orders.ts';
import type { Passage } from './pack.ts';
import type { Segment } from './segments.ts';
import { unitsOf, type Unit } from './units.ts';
import { verify, type Quote as Ground, type Verification } from './verify.ts';

/** A verbatim stretch of a passage's document: UTF-16 offsets into its text. */
export type Quote = { readonly passage: number; readonly start: number; readonly end: number };

export type Judged = {
	readonly supported: boolean;
	/** Why not; empty when supported. */
	readonly reasons: Unsupported['reasons'];
	/** What it rests on; for an unsupported sentence what comes closest in the passages it names. */
	readonly quotes: readonly Quote[];
	/** Numbers it names that no passage has. */
	readonly unknown: readonly number[];
};

export type Judge = (segment: Segment) => Judged;

/** At most so many units together support one sentence. */
const mostUnits = 3;
/** Units tried one by one when the best ones do not support a sentence. */
const mostTried = 4;
/** A unit that shares this much less than the best one is not tried: a number alone is found somewhere in any passage. */
const nearlyBest = 0.7;
/** A unit that shares less (share of the sentence's words by weight) is not worth a marker. */
const leastShared = 0.15;
/** A number or code counts as much as so many words. */
const exactWeight = 2;
/** A word found in the headings or the neighbours of a unit counts this much. */
const aroundWeight = 0.5;

type Candidate = {
	readonly unit: Unit;
	readonly passage: Passage;
	readonly reading: Reading;
	readonly around: Reading;
	readonly ground: Ground;
};

/** Judges the segments of an answer by the passages that the model read; equal segments once. */
export function createJudge(passages: readonly Passage[]): Judge {
	const candidates = candidatesOf(passages);
	const known = new Map<string, Judged>();
	return (segment) => {
		const judged = known.get(segment.text) ?? judge(segment, passages, candidates);
		known.set(segment.text, judged);
		return judged;
	};
}

function candidatesOf(passages: readonly Passage[]): Candidate[] {
	const evidence = passages.map((passage) => passage.evidence);
	const units = unitsOf(evidence).filter((unit) => unit.end <= passages[unit.hit]!.end);
	return units
		.map((unit) => {
			const passage = passages[unit.hit]!;
			const { document } = passage.evidence;
			const above = [document.title, ...unit.headings, unit.lead, unit.header.join(' | ')].filter(Boolean);
			const context = withoutHidden(above.join('\n'));
			return {
				unit,
				passage,
				reading: read(withoutHidden(unit.plain), document.language),
				around: read(context, document.language),
				ground: { text: withoutHidden(document.text.slice(unit.start, unit.end)), context },
			};
		})
		.filter(({ unit, ground }) => !givesOrders(unit.plain) && !givesOrders(ground.text));
}

function judge(segment: Segment, passages: readonly Passage[], candidates: readonly Candidate[]): Judged {
	const named = [...new Set(segment.markers.flatMap(({ numbers }) => numbers))];
	const unknown = named.filter((number) => !passages.some((passage) => passage.number === number));
	const inNamed = candidates.filter(({ passage }) => named.includes(passage.number));
	const claim = claimOf(segment);
	const first = inNamed.length === 0 ? null : support(claim, inNamed, true);
	if (first?.supported === true) return { ...first, unknown };
	const any = support(claim, candidates, false);
	if (any.supported) return { ...any, unknown };
	const quotes = first === null ? [] : named.flatMap((number) => closest(claim, inNamed, number));
	return { supported: false, reasons: (first ?? any).reasons, quotes, unknown };
}

/** A fence's marks and its language; anything more on that line is shown to the reader and is part of the claim. */
const fence = /^[ \t]*(?:`{3,}|~{3,})[ \t]*(?:[a-z][\w+#.-]*(?=[ \t]*$))?/gim;

/** What a segment claims, and in words. */
type Claim = { readonly text: string; readonly readings: Map<string | null, ReadonlyMap<string, number>> };

function claimOf({ kind, plain }: Segment): Claim {
	const text = kind === 'code' ? plain.replaceAll(fence, '').trim() : plain;
	return { text, readings: new Map() };
}

/** The content terms of a claim with their weights, stemmed as a document's language is. */
function termsOf(claim: Claim, language: string | null): ReadonlyMap<string, number> {
	const present = claim.readings.get(language);
	if (present !== undefined) return present;
	const terms = new Map<string, number>();
	const { positions, words } = read(claim.text, language);
	for (const [stem, [at]] of positions) {
		const word = words[at!]!;
		if (stopWords(language ?? 'en').has(word.text)) continue;
		terms.set(stem, /\p{N}/u.test(word.text) || isIdentifier(word) ? exactWeight : 1);
	}
	claim.readings.set(language, terms);
	return terms;
}

type Shared = { readonly candidate: Candidate; readonly score: number; readonly found: ReadonlyMap<string, number> };

/** The candidates by the share of the claim's words that they hold, best first. */
function shares(claim: Claim, candidates: readonly Candidate[]): Shared[] {
	return candidates
		.map((candidate) => {
			const terms = termsOf(claim, candidate.passage.evidence.document.language);
			const found = new Map<string, number>();
			for (const [term, weight] of terms) {
				if (candidate.reading.positions.has(term)) found.set(term, weight);
				else if (candidate.around.positions.has(term)) found.set(term, weight * aroundWeight);
			}
			return { candidate, found, score: sum(found.values()) / Math.max(1, sum(terms.values())) };
		})
		.sort((a, b) => b.score - a.score);
}

function sum(numbers: Iterable<number>): number {
	let total = 0;
	for (const number of numbers) total += number;
	return total;
}

type Supported = Pick<Judged, 'supported' | 'reasons' | 'quotes'>;

/**
 * The fewest of the best units that support the claim together: the best one, another that shares as much, or several. Of
 * different passages only where the model names them: put together, enough passages support anything.
 */
function support(claim: Claim, candidates: readonly Candidate[], isNamed: boolean): Supported {
	const ranked = shares(claim, candidates).filter(({ score }) => score >= leastShared);
	const [best] = ranked;
	if (best === undefined) return { supported: false, reasons: [{ kind: 'unsaid', text: claim.text }], quotes: [] };
	const { language } = best.candidate.passage.evidence.document;
	const isSupported = (chosen: readonly Shared[]): Verification => {
		const grounds = chosen.map(({ candidate }) => candidate.ground);
		return verify(claim.text, grounds, language === null ? {} : { language });
	};
	const first = isSupported([best]);
	if (first.supported) return { supported: true, reasons: [], quotes: quotesOf([best]) };
	for (const other of ranked.slice(1, mostTried).filter(({ score }) => score >= best.score * nearlyBest)) {
		if (isSupported([other]).supported) return { supported: true, reasons: [], quotes: quotesOf([other]) };
	}
	const together = isNamed ? ranked : ranked.filter(({ candidate }) => candidate.passage === best.candidate.passage);
	const chosen = [best];
	while (chosen.length < mostUnits) {
		const next = mostNew(chosen, together);
		if (next === null) break;
		chosen.push(next);
		if (isSupported(chosen).supported) return { supported: true, reasons: [], quotes: quotesOf(chosen) };
	}
	const reasons = first.reasons.map(({ kind, text }) => ({ kind, text }));
	return { supported: false, reasons, quotes: quotesOf([best]) };
}

/** The unit that holds most of what the chosen ones lack. */
function mostNew(chosen: readonly Shared[], ranked: readonly Shared[]): Shared | null {
	const has = (term: string): number => Math.max(...chosen.map(({ found }) => found.get(term) ?? 0));
	let best: Shared | null = null;
	let most = 0;
	for (const one of ranked) {
		if (chosen.includes(one)) continue;
		let gain = 0;
		for (const [term, weight] of one.found) gain += Math.max(0, weight - has(term));
		if (gain > most) [best, most] = [one, gain];
	}
	return best;
}

function closest(claim: Claim, candidates: readonly Candidate[], number: number): Quote[] {
	const [best] = shares(
		claim,
		candidates.filter(({ passage }) => passage.number === number),
	);
	return best === undefined || best.score < leastShared ? [] : quotesOf([best]);
}

/** Quotes in the order of the passages; neighbours become one. */
function quotesOf(chosen: readonly Shared[]): Quote[] {
	const quotes: Quote[] = [];
	const spans = chosen
		.map(({ candidate: { unit, passage } }) => ({ passage, start: unit.start, end: unit.end }))
		.sort((a, b) => a.passage.number - b.passage.number || a.start - b.start);
	for (const { passage, start, end } of spans) {
		const last = quotes.at(-1);
		const isNext =
			last?.passage === passage.number && passage.evidence.document.text.slice(last.end, start).trim() === '';
		if (isNext) quotes[quotes.length - 1] = { ...last, end };
		else quotes.push({ passage: passage.number, start, end });
	}
	return quotes;
}
