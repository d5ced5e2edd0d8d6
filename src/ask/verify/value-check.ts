import { includesDate, isYear, type CalendarDate } from './calendar.ts';
import type { Reading } from './read.ts';
import { unitOf, type Unit } from './units.ts';
import type { Value } from './values.ts';

/** What a value of the sentence stands for in the quotes. */
export type ValueMatch = {
	readonly value: Value;
	/** `exact`: the same, unit included; `loose`: the same digits, the unit being said elsewhere; `none`: not there. */
	readonly level: 'exact' | 'loose' | 'none' | 'unasked';
	/** Values of the quote (not of its context) that it agrees with. */
	readonly with: readonly Value[];
	/** Where nothing agrees: whether the digits are there, but with another unit. */
	readonly isUnit: boolean;
};

/** The quotes read once, as the values of a sentence are looked up in them. */
export type Evidence = {
	readonly quote: Reading;
	readonly context: Reading;
};

/** Looks every value of the sentence up in the quotes and their context. */
export function checkValues(sentence: Reading, evidence: Evidence): ValueMatch[] {
	const inQuote = withMembers(evidence.quote.values);
	const inContext = withMembers(evidence.context.values);
	const units = mentionedUnits(evidence);
	return sentence.values.map((value): ValueMatch => {
		if (value.isSoft && value.unit === undefined) {
			const same =
				value.isOrdinal === true ? inQuote.filter((other) => other.isOrdinal === true && sameNumber(value, other)) : [];
			return { value, level: 'unasked', with: same, isUnit: false };
		}
		const found = lookUp(value, inQuote, inContext, units, sentence, evidence);
		if (found.level !== 'none' || value.members === undefined) return found;
		const members = value.members.map((member) => lookUp(member, inQuote, inContext, units, sentence, evidence));
		if (members.some(({ level }) => level === 'none')) return found;
		return { value, level: 'loose', with: members.flatMap((member) => member.with), isUnit: false };
	});
}

function withMembers(values: readonly Value[]): Value[] {
	return values.flatMap((value) => (value.members === undefined ? [value] : [value, ...value.members]));
}

function lookUp(
	value: Value,
	inQuote: readonly Value[],
	inContext: readonly Value[],
	units: ReadonlySet<string>,
	sentence: Reading,
	evidence: Evidence,
): ValueMatch {
	const all = [...inQuote, ...inContext];
	const exact = inQuote.filter((found) => agree(value, found, all) === 2);
	if (exact.length > 0) return { value, level: 'exact', with: exact, isUnit: false };
	const loose = inQuote.filter((found) => agree(value, found, all) === 1 && unitIsSaid(value, found, units));
	const isInContext = inContext.some((found) => {
		const level = agree(value, found, all);
		return level === 2 || (level === 1 && unitIsSaid(value, found, units));
	});
	if (loose.length > 0 || isInContext) return { value, level: 'loose', with: loose, isUnit: false };
	if (value.isRhythm === true && units.has(`bare ${unitKey(value.unit!)}`)) {
		return { value, level: 'loose', with: [], isUnit: false };
	}
	if (isSpelledOut(value, sentence, evidence)) return { value, level: 'loose', with: [], isUnit: false };
	const isUnit =
		value.kind === 'number' &&
		value.unit !== undefined &&
		all.some((found) => sameNumber(value, found) && found.kind === 'number');
	return { value, level: 'none', with: [], isUnit };
}

/** Whether two values say the same: the same amount in any notation, the same day, the same code. */
export function sameValue(told: Value, found: Value): boolean {
	return agree(told, found, []) === 2;
}

/** 2: the same; 1: the same digits while one of the two has no unit; 0: different. */
function agree(told: Value, found: Value, all: readonly Value[]): 0 | 1 | 2 {
	switch (told.kind) {
		case 'identifier':
			return found.kind === 'identifier' && told.id === found.id ? 2 : 0;
		case 'weekday':
			return found.kind === 'weekday' && told.readings[0] === found.readings[0] ? 2 : 0;
		case 'date':
			return datesAgree(told, found, all) ? 2 : 0;
		case 'time':
			return timesAgree(told, found);
		case 'number':
			return numbersAgree(told, found);
		default:
			return 0;
	}
}

function datesAgree(told: Value, found: Value, all: readonly Value[]): boolean {
	if (found.kind !== 'date') return false;
	return told.dates!.some((date) =>
		found.dates!.some((other) => {
			if (includesDate(other, date)) return true;
			// `3 March` under a heading that names the year
			if (date.year === undefined || other.year !== undefined) return false;
			return includesDate({ ...other, year: date.year }, date) && all.some((value) => saysYear(value, date.year!));
		}),
	);
}

function saysYear(value: Value, year: number): boolean {
	if (value.kind === 'date') return value.dates!.some((date: CalendarDate) => date.year === year);
	return value.kind === 'number' && value.unit === undefined && value.readings.includes(year);
}

function timesAgree(told: Value, found: Value): 0 | 1 | 2 {
	if (found.kind === 'time') {
		return told.readings.some((one) => found.readings.some((other) => one % 1440 === other % 1440)) ? 2 : 0;
	}
	if (found.kind !== 'number' || told.readings[0]! % 60 !== 0) return 0;
	// `9 h`, `las 9`
	const isClock = found.unit === undefined || (found.unit.dimension === 'time' && found.unit.scale === 3600);
	return isClock && found.readings.includes(told.readings[0]! / 60) ? 1 : 0;
}

