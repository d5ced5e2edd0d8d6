const format = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });

/** `2025-09-01` as `1 September 2025`; what is no date stays as it is. */
export function dateText(date: string): string {
	const at = Date.parse(date);
	return Number.isNaN(at) ? date : format.format(at);
}
