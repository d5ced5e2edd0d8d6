export type Theme = 'light' | 'dark' | 'system';

const storageKey = 'knowhow-theme';

/** What was chosen in this browser; `system` when nothing was. */
export function chosenTheme(): Theme {
	const kept = localStorage.getItem(storageKey);
	return kept === 'light' || kept === 'dark' ? kept : 'system';
}

export function chooseTheme(theme: Theme): void {
	if (theme === 'system') localStorage.removeItem(storageKey);
	else localStorage.setItem(storageKey, theme);
	applyTheme();
}

/** Sets what tokens.css heeds. Call it once at the start. */
export function applyTheme(): void {
	const theme = chosenTheme();
	if (theme === 'system') delete document.documentElement.dataset['theme'];
	else document.documentElement.dataset['theme'] = theme;
}
