import { sentences } from '../text/sentences.ts';

/** A citation marker as a model wrote it; offsets into the segment's text. */
export type Marker = { readonly start: number; readonly end: number; readonly numbers: readonly number[] };

/** A piece of an answer that is judged by itself: a sentence, a table row, a heading, a line that leads to a list, code. */
export type Segment = {
	readonly kind: 'sentence' | 'row' | 'lead' | 'code';
	/** What stands between it and the segment before: spaces, line breaks, list marks. */
	readonly before: string;
	/** With its markers; those behind the full stop belong to it. */
	readonly text: string;
	readonly markers: readonly Marker[];
	/** Without markers. */
	readonly plain: string;
};

const markerPattern =
	/[[［【〔](?:(?:passages?|sources?|quellen?|doc(?:ument)?s?)[ #]?)?\^?\d{1,3}(?::\d{1,3})?(?:\s?[,;–-]\s?\^?\d{1,3})*(?:†[^\]】\n]{0,80})?[\]］】〕]/giu;

type Stretch = { readonly kind: Segment['kind']; readonly start: number; readonly end: number };

/** The segments of an answer in order. Together with what is between them they are the whole text up to the last one. */
export function segmentsOf(text: string): Segment[] {
	const found: Segment[] = [];
	const marked = markersIn(text);
	const blank = blankOut(text, marked);
	let at = 0;
	for (const { kind, start, end } of joinMarkers(stretches(blank), blank, marked)) {
		const own = marked.filter((marker) => marker.start >= start && marker.end <= end);
		const markers = own.map((marker) => ({ ...marker, start: marker.start - start, end: marker.end - start }));
		const raw = text.slice(start, end);
		found.push({ kind, before: text.slice(at, start), text: raw, markers, plain: without(raw, markers) });
		at = end;
	}
	return found;
}

/** A segment's text without its markers and the spaces before them. */
function without(text: string, markers: readonly Marker[]): string {
	let plain = '';
	let at = 0;
	for (const { start, end } of markers) {
		plain += text.slice(at, start).trimEnd();
		at = end;
	}
	return (plain + text.slice(at)).trim();
}

/** Markers outside of code. */
export function markersIn(text: string): Marker[] {
	const code = [...text.matchAll(/^[ \t]*```[^]*?(?:^[ \t]*```|$(?![^]))|(`+)[^`\n]+\1/gm)].map((match) => ({
		start: match.index,
		end: match.index + match[0].length,
	}));
	return [...text.matchAll(markerPattern)]
		.map((match) => ({ start: match.index, end: match.index + match[0].length, numbers: numbersOf(match[0]) }))
		.filter(({ start }) => !code.some((span) => span.start <= start && start < span.end));
}

/** `[1, 3]` → 1, 3; `[2-4]` → 2, 3, 4; `【4:0†source】` → 4. */
function numbersOf(marker: string): number[] {
	const body = marker.replace(/†.*$/u, '').replace(/:\d+/, '');
	const found: number[] = [];
	for (const [, sign, digits] of body.matchAll(/([–-]?)\s?\^?(\d{1,3})/g)) {
		const last = found.at(-1);
		const to = Number(digits);
		if (sign !== '' && last !== undefined && to > last && to - last < 10) {
			for (let number = last + 1; number <= to; number++) found.push(number);
		} else found.push(to);
	}
	return [...new Set(found)];
}

function blankOut(text: string, markers: readonly Marker[]): string {
	let blank = text;
	for (const { start, end } of markers) blank = blank.slice(0, start) + ' '.repeat(end - start) + blank.slice(end);
	return blank;
}

/** Each stretch reaches over the markers that follow it, and the first of a paragraph over those before it. */
function joinMarkers(all: readonly Stretch[], blank: string, marked: readonly Marker[]): Stretch[] {
	return all.map((stretch, i) => {
		const next = all[i + 1]?.start ?? blank.length;
		const before = i === 0 ? 0 : all[i - 1]!.end;
		const behind = marked.filter(({ start, end }) => start >= stretch.end && end <= next);
		const nextLine = lineStart(blank, next);
		const isSameLine = nextLine <= stretch.end || all[i + 1] === undefined;
		const mine = behind.filter(({ start }) => isSameLine || start < nextLine || isAlone(blank, start));
		const ahead = marked.find(
			({ start, end }) =>
				start >= before && end <= stretch.start && start >= lineStart(blank, stretch.start) && !isAlone(blank, start),
		);
		const isFirst = i === 0 || lineStart(blank, stretch.start) > all[i - 1]!.end;
		return {
			...stretch,
			start: isFirst && ahead !== undefined ? ahead.start : stretch.start,
			end: mine.at(-1)?.end ?? stretch.end,
		};
	});
}

function lineStart(text: string, at: number): number {
	return text.lastIndexOf('\n', at - 1) + 1;
}

/** Whether nothing but markers stands on the line. */
function isAlone(blank: string, at: number): boolean {
	const to = blank.indexOf('\n', at);
	return blank.slice(lineStart(blank, at), to === -1 ? blank.length : to).trim() === '';
}

const listMark = /^(?:[ \t]*>)*[ \t]*(?:(?:[-*+•]|\d{1,3}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?)?/;
const saysSomething = /[\p{L}\p{N}]/u;

/** Stretches of a text without markers. */
function stretches(text: string): Stretch[] {
	const found: Stretch[] = [];
	let paragraph: { start: number; end: number } | null = null as { start: number; end: number } | null;
	let fence: number | null = null;
	const close = (): void => {
		if (paragraph !== null) found.push(...sentencesOf(text, paragraph));
		paragraph = null;
	};
	for (const { start, end } of linesOf(text)) {
		const line = text.slice(start, end);
		const isFence = /^[ \t]*(?:```|~~~)/.test(line);
		if (fence !== null) {
			if (isFence) found.push({ kind: 'code', start: fence, end });
			if (isFence) fence = null;
		} else if (isFence) {
			close();
			fence = start;
		} else if (!saysSomething.test(line)) {
			close();
		} else if (/^\s*\|/.test(line)) {
			close();
			const next = text.slice(end + 1, end + 200);
			found.push({ kind: /^\s*\|[\s:|-]+\|?\s*(?:\n|$)/.test(next) ? 'lead' : 'row', ...trimmed(text, start, end) });
		} else if (/^\s{0,3}#{1,6}\s/.test(line)) {
			close();
			const mark = /^\s*#+\s*/.exec(line)![0].length;
			found.push({ kind: 'lead', ...trimmed(text, start + mark, end) });
		} else {
			const mark = listMark.exec(line)![0].length;
			if (mark > /^\s*/.exec(line)![0].length) close();
			paragraph = { start: paragraph?.start ?? start + mark, end };
		}
	}
	close();
	if (fence !== null) found.push({ kind: 'code', start: fence, end: text.length });
	return found;
}

function sentencesOf(text: string, { start, end }: { start: number; end: number }): Stretch[] {
	const spans = sentences(text, start, end).filter((span) => saysSomething.test(text.slice(span.start, span.end)));
	return spans.map((span, i) => {
		const isLead = i === spans.length - 1 && /[:：][*_]*$/.test(text.slice(span.start, span.end));
		return { kind: isLead ? 'lead' : 'sentence', ...span };
	});
}

function trimmed(text: string, start: number, end: number): { start: number; end: number } {
	const line = text.slice(start, end);
	return { start: start + (line.length - line.trimStart().length), end: start + line.trimEnd().length };
}

function* linesOf(text: string): Iterable<{ start: number; end: number }> {
	for (let start = 0; start < text.length;) {
		const at = text.indexOf('\n', start);
		const end = at === -1 ? text.length : at;
		yield { start, end };
		start = end + 1;
	}
}
