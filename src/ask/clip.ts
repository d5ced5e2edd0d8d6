import { linkAround } from '../text/links.ts';
import { words } from '../text/words.ts';
import { countWords } from './quote.ts';

/** A stretch of a text, UTF-16 offsets. */
type Span = { readonly start: number; readonly end: number };

/**
 * The stretch of `text` of at most `limit` words that holds the words from `center` (an offset) to `centerEnd`, begun at a
 * clause mark where one is near. The whole text when it is short enough; more words where those held are more.
 */
export function clip(text: string, center: number, limit: number, centerEnd = 0): Span {
	if (countWords(text) <= limit) return { start: 0, end: text.length };
	const all = words(text);
	if (all.length === 0) return { start: 0, end: Math.min(text.length, limit * 8) };
	const at = Math.max(
		0,
		all.findLastIndex(({ start }) => start <= center),
	);
	const last = Math.max(
		at,
		all.findLastIndex(({ start }) => start < centerEnd),
	);
	let from = Math.max(0, Math.min(at - Math.floor(limit / 2), all.length - limit, at));
	let to = Math.max(last + 1, Math.min(all.length, from + limit));
	for (let i = from; i < Math.min(at, from + limit / 4); i++) {
		if (i > 0 && /[,;:–—(]/.test(text.slice(all[i - 1]!.end, all[i]!.start))) {
			from = i;
			break;
		}
	}
	// Signs that stand alone between spaces count as words of the reader, so the stretch may have to shrink.
	const endAt = (count: number): number =>
		count === all.length ? text.length : Math.max(all[count - 1]!.end, count === last + 1 ? centerEnd : 0);
	const startAt = (first: number): number => (first === at ? Math.min(center, all[at]!.start) : all[first]!.start);
	while ((to > last + 1 || from < at) && countWords(text.slice(startAt(from), endAt(to))) > limit) {
		if (to > last + 1) to--;
		else from++;
	}
	return outsideLinks(
		text,
		{ start: startAt(from), end: endAt(to) },
		{ start: center, end: Math.max(center, centerEnd) },
	);
}

/** The span without the half links at its ends, unless `held` lies in them. */
function outsideLinks(text: string, { start, end }: Span, held: Span): Span {
	const first = start > 0 ? linkAround(text, start) : null;
	const last = end < text.length ? linkAround(text, end) : null;
	return {
		start: first !== null && first.end <= held.start ? first.end : start,
		end: last !== null && last.start > held.end ? text.slice(0, last.start).trimEnd().length : end,
	};
}