function numbersAgree(told: Value, found: Value): 0 | 1 | 2 {
	if (found.kind === 'date') {
		if (told.unit !== undefined) return 0;
		const parts = found.dates!.flatMap(({ year, day }) => [year, day]);
		return told.readings.some((reading) => parts.includes(reading)) ? 2 : 0;
	}
	if (found.kind === 'time') {
		// `9 h` may be an hour of the day, `1 h 30` a duration.
		if (told.unit !== undefined && told.unit.dimension !== 'time') return 0;
		const minutes = told.unit === undefined ? 60 : told.unit.scale / 60;
		return told.readings.some((reading) => reading * minutes === found.readings[0]) ? 1 : 0;
	}
	if (found.kind === 'identifier') {
		return told.unit === undefined && told.readings.some((reading) => numbersIn(found.id!).includes(reading)) ? 1 : 0;
	}
	if (found.kind !== 'number') return 0;
	if (told.unit === undefined || found.unit === undefined) {
		if (!sameNumber(told, found)) return 0;
		return told.unit === undefined && found.unit === undefined ? 2 : 1;
	}
	return sameAmount(told, told.unit, found, found.unit) ? 2 : 0;
}

function numbersIn(id: string): number[] {
	return (id.match(/\d+(?:\.\d+)*/g) ?? []).map(Number);
}

function sameNumber(told: Value, found: Value): boolean {
	return told.readings.some((one) => found.readings.some((other) => near(one, other)));
}

function sameAmount(told: Value, toldUnit: Unit, found: Value, foundUnit: Unit): boolean {
	if (!sameDimension(toldUnit.dimension, foundUnit.dimension)) return false;
	return told.readings.some((one) =>
		found.readings.some((other) => near(one * toldUnit.scale, other * foundUnit.scale)),
	);
}

/** Cents belong to any currency, bare degrees to any scale. */
function sameDimension(one: string, other: string): boolean {
	if (one === other) return true;
	const degrees = ['temperature', 'fahrenheit'];
	if ((one === 'angle' && degrees.includes(other)) || (other === 'angle' && degrees.includes(one))) return true;
	return one.startsWith('money') && other.startsWith('money') && (one === 'money:cent' || other === 'money:cent');
}

function near(one: number, other: number): boolean {
	if (Number.isInteger(one) && Number.isInteger(other)) return one === other;
	return Math.abs(one - other) <= 1e-12 * Math.max(Math.abs(one), Math.abs(other));
}

/** Whether the unit that the sentence gives to a bare number of the quote is said there, at another number or in a header. */
function unitIsSaid(told: Value, found: Value, units: ReadonlySet<string>): boolean {
	if (told.unit === undefined || found.unit !== undefined || found.kind !== 'number') return true;
	if (told.unit.dimension === 'money:cent') return [...units].some((unit) => unit.startsWith('money'));
	return units.has(unitKey(told.unit));
}

export function unitKey({ dimension, scale }: Unit): string {
	return `${dimension} ${scale}`;
}

/** The units said in quote and context, and again as `bare …` where they stand without a number: `month` in a head, `every month`. */
export function mentionedUnits({ quote, context }: Evidence): Set<string> {
	const units = new Set<string>();
	for (const { tokens, values, valueAt, language } of [quote, context]) {
		for (const { unit, isRhythm } of values) {
			if (unit !== undefined) units.add(unitKey(unit));
			if (isRhythm === true) units.add(`bare ${unitKey(unit!)}`);
		}
		tokens.forEach(({ kind, text, parts }, at) => {
			if (valueAt[at] !== -1 && kind !== 'identifier' && tokens[at - 1]?.text !== '(') return;
			for (const word of kind === 'identifier' ? (parts ?? []) : [text]) {
				// (s) in the head of a column is a unit, an s elsewhere is not.
				if (word.length < 2 && kind !== 'mark' && tokens[at - 1]?.text !== '(') continue;
				const unit = unitOf(word, language);
				if (unit !== undefined) units.add(unitKey(unit)).add(`bare ${unitKey(unit)}`);
			}
		});
	}
	return units;
}

const longestSpelling = 8;

/** Whether an identifier stands in the quotes in pieces (`PX 1200 B`), or a number inside one (`v2.3`). */
function isSpelledOut(value: Value, sentence: Reading, { quote, context }: Evidence): boolean {
	const text =
		value.kind === 'identifier'
			? value.id!
			: value.unit === undefined
				? (sentence.tokens[value.to - 1]!.digits ?? '')
				: '';
	if (value.kind === 'identifier' && text.length === 1) {
		return [quote, context].some(({ tokens }) => tokens.some((token) => token.text === text));
	}
	if (text.length < 2) return false;
	return [quote, context].some(({ tokens }) => {
		for (let from = 0; from < tokens.length; from++) {
			let joined = '';
			for (let i = from; i < tokens.length && i < from + longestSpelling && joined.length < text.length; i++) {
				const { kind, text: piece } = tokens[i]!;
				if (kind === 'mark' && i === from) break;
				if (kind !== 'mark') joined += value.kind === 'identifier' ? piece.replaceAll(/[-_/:'&@+#\s]/g, '') : piece;
			}
			const isCode = value.kind === 'identifier' || tokens[from]!.kind === 'identifier' || text.length >= 7;
			if (joined === text && isCode) return true;
		}
		return false;
	});
}

/** Whether a bare number reads as a year. */
export function isYearNumber(value: Value): boolean {
	return (
		value.kind === 'number' && value.unit === undefined && value.readings.length === 1 && isYear(value.readings[0]!)
	);
}
