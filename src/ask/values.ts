/** A value that a text states: `45 days`, `€ 18`, `30 %`, `12 February 2024`. */
export type Value = {
	/** What can contradict each other: the unit of a measure, `money EUR`, `percent`, `date`. */
	readonly kind: string;
	/** Comparable form; equal values have equal ones. */
	readonly normal: string;
	/** As written. */
	readonly text: string;
	readonly start: number;
};

const numberWords =
	'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'.split(
		' ',
	);
const number = `(?:\\d{1,3}(?:[,.  ]\\d{3})+(?:[.,]\\d+)?|\\d+(?:[.,]\\d+)?|${numberWords.slice(1).join('|')})`;
const months = 'january|february|march|april|may|june|july|august|september|october|november|december';
const currencies: Readonly<Record<string, string>> = { '€': 'EUR', $: 'USD', '£': 'GBP' };
/** Unit → what it is called in a kind; plural and language variants. */
const units: readonly (readonly [kind: string, pattern: string])[] = [
	['second', 'seconds?|secs?|s|sekunden?|segundos?|secondes?'],
	['minute', 'minutes?|mins?|minuten?|minutos?'],
	['hour', 'hours?|hrs?|h|stunden?|horas?|heures?'],
	[
		'working day',
		'(?:working|business|banking) days?|werktagen?|bankarbeitstagen?|días (?:hábiles|laborables)|jours ouvr(?:és|ables)',
	],
	['day', 'days?|tagen?|tage|días?|jours?'],
	['week', 'weeks?|wochen?|semanas?|semaines?'],
	['month', 'months?|monaten?|monate|mes(?:es)?|mois'],
	['year', 'years?|jahren?|jahre|años?|ans?|années?'],
	['weight g', 'g|grams?'],
	['weight kg', 'kg|kilograms?'],
	['bytes', 'kb|mb|gb|tb'],
	['battery', 'mah'],
	['length', 'mm|cm|m|km|inch(?:es)?'],
];

const patterns: readonly (readonly [RegExp, (found: RegExpExecArray) => Pick<Value, 'kind' | 'normal'>])[] = [
	[
		new RegExp(`\\b(\\d{1,2})(?:st|nd|rd|th)?(?: of)? (${months})(?:,? (\\d{4}))?\\b`, 'giu'),
		([, day, month, year]) => ({ kind: 'date', normal: `${year ?? ''} ${month!.toLowerCase()} ${Number(day)}` }),
	],
	[
		/\b(\d{4})-(\d{2})-(\d{2})\b/g,
		([, year, month, day]) => ({
			kind: 'date',
			normal: `${year} ${months.split('|')[Number(month) - 1]} ${Number(day)}`,
		}),
	],
	[
		new RegExp(`([€$£])\\s?(${number})`, 'giu'),
		([, sign, amount]) => ({ kind: `money ${currencies[sign!]}`, normal: normalNumber(amount!) }),
	],
	[
		new RegExp(`(?<![\\w.,])(${number})\\s?(€|EUR|USD|GBP)(?!\\w)`, 'giu'),
		([, amount, sign]) => ({
			kind: `money ${currencies[sign!] ?? sign!.toUpperCase()}`,
			normal: normalNumber(amount!),
		}),
	],
	[
		new RegExp(`(?<![\\w.,])(${number})\\s?(?:%|percent\\b|per cent\\b|prozent\\b|por ciento\\b|pour cent\\b)`, 'giu'),
		([, amount]) => ({ kind: 'percent', normal: normalNumber(amount!) }),
	],
	...units.map(([kind, unit]): (typeof patterns)[number] => [
		new RegExp(`(?<![\\w.,])(${number})[\\s-]?(?:${unit})(?![\\w/])`, 'giu'),
		([, amount]) => ({ kind, normal: normalNumber(amount!) }),
	]),
];

/** The values a text states, in order. A value read as a more specific kind is not read again as another. */
export function valuesIn(text: string): Value[] {
	const found: Value[] = [];
	for (const [pattern, read] of patterns) {
		for (const match of text.matchAll(pattern)) {
			const start = match.index;
			const end = start + match[0].length;
			if (found.some((other) => start < other.start + other.text.length && other.start < end)) continue;
			found.push({ ...read(match), text: match[0], start });
		}
	}
	return found.sort((a, b) => a.start - b.start);
}

/** `4,600` and `4600`, `twelve` and `12` are one number. */
function normalNumber(written: string): string {
	const word = numberWords.indexOf(written.toLowerCase());
	if (word !== -1) return String(word);
	const plain = written.replaceAll(/[,.  ](?=\d{3}(?:\D|$))/g, '').replace(',', '.');
	return String(Number(plain));
}
