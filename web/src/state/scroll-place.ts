/** The entry of the history that is shown. Its key stays when its address is replaced; in browsers without keys all entries are one. */
export function entryHere(): string {
	const entry = 'navigation' in window ? navigation.currentEntry : null;
	return entry?.key ?? '';
}

/** Where a list was scrolled to when this entry of the history was last shown, in pixels; 0 when it is a new one. */
export function placeHere(): number {
	return Number(sessionStorage.getItem(nameHere()) ?? 0);
}

/** Remembers where a list is scrolled to, for a Back that leads here, and for a page that is loaded again. */
export function keepPlaceHere(top: number): void {
	sessionStorage.setItem(nameHere(), String(top));
}

function nameHere(): string {
	return `knowhow-place ${entryHere()}`;
}
