import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react';

/** Rows beyond the edges, so that a small movement shows no gap. */
const margin = 8;

type Range = { readonly first: number; readonly last: number };

/** Which of `count` rows of equal height a scrolled element shows: from `first` on, `last` excluded. */
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
	const onScroll = useCallback((): void => {
		const { scrollTop, clientHeight } = scroller.current!;
		// In steps, so that not every pixel draws the rows again.
		const top = Math.floor(scrollTop / rowHeight / margin) * margin;
		const next = { first: Math.max(0, top - margin), last: top + Math.ceil(clientHeight / rowHeight) + 2 * margin };
		setRange((now) => (now.first === next.first && now.last === next.last ? now : next));
	}, [rowHeight]);
	useLayoutEffect(() => {
		const observer = new ResizeObserver(onScroll);
		observer.observe(scroller.current!);
		return () => observer.disconnect();
	}, [onScroll]);
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
