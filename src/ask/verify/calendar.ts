/** Names of months and days, and written dates and times. */

/** A date as far as it is told; a weekday is 1 (Monday) to 7. */
export type CalendarDate = { readonly year?: number; readonly month?: number; readonly day?: number };

const months: readonly string[] = [
	'january jan januar jänner enero janvier janv',
	'february feb februar febrero février fév',
	'march mar märz mrz marzo mars',
	'april apr abril avril avr',
	'may mai mayo',
	'june jun juni junio juin',
	'july jul juli julio juillet juil',
	'august aug agosto août',
	'september sep sept septiembre septembre',
	'october oct oktober okt octubre octobre',
	'november nov noviembre novembre',
	'december dec dezember dez diciembre décembre déc dic',
];
const weekdays: readonly string[] = [
	'monday mondays montag montags lunes lundi lundis',
	'tuesday tuesdays tue tues dienstag dienstags martes mardi mardis',
	'wednesday wednesdays mittwoch mittwochs miércoles mercredi mercredis',
	'thursday thursdays thu thur thurs donnerstag donnerstags jueves jeudi jeudis',
	'friday fridays fri freitag freitags viernes vendredi vendredis',
	'saturday saturdays samstag samstags sonnabend sábado sábados samedi samedis',
	'sunday sundays sonntag sonntags domingo domingos dimanche dimanches',
];
/** Abbreviations and words that also mean something else: a month only beside a day or a year. */
const doubtful = new Set('may mar jan jun jul sep dec march mars mai dic nov oct aug apr feb avr fév déc'.split(' '));

const monthOfWord = numbered(months);
const weekdayOfWord = numbered(weekdays);

function numbered(rows: readonly string[]): Map<string, number> {
	return new Map(rows.flatMap((row, i) => row.split(' ').map((word) => [word, i + 1] as const)));
}

export function monthOf(word: string): number | undefined {
	return monthOfWord.get(word);
}

export function weekdayOf(word: string): number | undefined {
	return weekdayOfWord.get(word);
}

export function isDoubtfulMonth(word: string): boolean {
	return doubtful.has(word);
}

/** `2025-03-01`. */
export function isoDate(written: string): CalendarDate | null {
	const [year, month, day] = written.split('-').map(Number);
	return checked({ year: year!, month: month!, day: day! });
}

/** `01.03.2025`, `1/3/25`: every reading that is a date. Slashes are read both ways in English. */
export function numericDates(written: string, language: string): CalendarDate[] {
	const [first, second, last] = written.split(/[./-]/).map(Number);
	const year = last! < 100 ? 2000 + last! : last!;
	const readings = [checked({ year, month: second!, day: first! })];
	if (written.includes('/') && language === 'en') readings.push(checked({ year, month: first!, day: second! }));
	return readings.filter((date) => date !== null);
}

function checked(date: { year: number; month: number; day: number }): CalendarDate | null {
	return date.month >= 1 && date.month <= 12 && date.day >= 1 && date.day <= 31 ? date : null;
}

export function isYear(value: number): boolean {
	return Number.isInteger(value) && value >= 1900 && value <= 2100;
}

/** Whether `found` says all that `told` says. */
export function includesDate(found: CalendarDate, told: CalendarDate): boolean {
	return (
		(told.year === undefined || told.year === found.year) &&
		(told.month === undefined || told.month === found.month) &&
		(told.day === undefined || told.day === found.day)
	);
}
