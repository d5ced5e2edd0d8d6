import type { Span } from './sentences.ts';

const link = /\[[^[\]]{0,500}\]\([^()]{0,2000}\)/y;

/** The inline Markdown link or image of `text` that `at` (an offset) lies inside of; null when it lies in none. */
export function linkAround(text: string, at: number): Span | null {
	for (
		let open = text.lastIndexOf('[', at - 1);
		open >= Math.max(0, at - 2500);
		open = text.lastIndexOf('[', open - 1)
	) {
		link.lastIndex = open;
		const length = link.exec(text)?.[0].length ?? 0;
		const start = text[open - 1] === '!' ? open - 1 : open;
		if (open + length > at) return { start, end: open + length };
		if (open === 0) break;
	}
	return null;
}
