import type { Reading } from './read.ts';
import { sameValue } from './value-check.ts';
import type { Value } from './values.ts';

/** Words and values of a text in order, without its punctuation. */
type Piece = { readonly text: string } | { readonly value: Value };

/** How a sentence that follows a text word by word differs from it. */
export type Copy = {
	readonly isVerbatim: boolean;
	/** Values of the sentence that stand in place of others. */ readonly altered: readonly Value[];
};

const none: Copy = { isVerbatim: false, altered: [] };
/** A shorter sentence with a changed value may be about something else. */
const fewestWords = 3;

/**
 * Whether the sentence is a stretch of one of the texts, word by word. Where it is one but for its values, those that differ
 * are told, even when they stand elsewhere in the text: `refunds within 15 days; reviews within 30` with the numbers exchanged.
 */
export function copyOf(sentence: Reading, texts: readonly Reading[]): Copy {
	const spelled = spellings(sentence);
	if (spelled.length === 0) return none;
	if (texts.some((text) => includes(spellings(text), spelled))) return { isVerbatim: true, altered: [] };
	const told = piecesOf(sentence);
	if (told.filter((piece) => 'text' in piece).length < fewestWords) return none;
	let best: readonly Value[] | null = null;
	for (const text of texts) {
		const said = piecesOf(text);
		for (let from = 0; from + told.length <= said.length; from++) {
			const altered = alteredAt(told, said, from);
			if (altered !== null && (best === null || altered.length < best.length)) best = altered;
		}
	}
	return { isVerbatim: false, altered: best ?? [] };
}

/** Words, numbers and signs as written, but for case and grouping. */
function spellings({ tokens }: Reading): string[] {
	return tokens
		.filter(({ kind, text }) => kind !== 'mark' || meaningful.has(text))
		.map(({ text, readings }) => (readings === undefined ? text : `#${readings.join(' ')}`));
}

function includes(all: readonly string[], part: readonly string[]): boolean {
	for (let from = 0; from + part.length <= all.length; from++) {
		let i = 0;
		while (i < part.length && all[from + i] === part[i]) i++;
		if (i === part.length) return true;
	}
	return false;
}

const meaningful = new Set(['%', '‰', '€', '$', '£', '¥', '°', '+', '<', '>', '≤', '≥', '=']);

function piecesOf({ tokens, values, valueAt }: Reading): Piece[] {
	const pieces: Piece[] = [];
	for (let at = 0; at < tokens.length; at++) {
		const value = values[valueAt[at]!];
		if (value !== undefined) {
			if (value.from === at) pieces.push({ value });
		} else if (tokens[at]!.kind !== 'mark' || meaningful.has(tokens[at]!.text)) pieces.push({ text: tokens[at]!.text });
	}
	return pieces;
}

/** The values that differ where the pieces begin at `from`; null when a word differs. */
function alteredAt(told: readonly Piece[], said: readonly Piece[], from: number): Value[] | null {
	const altered: Value[] = [];
	for (let i = 0; i < told.length; i++) {
		const one = told[i]!;
		const other = said[from + i]!;
		if ('text' in one) {
			if (!('text' in other) || one.text !== other.text) return null;
		} else {
			if (!('value' in other) || one.value.kind !== other.value.kind) return null;
			if (!sameValue(one.value, other.value)) altered.push(one.value);
		}
	}
	return altered;
}
