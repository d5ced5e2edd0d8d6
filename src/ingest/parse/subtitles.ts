import { parseMarkup, textOf } from './markup.ts';
import type { ParsedBody } from './parse.ts';

/** A pause of so many seconds begins a paragraph. */
const longPause = 3;
/** A paragraph of so many characters ends with the next sentence. */
const longParagraph = 500;

type Cue = { readonly start: number; readonly end: number; readonly speaker: string; readonly text: string };

/**
 * WebVTT and SubRip subtitles as what is said: cues joined to paragraphs, which end where the speaker changes or pauses
 * and begin with the speaker's name where the file tells it. Times, settings, notes and styles are dropped; text twice
 * in a row (subtitles that scroll) is kept once.
 */
export function parseSubtitles(source: string): ParsedBody {
	const text = source.startsWith('\uFEFF') ? source.slice(1) : source;
	const cues = text.split(/\n[^\S\n]*\n\s*/).flatMap(cueOf);
	const title = /^WEBVTT[ \t]+(?:-\s*)?(\S.*)$/m.exec(text.slice(0, 300))?.[1] ?? null;
	// Something with another layout: better as it is than not at all.
	return { title, text: cues.length === 0 ? text : paragraphsOf(cues).join('\n\n') };
}

const timing = /^\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})[ \t]+-->[ \t]+((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})/;

function cueOf(block: string): Cue[] {
	const lines = block.split('\n');
	const at = lines.findIndex((line) => timing.test(line));
	const times = timing.exec(lines[at] ?? '');
	if (times === null) return [];
	const written = lines
		.slice(at + 1)
		.join('\n')
		.trim();
	const speaker = /^<v(?:\.[^\s>]*)?\s+([^>]+)>/.exec(written)?.[1] ?? '';
	const text = textOf(parseMarkup(written.replaceAll(/\{\\[^}]*\}/g, ''), 'html')).trim();
	return text === '' ? [] : [{ start: seconds(times[1] ?? ''), end: seconds(times[2] ?? ''), speaker, text }];
}

function seconds(time: string): number {
	return time
		.replace(',', '.')
		.split(':')
		.reduce((sum, part) => sum * 60 + Number(part), 0);
}

function paragraphsOf(cues: readonly Cue[]): string[] {
	const paragraphs: string[] = [];
	let before: Cue | undefined;
	for (const cue of cues) {
		const last = paragraphs.at(-1) ?? '';
		const goesOn =
			before !== undefined &&
			before.speaker === cue.speaker &&
			cue.start - before.end < longPause &&
			!(last.length > longParagraph && /[.!?…。！？]["'”’)]*$/.test(last));
		if (before !== undefined && before.text === cue.text && goesOn) continue;
		if (goesOn) paragraphs.push(`${paragraphs.pop()}\n${cue.text}`);
		else paragraphs.push(cue.speaker === '' ? cue.text : `${cue.speaker}: ${cue.text}`);
		before = cue;
	}
	return paragraphs;
}
