import { type RefObject, useEffect, useState } from 'react';

/** Whether an element in a scrolling parent is in sight, or was, or lies less than the parent's height away from it. */
export function useIsNear(element: RefObject<HTMLElement | null>): boolean {
	const [isNear, setIsNear] = useState(false);
	useEffect(() => {
		const { current } = element;
		if (current === null || isNear) return undefined;
		const observer = new IntersectionObserver(
			(entries) => {
				if (entries.some(({ isIntersecting }) => isIntersecting)) setIsNear(true);
			},
			{ root: current.parentElement, rootMargin: '100% 0px' },
		);
		observer.observe(current);
		return () => observer.disconnect();
	}, [element, isNear]);
	return isNear;
}
