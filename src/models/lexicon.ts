import type { Meanings } from '../core/embedder.ts';
import { stemmer } from '../text/stem.ts';
import { words } from '../text/words.ts';

/** The words of a house, as a retriever learned them: what people ask with, and what the documents write. */
export type Lexicon = {
	/** ISO 639-1: of the stems. */
	readonly language: string;
	/** By the stem of a word that people ask with: words of the documents, as written there, best first. */
	readonly entries: ReadonlyMap<string, readonly string[]>;
};

/** What the words of a query mean; words without an entry are left out. */
export function meaningsIn(query: string, { language, entries }: Lexicon): Meanings {
	const stem = stemmer(language);
	const asked = words(query).flatMap(({ text, parts }) => parts ?? [text]);
	return new Map(
		asked.flatMap((word) => {
			const written = entries.get(stem(word));
			return written === undefined ? [] : [[word, written] as const];
		}),
	);
}

/** A query with what its words mean in their place: what an embedder is given, to which they may be no words at all. */
export function translated(query: string, lexicon: Lexicon): string {
	const meanings = meaningsIn(query, lexicon);
	let done = 0;
	const pieces = words(query).flatMap(({ text, start, end, parts }) => {
		const asked = parts ?? [text];
		if (!asked.some((word) => meanings.has(word))) return [];
		const before = query.slice(done, start);
		done = end;
		return [before, asked.flatMap((word) => meanings.get(word) ?? [word]).join(' ')];
	});
	return [...pieces, query.slice(done)].join('');
}

/** One entry a line: the stem, then the words, between tabs. */
export function toLines({ entries }: Lexicon): string {
	return [...entries].map(([stem, written]) => `${[stem, ...written].join('\t')}\n`).join('');
}

export function fromLines(lines: readonly string[], language: string): Lexicon {
	const rows = lines.map((line) => line.split('\t'));
	return { language, entries: new Map(rows.map(([stem, ...written]) => [stem!, written])) };
}
