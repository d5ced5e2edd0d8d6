const storageKey = 'knowhow-key';

/** The key that was given in this tab; null without one. It is gone when the tab is closed. */
export function key(): string | null {
	return sessionStorage.getItem(storageKey);
}

export function holdKey(value: string | null): void {
	if (value === null) sessionStorage.removeItem(storageKey);
	else sessionStorage.setItem(storageKey, value);
}
