const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * A date as YYYY-MM-DD, from ISO 8601 and its relatives (`2025/3/7`, `20250307`, `D:20250307…` of PDF) and from English
 * names of months. The day is taken as written, whatever the time zone. Null for what is no date or could be two
 * (`03/04/2025`).
 */
export function toDate(value: unknown): string | null {
	if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString().slice(0, 10);
	if (typeof value !== 'string') return null;
	const text = value.trim();
	const compact = /^(?:D:)?(\d{4})(\d{2})(\d{2})(?=\D|$|\d{4,6})/.exec(text);
	if (compact !== null) return of(compact[1], compact[2], compact[3]);
	const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)/.exec(text);
	if (iso !== null) return of(iso[1], iso[2], iso[3]);
	const dayFirst = /^(?:\w{3,9},?\s+)?(\d{1,2})(?:st|nd|rd|th)?\.?\s+([a-z]{3})[a-z]*\.?,?\s+(\d{4})\b/i.exec(text);
	if (dayFirst !== null) return of(dayFirst[3], monthOf(dayFirst[2]), dayFirst[1]);
	const monthFirst = /^(?:[a-z]{3,9},\s+)?([a-z]{3})[a-z]*\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b/i.exec(text);
	return monthFirst === null ? null : of(monthFirst[3], monthOf(monthFirst[1]), monthFirst[2]);
}

function monthOf(name: string | undefined): string {
	return String(months.indexOf((name ?? '').toLowerCase()) + 1);
}

function of(year: string | undefined, month: string | undefined, day: string | undefined): string | null {
	const text = `${year}-${month?.padStart(2, '0')}-${day?.padStart(2, '0')}`;
	const date = new Date(`${text}T00:00:00Z`);
	return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) ? text : null;
}
