import type { Compared } from './compare.ts';
import type { Evidence } from './units.ts';
import { valuesIn } from './values.ts';

/** The times a text speaks of, from coarse to fine: `2022`; `q3`; `9 2022`; and how long: `nine`. Each level may be empty. */
type Periods = Readonly<Record<(typeof levels)[number], Level>>;
type Level = ReadonlySet<string>;

const levels = ['years', 'quarters', 'months', 'lengths'] as const;
const monthNames = 'january|february|march|april|may|june|july|august|september|october|november|december'.split('|');
const months = monthNames.join('|');
const year = /(?<![\w.,-])(?:FY ?)?((?:19|20)\d{2})(?![\w%]|[.,]\d)/g;
const quarter = /\b(?:Q([1-4])|([1-4])Q|(first|second|third|fourth)(?: fiscal)? quarter)\b/gi;
const ordinals = ['first', 'second', 'third', 'fourth'];
const month = new RegExp(`\\b(${months})(?: \\d{1,2}(?:st|nd|rd|th)?)?,? ((?:19|20)\\d{2})\\b`, 'gi');
const isoMonth = /\b((?:19|20)\d{2})-(\d{2})(?:-\d{2})?\b/g;
/** `nine` of `the first nine months` and `nine months ended`. */
const length = /\b(?:first (\w+) months|(\w+) months end(?:ed|ing))\b/gi;
/** `since 1 May 2023` says from when a value holds, not which time it is about. */
const validity = new RegExp(
	`\\b(?:since|effective|starting|seit|ab)(?: (?:from|on|in))? (?:\\d{1,2}(?:st|nd|rd|th)? )?(?:(?:${months})(?: \\d{1,2})?,? )?(?:19|20)\\d{2}(?:-\\d{2}){0,2}\\b`,
	'gi',
);

/** The periods a text names. A number with a unit (`2000 mAh`) and a date from which something holds are none. */
export function periodsIn(text: string): Periods {
	const left = withoutAmounts(text.replaceAll(validity, (found) => ' '.repeat(found.length)));
	return {
		years: new Set(Array.from(left.matchAll(year), ([, found]) => found!)),
		quarters: new Set(
			Array.from(left.matchAll(quarter), ([, a, b, word]) => `q${a ?? b ?? ordinals.indexOf(word!.toLowerCase()) + 1}`),
		),
		months: new Set([
			...Array.from(left.matchAll(month), ([, name, of]) => `${monthNames.indexOf(name!.toLowerCase()) + 1} ${of!}`),
			...Array.from(left.matchAll(isoMonth), ([, of, at]) => `${Number(at)} ${of!}`),
		]),
		lengths: new Set(Array.from(text.matchAll(length), ([, a, b]) => (a ?? b!).toLowerCase())),
	};
}

function withoutAmounts(text: string): string {
	return valuesIn(text)
		.filter(({ kind }) => kind !== 'date')
		.reduce(
			(left, { start, text: { length } }) => left.slice(0, start) + ' '.repeat(length) + left.slice(start + length),
			text,
		);
}

/** Whether both name a period on some level and share none there. */
export function areOfDifferentTimes(a: Periods, b: Periods): boolean {
	return levels.some((level) => a[level].size > 0 && b[level].size > 0 && a[level].isDisjointFrom(b[level]));
}

/** What a unit names; on levels where it names nothing, what stands above it, and then its document's title. */
export function periodsAround({ unit }: Compared, evidence: readonly Evidence[]): Periods {
	const { title } = evidence[unit.hit]!.document;
	const above = [...unit.headings, unit.lead, ...unit.header].join('\n');
	const nearestFirst = [unit.plain, above, title].map(periodsIn);
	const level = (name: (typeof levels)[number]): Level =>
		nearestFirst.find((periods) => periods[name].size > 0)?.[name] ?? new Set();
	return {
		years: level('years'),
		quarters: level('quarters'),
		months: level('months'),
		lengths: level('lengths'),
	};
}

/**
 * Whether two units name different periods: themselves, or by titles that both name a quarter. A year alone in a title may be
 * that of an edition, and what editions say differently is worth telling.
 */
export function nameDifferentTimes(a: Compared, b: Compared, evidence: readonly Evidence[]): boolean {
	const own = ({ unit }: Compared): Periods => periodsIn([unit.plain, ...unit.header].join('\n'));
	const titled = ({ unit }: Compared): Periods => periodsIn(evidence[unit.hit]!.document.title);
	if (areOfDifferentTimes(own(a), own(b))) return true;
	return titled(a).quarters.size > 0 && titled(b).quarters.size > 0 && areOfDifferentTimes(titled(a), titled(b));
}
