import type { Token } from './token-features.ts';

/** A field's value in a text; UTF-16 offsets. */
export type FieldSpan = { readonly field: number; readonly start: number; readonly end: number };

/** Tags of BIO (Ramshaw & Marcus 1995): 0 outside, 1 + 2f where field f begins, 2 + 2f where it goes on. */
export function tagCount(fields: number): number {
	return 1 + 2 * fields;
}

/** The tags of tokens; null when a span does not begin and end with a token, or two overlap. */
export function toTags(tokens: readonly Token[], spans: readonly FieldSpan[]): Uint16Array | null {
	const tags = new Uint16Array(tokens.length);
	for (const { field, start, end } of spans) {
		const first = tokens.findIndex((token) => token.start === start);
		const last = tokens.findLastIndex((token) => token.end === end);
		if (first < 0 || last < first || tags.subarray(first, last + 1).some((tag) => tag !== 0)) return null;
		tags.fill(2 + 2 * field, first, last + 1);
		tags[first] = 1 + 2 * field;
	}
	return tags;
}

/** The spans of well-formed tags, in order. */
export function toSpans(tokens: readonly Token[], tags: ArrayLike<number>): FieldSpan[] {
	const spans: FieldSpan[] = [];
	for (let i = 0; i < Math.min(tokens.length, tags.length); i++) {
		const tag = tags[i]!;
		if (tag === 0 || tag % 2 === 0) continue;
		let last = i;
		while (tags[last + 1] === tag + 1) last++;
		spans.push({ field: (tag - 1) / 2, start: tokens[i]!.start, end: tokens[last]!.end });
	}
	return spans;
}

/** Scores of following that never change: a field goes on only where it began. (tags + 1, tags); 0 or −10,000. */
export function allowedTransitions(tags: number): Float32Array {
	const transitions = new Float32Array((tags + 1) * tags);
	for (let before = 0; before <= tags; before++) {
		for (let after = 2; after < tags; after += 2) {
			if (before !== after && before !== after - 1) transitions[before * tags + after] = -10_000;
		}
	}
	return transitions;
}
