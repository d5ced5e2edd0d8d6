import type { FieldSpan } from '../models/tags.ts';

/** Spans found, spans that are right, and those that are both; over many texts. */
export type SpanCounts = { readonly given: number; readonly right: number; readonly both: number };

export const noSpans: SpanCounts = { given: 0, right: 0, both: 0 };

/** Adds one text. A span is found when field, beginning and end are (CoNLL 2003; seqeval's default for well-formed tags). */
export function countSpans(
	{ given, right, both }: SpanCounts,
	found: readonly FieldSpan[],
	gold: readonly FieldSpan[],
): SpanCounts {
	const keys = new Set(gold.map(({ field, start, end }) => `${field} ${start} ${end}`));
	const hits = found.filter(({ field, start, end }) => keys.has(`${field} ${start} ${end}`)).length;
	return { given: given + found.length, right: right + gold.length, both: both + hits };
}

/** Over all spans together (micro-averaged); null where there is nothing to divide by. */
export function spanScores({
	given,
	right,
	both,
}: SpanCounts): Readonly<Record<'precision' | 'recall' | 'f1', number | null>> {
	return {
		precision: given === 0 ? null : both / given,
		recall: right === 0 ? null : both / right,
		f1: given + right === 0 ? null : (2 * both) / (given + right),
	};
}
