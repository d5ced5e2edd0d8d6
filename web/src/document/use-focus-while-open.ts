import { type RefObject, useEffect, useRef } from 'react';

/** Takes the focus whenever something else is opened, and gives it back to where it last came from on closing. */
export function useFocusWhileOpen(isWanted: boolean, what: string): RefObject<HTMLElement | null> {
	const element = useRef<HTMLElement>(null);
	const opener = useRef<Element | null>(null);
	const opened = useRef<string>(null);
	useEffect(() => {
		if (!isWanted || opened.current === what) return;
		opened.current = what;
		const { activeElement } = document;
		if (element.current?.contains(activeElement) === true) return;
		opener.current = activeElement;
		element.current?.focus({ preventScroll: true });
	}, [isWanted, what]);
	useEffect(() => () => giveBack(opener.current), []);
	return element;
}

function giveBack(opener: Element | null): void {
	if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
}
