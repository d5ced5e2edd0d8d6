import type { Citation, Unsupported } from '../core/answer.ts';
import type { Judge, Judged } from './judge.ts';
import type { Passage } from './pack.ts';
import { cite } from './quote.ts';
import type { Segment } from './segments.ts';

/** An answer put together from judged segments. */
export type Assembled = {
	readonly text: string;
	readonly citations: readonly Citation[];
	/** In order; they do not overlap. */
	readonly unsupported: readonly Unsupported[];
	/** Markers that name no passage, as written; each once. */
	readonly unknownMarkers: readonly string[];
	/** Claims that their quotes support. */
	readonly supported: number;
};

export type AssembleOptions = {
	readonly passages: readonly Passage[];
	readonly judge: Judge;
	readonly unsupported: 'mark' | 'drop';
	/** Whether a heading or lead-in claims nothing by itself. */
	readonly isLead: (segment: Segment) => boolean;
	/** The last segment broke off. */
	readonly isCut?: boolean;
};

type Draft = {
	text: string;
	citations: Citation[];
	unsupported: Unsupported[];
	unknown: Set<string>;
	supported: number;
};

/**
 * Writes the answer: markers become those of the quotes found, unsupported segments are marked or left out, and with them the
 * headings and lead-ins that nothing follows.
 */
export function assemble(segments: readonly Segment[], options: AssembleOptions): Assembled {
	const draft: Draft = { text: '', citations: [], unsupported: [], unknown: new Set(), supported: 0 };
	const waiting: Segment[] = [];
	/** What stood before a segment that was left out, when it began a line. */
	let skipped = '';
	segments.forEach((segment, i) => {
		const isCut = options.isCut === true && i === segments.length - 1;
		if (segment.markers.length === 0 && options.isLead(segment)) {
			waiting.push({ ...segment, before: beginning(skipped, segment.before) });
			skipped = '';
			return;
		}
		const found = options.judge(segment);
		const judged = isCut
			? { ...found, supported: false, reasons: [{ kind: 'unfinished', text: segment.plain }] as const }
			: found;
		note(draft, segment, judged);
		if (!judged.supported && options.unsupported === 'drop') {
			skipped = beginning(skipped, segment.before);
			return;
		}
		for (const lead of waiting.splice(0)) append(draft, lead, lead.plain);
		add(draft, { ...segment, before: beginning(skipped, segment.before) }, judged, options.passages);
		skipped = '';
	});
	if (options.unsupported === 'mark') for (const lead of waiting) append(draft, lead, lead.plain);
	const { text, citations, unsupported, unknown, supported } = draft;
	return { text, citations, unsupported, unknownMarkers: [...unknown], supported };
}

/** What separates a segment from the one before it when those between were left out: what begins a line wins. */
function beginning(skipped: string, before: string): string {
	return before.includes('\n') || !skipped.includes('\n') ? before : skipped;
}

function note(draft: Draft, { text, markers }: Segment, { unknown }: Judged): void {
	for (const { start, end, numbers } of markers) {
		if (numbers.some((number) => unknown.includes(number))) draft.unknown.add(text.slice(start, end));
	}
}

function append(draft: Draft, { before }: Segment, text: string): { start: number; end: number } {
	draft.text += draft.text === '' ? before.replace(/^\s*\n|^\s+/, '') : before;
	const start = draft.text.length;
	draft.text += text;
	return { start, end: draft.text.length };
}

function add(draft: Draft, segment: Segment, judged: Judged, passages: readonly Passage[]): void {
	const { text, spoken } = withMarkers(segment, judged);
	const { start } = append(draft, segment, text);
	const end = start + spoken;
	if (judged.supported) draft.supported++;
	else draft.unsupported.push({ start, end, reasons: judged.reasons });
	for (const quote of judged.quotes) {
		const { evidence, number } = passages.find((passage) => passage.number === quote.passage)!;
		const span = { marker: `[${number}]`, answerStart: start, answerEnd: end, supported: judged.supported };
		draft.citations.push(cite({ lead: '', text, evidence, start: quote.start, end: quote.end }, span));
	}
}

/** A segment with the markers of its quotes: in the places where the model put them, the others behind it. */
function withMarkers(segment: Segment, { quotes }: Judged): { text: string; spoken: number } {
	const left = new Set(quotes.map(({ passage }) => passage));
	let text = '';
	let at = 0;
	let spoken = 0;
	for (const { start, end, numbers } of segment.markers) {
		text += segment.text.slice(at, start);
		at = end;
		const kept = numbers.filter((number) => left.delete(number));
		if (kept.length === 0) text = text.replace(/[ \t]+$/, '');
		if (text.trim() !== '') spoken = Math.max(spoken, text.trimEnd().length);
		text += kept.map((number) => `[${number}]`).join('');
	}
	const rest = segment.text.slice(at);
	text += text === '' ? rest.trimStart() : rest;
	if (rest.trim() !== '') spoken = text.trimEnd().length;
	const added = [...left].map((number) => `[${number}]`).join('');
	if (added === '') return { text, spoken: spoken === 0 ? text.length : spoken };
	return withAdded(segment, text, spoken, added);
}

function withAdded({ kind }: Segment, text: string, spoken: number, added: string): { text: string; spoken: number } {
	const trimmed = text.trimEnd();
	if (kind === 'row' && trimmed.endsWith('|')) {
		const inside = trimmed.slice(0, -1).trimEnd();
		return { text: `${inside} ${added} |`, spoken: Math.min(spoken, inside.length) };
	}
	const space = kind === 'code' ? '\n' : trimmed.endsWith(']') ? '' : ' ';
	return { text: `${trimmed}${space}${added}`, spoken };
}
