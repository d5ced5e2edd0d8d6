const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'medium' });

/** `20 Nov 2026`; milliseconds since the epoch. */
export function dayText(at: number): string {
	return day.format(at);
}

/** `20 November 2026 at 16:30:00`; milliseconds since the epoch. */
export function momentText(at: number): string {
	return moment.format(at);
}
