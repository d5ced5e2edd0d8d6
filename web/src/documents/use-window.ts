import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react';
import { keepPlaceHere, placeHere } from '../state/scroll-place.ts';

/** Rows beyond the edges, so that a small movement shows no gap. */
const margin = 8;

type Range = { readonly first: number; readonly last: number };

/**
 * Which of `count` rows of equal height a scrolled element shows: from `first` on, `last` excluded. It begins where it was left in this
 * entry of the history.
 */
export function useWindow(
	count: number,
	rowHeight: number,
): Range & {
	readonly scroller: RefObject<HTMLDivElement | null>;
	readonly onScroll: () => void;
	/** Scrolls until a row is wholly in sight. */
	readonly show: (row: number) => void;
} {
	const scroller = useRef<HTMLDivElement>(null);
	const [{ first, last }, setRange] = useState<Range>({ first: 0, last: 4 * margin });
	const measure = useCallback((): void => {
		const { scrollTop, clientHeight } = scroller.current!;
		// In steps, so that not every pixel draws the rows again.
		const top = Math.floor(scrollTop / rowHeight / margin) * margin;
		const next = { first: Math.max(0, top - margin), last: top + Math.ceil(clientHeight / rowHeight) + 2 * margin };
		setRange((now) => (now.first === next.first && now.last === next.last ? now : next));
	}, [rowHeight]);
	useLayoutEffect(() => {
		const observer = new ResizeObserver(measure);
		observer.observe(scroller.current!);
		return () => observer.disconnect();
	}, [measure]);

	const [left] = useState(placeHere);
	/** How far it has been brought to there; null once somebody scrolls. */
	const brought = useRef<number | null>(0);
	useLayoutEffect(() => {
		// Again as rows come, for as long as there are too few.
		if (brought.current === null || count === 0) return;
		scroller.current!.scrollTop = left;
		brought.current = scroller.current!.scrollTop;
		measure();
	}, [count, left, measure]);
	const onScroll = (): void => {
		const { scrollTop } = scroller.current!;
		if (scrollTop !== brought.current) brought.current = null;
		if (brought.current === null) keepPlaceHere(scrollTop);
		measure();
	};
	const show = (row: number): void => {
		const { scrollTop, clientHeight } = scroller.current!;
		const headHeight = scroller.current!.firstElementChild!.clientHeight;
		const top = row * rowHeight;
		const most = scrollTop + clientHeight - headHeight - rowHeight;
		if (top < scrollTop) scroller.current!.scrollTop = top;
		else if (top > most) scroller.current!.scrollTop += top - most;
	};
	return { scroller, first, last: Math.min(last, count), onScroll, show };
}
