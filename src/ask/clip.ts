import { words } from '../text/words.ts';
import { countWords } from './quote.ts';

/** A stretch of a text, UTF-16 offsets. */
type Span = { readonly start: number; readonly end: number };

/**
 * The stretch of `text` of at most `limit` words that holds `center` (an offset), begun and ended at clause marks where
 * one is near. The whole text when it is short enough.
 */
export function clip(text: string, center: number, limit: number): Span {
	if (countWords(text) <= limit) return { start: 0, end: text.length };
	const all = words(text);
	if (all.length === 0) return { start: 0, end: Math.min(text.length, limit * 8) };
	const at = Math.max(
		0,
		all.findLastIndex(({ start }) => start <= center),
	);
	let from = Math.max(0, Math.min(at - Math.floor(limit / 2), all.length - limit));
	let to = Math.min(all.length, from + limit);
	for (let i = from; i < Math.min(at, from + limit / 4); i++) {
		if (i > 0 && /[,;:–—(]/.test(text.slice(all[i - 1]!.end, all[i]!.start))) {
			from = i;
			break;
		}
	}
	// Signs that stand alone between spaces count as words of the reader, so the stretch may have to shrink.
	const endAt = (last: number): number => (last === all.length ? text.length : all[last - 1]!.end);
	while (to > from + 1 && countWords(text.slice(all[from]!.start, endAt(to))) > limit) to--;
	return { start: all[from]!.start, end: endAt(to) };
}
