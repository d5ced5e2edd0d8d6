import { type CalendarDate, isDoubtfulMonth, isYear, monthOf, weekdayOf } from './calendar.ts';
import type { Token } from './lex.ts';
import { numberAt, ordinalAt } from './number-words.ts';
import {
	germanAdjective,
	isWorking,
	mayStandBetween,
	powerOf,
	rhythmOf,
	unitOf,
	workingDay,
	type Unit,
} from './units.ts';

/** Something in a text that an answer has to repeat exactly. */
export type Value = {
	readonly kind: 'number' | 'date' | 'weekday' | 'time' | 'identifier';
	/** Token indices, end exclusive. */
	readonly from: number;
	readonly to: number;
	readonly readings: readonly number[];
	readonly unit?: Unit;
	readonly dates?: readonly CalendarDate[];
	/** Identifiers: one spelling. */
	readonly id?: string;
	/** `one`, `a`, `first`: said too often in passing to be asked for. */
	readonly isSoft: boolean;
	/** `every week`, `per month`, `daily`: one unit, which any mention of the unit supports. */
	readonly isRhythm?: boolean;
	readonly isOrdinal?: boolean;
	/** An explicit sign, told by `+3.5 %` and `−2.0 %`. */
	readonly sign?: 1 | -1;
	/** Number words: a sum of them (`2 hours and 10 minutes`) replaces its members, which stay here. */
	readonly members?: readonly Value[];
	/** One of a list of single things in a span: weekday ranges. */
	readonly isRangeEnd?: boolean;
};

const determiners = new Set(
	'a an per each every single ein eine einen einem einer pro je jede jeden jeder jedes un una por cada une par chaque once'.split(
		' ',
	),
);
const soft = new Set('one a an once single sole ein eine einen einem einer eines eins un una uno une'.split(' '));
const halves = new Set('half halbe halbes halber halben halb media medio demi demie'.split(' '));
const timesWords: Readonly<Record<string, Readonly<Record<string, number>>>> = {
	en: { twice: 2, thrice: 3 },
	de: { zweimal: 2, dreimal: 3, viermal: 4, fünfmal: 5 },
	es: {},
	fr: {},
};
const fixedAmounts: Readonly<Record<string, readonly [number, Unit]>> = {
	viertelstunde: [15, { dimension: 'time', scale: 60 }],
	dreiviertelstunde: [45, { dimension: 'time', scale: 60 }],
	halbjahr: [6, { dimension: 'months', scale: 1 }],
	vierteljahr: [3, { dimension: 'months', scale: 1 }],
	anderthalb: [1.5, { dimension: '', scale: 1 }],
	eineinhalb: [1.5, { dimension: '', scale: 1 }],
	zweieinhalb: [2.5, { dimension: '', scale: 1 }],
	dreieinhalb: [3.5, { dimension: '', scale: 1 }],
	noon: [12 * 60, { dimension: 'clock', scale: 1 }],
	midday: [12 * 60, { dimension: 'clock', scale: 1 }],
	midnight: [0, { dimension: 'clock', scale: 1 }],
	mittag: [12 * 60, { dimension: 'clock', scale: 1 }],
	mitternacht: [0, { dimension: 'clock', scale: 1 }],
	mediodía: [12 * 60, { dimension: 'clock', scale: 1 }],
	medianoche: [0, { dimension: 'clock', scale: 1 }],
	midi: [12 * 60, { dimension: 'clock', scale: 1 }],
	minuit: [0, { dimension: 'clock', scale: 1 }],
};
const currencyMarks = new Set(['€', '$', '£', '¥']);
const zones = new Set('utc gmt cet cest bst pdt edt mez mesz msk'.split(' '));

/** What the functions below read from. */
type Line = {
	readonly tokens: readonly Token[];
	/** The text of words, empty for other tokens. */
	readonly words: readonly string[];
	readonly language: string;
};

/** The values of a text's tokens, in order; they do not overlap. */
export function readValues(tokens: readonly Token[], language: string): Value[] {
	const words = tokens.map(({ kind, text }) => (kind === 'word' ? text : ''));
	return readLine({ tokens, words, language });
}

function readLine(line: Line): Value[] {
	const values: Value[] = [];
	let at = 0;
	while (at < line.tokens.length) {
		const value = valueAt(line, at);
		if (value === null) at++;
		else {
			values.push(value);
			at = value.to;
		}
	}
	return joined(line, values).map((value) => withKeyUnit(line, value));
}

function valueAt(line: Line, at: number): Value | null {
	const token = line.tokens[at]!;
	switch (token.kind) {
		case 'identifier':
			return { kind: 'identifier', from: at, to: at + 1, readings: [], id: token.text, isSoft: false };
		case 'date':
			return { kind: 'date', from: at, to: at + 1, readings: [], dates: token.dates!, isSoft: false };
		case 'time':
			return time(line, at, token.minutes!);
		case 'number':
			return fromDigits(line, at, token);
		case 'mark':
			return fromMark(line, at, token.text);
		case 'word':
			return fromWord(line, at, token);
		default:
			return null;
	}
}

function time(line: Line, at: number, minutes: number): Value {
	const to = ['uhr', 'h'].includes(line.words[at + 1] ?? '') ? at + 2 : at + 1;
	return { kind: 'time', from: at, to, readings: [minutes], isSoft: false };
}

function fromMark(line: Line, at: number, mark: string): Value | null {
	const next = line.tokens[at + 1];
	if (currencyMarks.has(mark) && next?.kind === 'number') return moneyValue(line, at, unitOf(mark, line.language)!);
	if (mark === '/') {
		const unit = unitOf(line.words[at + 1] ?? '', line.language);
		return unit !== undefined && isPeriod(unit) ? rhythmValue(at, at + 2, unit) : null;
	}
	if ((mark === '+' || mark === '-') && next?.kind === 'number' && standsAlone(line, at)) {
		const value = fromDigits(line, at + 1, next);
		return value === null ? null : { ...value, from: at, sign: mark === '+' ? 1 : -1 };
	}
	return null;
}

/** Whether a sign belongs to the number after it: nothing but a space, a bracket or a cell border before it. */
function standsAlone(line: Line, at: number): boolean {
	const before = line.tokens[at - 1];
	if (before === undefined) return true;
	const isTight = line.tokens[at + 1]!.start === line.tokens[at]!.end;
	return isTight && (before.kind === 'mark' || before.end < line.tokens[at]!.start) && before.kind !== 'number';
}

/** An amount of money whose sign or code stands before the number: `EUR 12`, `$12 million`. */
function moneyValue(line: Line, at: number, unit: Unit): Value {
	const { to, readings } = scaled(line, at + 2, line.tokens[at + 1]!.readings!);
	const short = moneyScales.get(line.words[to] ?? '');
	if (short === undefined) return amountOf(at, to, readings, unit);
	return amountOf(
		at,
		to + 1,
		readings.map((reading) => reading * short),
		unit,
	);
}

/** After an amount of money: €4.2m. */
const moneyScales = new Map([
	['m', 1e6],
	['mn', 1e6],
	['bn', 1e9],
]);

function amountOf(from: number, to: number, readings: readonly number[], unit: Unit): Value {
	return { kind: 'number', from, to, readings, isSoft: false, unit };
}

const scales = new Map(
	Object.entries({
		thousand: 1e3,
		million: 1e6,
		billion: 1e9,
		tausend: 1e3,
		mio: 1e6,
		millionen: 1e6,
		mrd: 1e9,
		milliarden: 1e9,
		mil: 1e3,
		millones: 1e6,
		mille: 1e3,
		millions: 1e6,
		milliards: 1e9,
	}),
);

/** The number with the scale word after it, if there is one: `2.5 million`. */
function scaled(
	line: Line,
	at: number,
	readings: readonly number[],
): { readonly to: number; readonly readings: readonly number[] } {
	const scale = scales.get(line.words[at] ?? '');
	return scale === undefined
		? { to: at, readings }
		: { to: at + 1, readings: readings.map((reading) => reading * scale) };
}

function fromDigits(line: Line, at: number, token: Token): Value | null {
	const isOrdinal = token.isOrdinal === true;
	const date = dateFromDay(line, at, at + 1, token.readings![0]!, isOrdinal);
	if (date !== null) return date;
	const clock = clockAt(line, at, token) ?? partOfDay(line, at, at + 1, token.readings![0]!);
	if (clock !== null) return clock;
	if (isOrdinal) {
		return { kind: 'number', from: at, to: at + 1, readings: token.readings!, isSoft: false, isOrdinal };
	}
	const { to, readings } = scaled(line, at + 1, token.readings!);
	return quantity(line, at, to, readings);
}

/** `14 Uhr`, `14.30 Uhr`, `8 h 30`, `2 de la tarde`. */
function clockAt(line: Line, at: number, token: Token): Value | null {
	const after = line.tokens[at + 2];
	if (
		line.words[at + 1] === 'h' &&
		after?.kind === 'number' &&
		/^[0-5]\d$/.test(after.digits!) &&
		/^\d{1,2}$/.test(token.digits!)
	) {
		const readings = [Number(token.digits) * 60 + Number(after.digits)];
		return { kind: 'time', from: at, to: at + 3, readings, isSoft: false };
	}
	if (line.words[at + 1] === 'de' && line.words[at + 2] === 'la' && token.readings![0]! <= 12) {
		const part = line.words[at + 3] ?? '';
		const later = part === 'tarde' || part === 'noche' ? 12 : 0;
		if (later > 0 || part === 'mañana') {
			const readings = [((token.readings![0]! % 12) + later) * 60];
			return { kind: 'time', from: at, to: at + 4, readings, isSoft: false };
		}
	}
	if (line.words[at + 1] !== 'uhr') return null;
	const [hours, minutes] = token.digits!.split(/[.,]/).map(Number);
	const readings = [hours! * 60 + (minutes ?? 0)];
	return { kind: 'time', from: at, to: at + 2, readings, isSoft: false };
}

/** `1 March 2025`, `31. Dezember`, `3 de mayo de 2024`, from the token of the day. */
function dateFromDay(line: Line, from: number, to: number, day: number, isOrdinal: boolean): Value | null {
	if (!Number.isInteger(day) || day < 1 || day > 31) return null;
	let next = skip(line, to, ['.', 'of', 'de', 'du', 'del']);
	const month = monthOf(line.words[next] ?? '');
	if (month === undefined) return null;
	if (isDoubtfulMonth(line.words[next]!) && next - to > 1 && !isOrdinal && line.words[to] !== 'of') {
		if (line.words[to] !== 'de' && line.tokens[to]?.text !== '.') return null;
	}
	next++;
	const year = yearAt(line, skip(line, next, ['.', ',', 'de', 'del', 'of']));
	const dates = [{ month, day, ...(year !== null && { year: year.value }) }];
	return { kind: 'date', from, to: year?.to ?? next, readings: [], dates, isSoft: false };
}

function skip(line: Line, at: number, passed: readonly string[]): number {
	const token = line.tokens[at];
	return token !== undefined && passed.includes(token.text) ? at + 1 : at;
}

function yearAt(line: Line, at: number): { readonly value: number; readonly to: number } | null {
	const token = line.tokens[at];
	if (token?.kind !== 'number' || !/^\d{4}$/.test(token.digits!) || !isYear(Number(token.digits))) return null;
	return { value: Number(token.digits), to: at + 1 };
}

/** A number of digits or words with the unit after it, if there is one. */
function quantity(line: Line, from: number, to: number, readings: readonly number[], isSoft = false): Value {
	const half = andAHalf(line, to);
	const amounts = half === null ? readings : readings.map((reading) => reading + half.add);
	const measured = unitAt(line, half?.to ?? to);
	if (measured === null) {
		const before = currencyBefore(line, from);
		if (before !== null) return amountOf(from, half?.to ?? to, amounts, before);
		return { kind: 'number', from, to: half?.to ?? to, readings: amounts, isSoft };
	}
	const after = half === null ? andAHalf(line, measured.to) : null;
	const total = after === null ? amounts : amounts.map((amount) => amount + after.add);
	const end = after?.to ?? measured.to;
	const { of, by } = measured.unit;
	if (of === undefined || by === undefined) return amountOf(from, end, total, measured.unit);
	// A sentence may leave the second unit out.
	const members = [amountOf(from, end - 2, total, of), ...(isPeriod(by) ? [rhythmValue(end - 2, end, by)] : [])];
	return { ...amountOf(from, end, total, measured.unit), members };
}

/** `EUR` before the number: the value then begins at the number all the same. */
function currencyBefore(line: Line, from: number): Unit | null {
	const word = line.words[from - 1] ?? '';
	const unit = word.length === 3 ? unitOf(word, line.language) : undefined;
	return unit?.dimension.startsWith('money') === true ? unit : null;
}

/** `and a half`, `y medio`, `et demie`. */
function andAHalf(line: Line, at: number): { readonly add: number; readonly to: number } | null {
	if (line.tokens[at]?.text === '½') return { add: 0.5, to: at + 1 };
	if (!['and', 'y', 'et', 'und'].includes(line.words[at] ?? '')) return null;
	const next = determiners.has(line.words[at + 1] ?? '') ? at + 2 : at + 1;
	const word = line.words[next] ?? '';
	if (!halves.has(word)) return null;
	return { add: 0.5, to: next + 1 };
}

/** The unit at a token or behind words that change nothing (`30 calendar days`, `3 more months`). */
function unitAt(line: Line, at: number): { readonly unit: Unit; readonly to: number } | null {
	let next = at;
	const mark = line.tokens[next];
	if (mark?.kind === 'mark') {
		const unit = markUnit(line, next);
		return unit;
	}
	let isWorkingDay = false;
	for (let skipped = 0; skipped < 2; skipped++) {
		const word = line.words[next] ?? '';
		if (isWorking(word)) isWorkingDay = true;
		else if (!mayStandBetween(word)) break;
		next++;
	}
	if (
		['celsius', 'fahrenheit'].includes(line.words[next + 1] ?? '') &&
		unitOf(line.words[next]!, line.language)?.dimension === 'angle'
	) {
		return { unit: unitOf(line.words[next + 1] === 'celsius' ? '°c' : '°f', line.language)!, to: next + 2 };
	}
	const two = percentWords(line, next);
	if (two !== null) return two;
	const power = powerAt(line, next);
	if (power !== null) return power;
	const unit = unitOf(line.words[next] ?? '', line.language);
	if (unit === undefined) return null;
	next++;
	if (isWorking(line.words[next] ?? '')) {
		isWorkingDay = true;
		next++;
	} else if (['naturales', 'calendaires', 'calendaire', 'natural'].includes(line.words[next] ?? '')) next++;
	if (isWorkingDay && unit.dimension === 'time' && unit.scale === 86_400) return { unit: workingDay, to: next };
	const ratio = ratioAt(line, next, unit);
	return ratio ?? { unit, to: next };
}

/** `square metres`, `metros cuadrados`. */
function powerAt(line: Line, at: number): { readonly unit: Unit; readonly to: number } | null {
	for (const [word, name] of [
		[at, at + 1],
		[at + 1, at],
	] as const) {
		const length = unitOf(line.words[name] ?? '', line.language);
		const unit = length === undefined ? undefined : powerOf(line.words[word] ?? '', length);
		if (unit !== undefined) return { unit, to: at + 2 };
	}
	return null;
}

function markUnit(line: Line, at: number): { readonly unit: Unit; readonly to: number } | null {
	const text = line.tokens[at]!.text;
	if (text === '°' && ['c', 'f'].includes(line.words[at + 1] ?? '')) {
		return { unit: unitOf(`°${line.words[at + 1]}`, line.language)!, to: at + 2 };
	}
	const unit = text === '/' || text === '-' ? undefined : unitOf(text, line.language);
	return unit === undefined ? null : { unit, to: at + 1 };
}

function percentWords(line: Line, at: number): { readonly unit: Unit; readonly to: number } | null {
	const pair = `${line.words[at] ?? ''} ${line.words[at + 1] ?? ''}`;
	if (pair === 'percentage points' || pair === 'percentage point' || pair === 'puntos porcentuales') {
		return { unit: { dimension: 'percent-points', scale: 1 }, to: at + 2 };
	}
	if (!['per cent', 'por ciento', 'pour cent'].includes(pair)) return null;
	return { unit: { dimension: 'percent', scale: 1 }, to: at + 2 };
}

/** `mL/min`, `km/h`: a unit of its own. */
function ratioAt(line: Line, at: number, unit: Unit): { readonly unit: Unit; readonly to: number } | null {
	if (!['/', 'per', 'pro', 'por', 'par'].includes(line.tokens[at]?.text ?? '')) return null;
	if (unit.dimension.startsWith('money') || isPeriod(unit) || unit.dimension.startsWith('percent')) return null;
	const below = unitOf(line.words[at + 1] ?? '', line.language);
	if (below === undefined) return null;
	const dimension = `${unit.dimension}/${below.dimension}`;
	return { unit: { dimension, scale: unit.scale / below.scale, of: unit, by: below }, to: at + 2 };
}

function fromWord(line: Line, at: number, { text: word, isCapital }: Token): Value | null {
	const isCurrencyCode = word.length === 3 && line.tokens[at + 1]?.kind === 'number';
	const money = isCurrencyCode ? unitOf(word, line.language) : undefined;
	if (money?.dimension.startsWith('money') === true) {
		return moneyValue(line, at, money);
	}
	const month = monthOf(word);
	if (month !== undefined) {
		const date = dateFromMonth(line, at, month, isCapital);
		if (date !== null) return date;
	}
	const weekday = weekdayOf(word) ?? abbreviatedDay(line, at);
	if (weekday !== undefined) return weekdayValue(line, at, weekday);
	if (zones.has(word)) return { kind: 'identifier', from: at, to: at + 1, readings: [], id: word, isSoft: false };
	if (isHalfOfAll(line, at)) {
		return amountOf(at, at + 1, [50], unitOf('%', line.language)!);
	}
	if (word.length === 1 && line.tokens[at - 1]?.text === '(' && line.tokens[at + 1]?.text === ')') {
		return { kind: 'identifier', from: at, to: at + 1, readings: [], id: word, isSoft: false };
	}
	// Annex C, Form K: a single letter behind a word is a name of its own.
	if (/^[b-df-hj-mp-rv-xz]$/.test(word) && line.words[at - 1] !== undefined && line.words[at - 1] !== '') {
		return { kind: 'identifier', from: at, to: at + 1, readings: [], id: word, isSoft: false };
	}
	if (Object.hasOwn(fixedAmounts, word)) return fixed(line, at, fixedAmounts[word]!);
	const rhythm = rhythmOf(word, line.language);
	if (rhythm !== undefined) return rhythmValue(at, at + 1, rhythm);
	return (
		spokenTime(line, at) ??
		fraction(line, at) ??
		rhythmAt(line, at) ??
		durationAdjective(line, at) ??
		fromNumberWords(line, at) ??
		fromOrdinal(line, at)
	);
}

/** `half`, `a half`, `die Hälfte`: 50 %; not the first half, half past, half an hour. */
function isHalfOfAll(line: Line, at: number): boolean {
	if (!['half', 'hälfte', 'mitad', 'moitié'].includes(line.words[at]!)) return false;
	if (line.words[at + 1] === 'past' || fraction(line, at) !== null) return false;
	return ordinalAt(line.words, at - 1, line.language) === null && line.words[at - 1] !== 'last';
}

/** Half past eight, a quarter to nine; German halb neun, Viertel nach acht. Both halves of the day. */
function spokenTime(line: Line, at: number): Value | null {
	const from = ['a', 'ein'].includes(line.words[at]!) ? at + 1 : at;
	const [share, link] = [line.words[from] ?? '', line.words[from + 1] ?? ''];
	const minutes = { half: 30, quarter: 15, viertel: 15 }[share];
	const isGermanHalf = share === 'halb' && line.language === 'de';
	const hourAt = isGermanHalf ? from + 1 : from + 2;
	const sign = ['past', 'nach'].includes(link) ? 1 : ['to', 'vor'].includes(link) ? -1 : 0;
	if (!isGermanHalf && (minutes === undefined || sign === 0)) return null;
	const digits = line.tokens[hourAt]?.readings?.[0] ?? null;
	const spelled = digits === null ? numberAt(line.words, hourAt, line.language) : { value: digits, length: 1 };
	if (spelled === null || spelled.value < 1 || spelled.value > 12) return null;
	const start = (spelled.value % 12) * 60 + (isGermanHalf ? -30 : sign * minutes!);
	const readings = [(start + 720) % 720, ((start + 720) % 720) + 720];
	return { kind: 'time', from: at, to: hourAt + spelled.length, readings, isSoft: false };
}

/** `8 in the evening`, `2 o'clock`, `two in the afternoon`. */
function partOfDay(line: Line, from: number, to: number, hour: number): Value | null {
	if (line.language !== 'en' || !Number.isInteger(hour) || hour < 1 || hour > 12) return null;
	const isClock = line.words[to] === 'clock' || (line.words[to] === 'o' && line.words[to + 1] === 'clock');
	const next = isClock ? (line.words[to] === 'o' ? to + 2 : to + 1) : to;
	const part = line.words[next] === 'in' && line.words[next + 1] === 'the' ? (line.words[next + 2] ?? '') : '';
	const morning = (hour % 12) * 60;
	if (part === 'morning') return { kind: 'time', from, to: next + 3, readings: [morning], isSoft: false };
	if (part === 'afternoon' || part === 'evening') {
		return { kind: 'time', from, to: next + 3, readings: [morning + 720], isSoft: false };
	}
	return isClock ? { kind: 'time', from, to: next, readings: [morning, morning + 720], isSoft: false } : null;
}

/** A German adjective of duration: dreimonatige. */
function durationAdjective(line: Line, at: number): Value | null {
	const found = line.language === 'de' ? germanAdjective.exec(line.words[at]!) : null;
	if (found === null || found[1] === '') return null;
	const count = numberAt([found[1]!], 0, 'de');
	const unit = unitOf(found[2]!, 'de');
	return count === null || unit === undefined ? null : amountOf(at, at + 1, [count.value], unit);
}

function fixed(line: Line, at: number, [amount, unit]: readonly [number, Unit]): Value {
	if (unit.dimension === '') return quantity(line, at, at + 1, [amount]);
	if (unit.dimension === 'clock') return { kind: 'time', from: at, to: at + 1, readings: [amount], isSoft: false };
	return amountOf(at, at + 1, [amount], unit);
}

/** Whether things repeat by a unit: hours, days, months. */
function isPeriod({ dimension }: Unit): boolean {
	return ['time', 'months', 'working', 'nights'].includes(dimension);
}

function rhythmValue(from: number, to: number, unit: Unit): Value {
	return { kind: 'number', from, to, readings: [1], unit, isSoft: false, isRhythm: true };
}

/** `March 1st, 2025`, `March 2025`, `in March`. */
function dateFromMonth(line: Line, at: number, month: number, isCapital: boolean): Value | null {
	const next = line.tokens[at + 1];
	const day = next?.kind === 'number' && /^\d{1,2}$/.test(next.digits!) ? Number(next.digits) : null;
	if (day !== null && day >= 1 && day <= 31 && unitAt(line, at + 2) === null) {
		const year = yearAt(line, skip(line, at + 2, [',']));
		const dates = [{ month, day, ...(year !== null && { year: year.value }) }];
		return { kind: 'date', from: at, to: year?.to ?? at + 2, readings: [], dates, isSoft: false };
	}
	const year = yearAt(line, skip(line, at + 1, [',', 'de', 'of', '.']));
	if (year === null && isDoubtfulMonth(line.words[at]!) && !isMonthHere(line, at, isCapital)) return null;
	const dates = [{ month, ...(year !== null && { year: year.value }) }];
	return { kind: 'date', from: at, to: year?.to ?? at + 1, readings: [], dates, isSoft: false };
}

function isMonthHere(line: Line, at: number, isCapital: boolean): boolean {
	const before = line.words[at - 1] ?? '';
	return (
		[
			'in',
			'since',
			'until',
			'till',
			'by',
			'from',
			'during',
			'early',
			'late',
			'of',
			'im',
			'seit',
			'en',
			'ab',
			'to',
			'till',
			'through',
			'before',
			'after',
			'-',
			'–',
		].includes(before === '' ? (line.tokens[at - 1]?.text ?? '') : before) && !(line.words[at] === 'mar' && !isCapital)
	);
}

const abbreviations = new Map(Object.entries({ mon: 1, wed: 3, sat: 6, sun: 7 }));

/** `Mon–Fri`: short names that are other words, too, count beside another day. */
function abbreviatedDay(line: Line, at: number): number | undefined {
	const day = abbreviations.get(line.words[at]!);
	if (day === undefined) return undefined;
	const isDay = (other: number): boolean =>
		weekdayOf(line.words[other] ?? '') !== undefined || abbreviations.has(line.words[other] ?? '');
	const isLinked = (between: number): boolean =>
		['-', '–', '—', 'to', 'and', ',', '/'].includes(line.tokens[between]?.text ?? '');
	return (isLinked(at + 1) && isDay(at + 2)) || (isLinked(at - 1) && isDay(at - 2)) ? day : undefined;
}

function weekdayValue(line: Line, at: number, day: number): Value {
	const range = ['to', 'through', 'bis', 'a', 'au', '-', '–', 'and', 'until'];
	const isRangeEnd =
		(range.includes(line.tokens[at + 1]?.text ?? '') && isWeekday(line, at + 2, ['al'])) ||
		(range.includes(line.tokens[at - 1]?.text ?? '') && isWeekday(line, at - 2, []));
	return { kind: 'weekday', from: at, to: at + 1, readings: [day], isSoft: false, isRangeEnd };
}

function isWeekday(line: Line, at: number, passed: readonly string[]): boolean {
	return weekdayOf(line.words[skip(line, at, passed)] ?? '') !== undefined;
}

const shared = new Set(['time', 'months', 'volume', 'mass', 'length', 'data']);

/** `half an hour`, `a quarter of an hour`, `media hora`, `un quart d'heure`, `three quarters of an hour`. */
function fraction(line: Line, at: number): Value | null {
	let next = at;
	const count = numberAt(line.words, next, line.language);
	if (count !== null) next += count.length;
	else if (determiners.has(line.words[next] ?? '') || line.words[next] === 'a') next++;
	const word = line.words[next] ?? '';
	const share = halves.has(word)
		? 0.5
		: ['quarter', 'quarters', 'viertel', 'cuarto', 'cuartos', 'quart', 'quarts'].includes(word)
			? 0.25 * (count?.value ?? 1)
			: null;
	if (share === null) return null;
	next++;
	let passed = next;
	while (['of', 'an', 'a', 'de', 'einer', 'eines'].includes(line.words[passed] ?? '')) passed++;
	const unit = unitOf(line.words[passed] ?? '', line.language);
	const points = percentWords(line, passed);
	if (points !== null) return amountOf(at, points.to, [share], points.unit);
	if (unit !== undefined && shared.has(unit.dimension)) return amountOf(at, passed + 1, [share], unit);
	// a quarter of the staff
	const isOfAll =
		share !== 0.5 &&
		line.words[next] === 'of' &&
		count === null &&
		ordinalAt(line.words, at - 1, line.language) === null;
	return isOfAll ? amountOf(at, next, [share * 100], unitOf('%', line.language)!) : null;
}

/** `a day`, `per month`, `each week`, `every rental month`, `chaque jour`. */
function rhythmAt(line: Line, at: number): Value | null {
	if (!determiners.has(line.words[at]!)) return null;
	if (line.words[at] === 'every' && line.words[at + 1] === 'other') {
		const other = unitAt(line, at + 2);
		return other === null ? null : amountOf(at, other.to, [2], other.unit);
	}
	let next = at + 1;
	if (unitOf(line.words[next] ?? '', line.language) === undefined || line.words[next] === 'second') {
		const after = unitOf(line.words[next + 1] ?? '', line.language);
		if (after === undefined || !mayStandBetween(line.words[next] ?? '')) {
			if (!isWorking(line.words[next] ?? '')) return null;
		}
		next++;
	}
	const word = line.words[next] ?? '';
	const found = unitAt(line, at + 1);
	if (found === null || word === 'second' || word.length < 2) return null;
	if (!isPeriod(found.unit)) return null;
	const half = andAHalf(line, found.to);
	if (half !== null) return amountOf(at, half.to, [1 + half.add], found.unit);
	return rhythmValue(at, found.to, found.unit);
}

function fromNumberWords(line: Line, at: number): Value | null {
	const times = timesWords[line.language]?.[line.words[at]!];
	if (times !== undefined) return { kind: 'number', from: at, to: at + 1, readings: [times], isSoft: false };
	const found = numberAt(line.words, at, line.language);
	if (found === null) return null;
	const date = dateFromDay(line, at, at + found.length, found.value, false);
	if (date !== null) return date;
	const clock = partOfDay(line, at, at + found.length, found.value);
	if (clock !== null) return clock;
	const isSoft = found.length === 1 && (soft.has(line.words[at]!) || isOfTheTwo(line, at));
	return quantity(line, at, at + found.length, [found.value], isSoft);
}

/** `the lighter of the two` counts what was named before. */
function isOfTheTwo({ words }: Line, at: number): boolean {
	return (
		['the', 'den', 'los', 'las', 'des', 'les'].includes(words[at - 1] ?? '') &&
		['of', 'von', 'de', 'aus'].includes(words[at - 2] ?? '')
	);
}

function fromOrdinal(line: Line, at: number): Value | null {
	const found = ordinalAt(line.words, at, line.language);
	if (found === null) return null;
	const date = dateFromDay(line, at, at + found.length, found.value, true);
	if (date !== null) return date;
	const to = at + found.length;
	return { kind: 'number', from: at, to, readings: [found.value], isSoft: found.value <= 2, isOrdinal: true };
}

/** Durations said in two units become one: `2 hours and 10 minutes`. */
function joined(line: Line, values: readonly Value[]): Value[] {
	const joined: Value[] = [];
	for (const value of values.map((value, i) => dayOfRange(line, value, values[i + 1]))) {
		const last = joined.at(-1);
		const sum = last === undefined ? null : (sumOf(line, last, value) ?? frequencyOf(line, last, value));
		if (sum === null) joined.push(value);
		else joined[joined.length - 1] = sum;
	}
	return joined;
}

/** `timeout_ms: 5000`: a bare number behind a key that says its unit may be read with it. */
function withKeyUnit(line: Line, value: Value): Value {
	if (value.kind !== 'number' || value.unit !== undefined || value.members !== undefined) return value;
	for (let at = value.from - 1; at >= Math.max(0, value.from - 3); at--) {
		const token = line.tokens[at]!;
		if (token.kind === 'mark') continue;
		if (token.kind !== 'identifier') return value;
		for (const part of token.parts ?? []) {
			const unit = part.length > 1 ? unitOf(part, line.language) : undefined;
			if (unit !== undefined) return { ...value, members: [{ ...value, unit }] };
		}
		return value;
	}
	return value;
}

const times = new Set(['times', 'time', 'mal', 'veces', 'vez', 'fois', '×', 'x']);

/** Twice a year: every six months. */
function frequencyOf(line: Line, count: Value, period: Value): Value | null {
	if (period.isRhythm !== true || count.kind !== 'number' || count.unit !== undefined || count.isSoft) return null;
	const gap = line.tokens.slice(count.to, period.from).map(({ text }) => text);
	if (gap.length > 1 || (gap.length === 1 && !times.has(gap[0]!))) return null;
	const readings = count.readings.map((reading) => 1 / reading);
	const { unit } = period;
	return {
		kind: 'number',
		from: count.from,
		to: period.to,
		readings,
		unit: unit!,
		isSoft: false,
		members: [count, period],
	};
}

const rangeMarks = new Set(['-', '–', '—', 'to', 'and', 'or', 'bis', 'und', 'al', 'a', 'y', 'au', 'et', '&']);

/** The first number of `24–26 May` is a day of May, too. */
function dayOfRange(line: Line, value: Value, next: Value | undefined): Value {
	if (value.kind !== 'number' || value.unit !== undefined || next?.kind !== 'date') return value;
	const day = value.readings[0]!;
	const last = next.dates![0]!;
	const isRange = next.from === value.to + 1 && rangeMarks.has(line.tokens[value.to]!.text);
	if (!isRange || !Number.isInteger(day) || day < 1 || day > 31 || last.day === undefined) return value;
	return { kind: 'date', from: value.from, to: value.to, readings: [], dates: [{ ...last, day }], isSoft: false };
}

function sumOf(line: Line, first: Value, second: Value): Value | null {
	if (first.unit === undefined || second.unit === undefined || second.isRhythm === true) return null;
	const { dimension, scale } = first.unit;
	if (dimension !== second.unit.dimension || scale <= second.unit.scale || dimension.startsWith('money')) return null;
	if (!['time', 'months', 'length', 'mass'].includes(dimension)) return null;
	const gap = line.tokens.slice(first.to, second.from).map(({ text }) => text);
	if (gap.length > 1 || (gap.length === 1 && !['and', 'und', 'y', 'et'].includes(gap[0]!))) return null;
	const readings = [(first.readings[0]! * scale) / second.unit.scale + second.readings[0]!];
	return { ...first, to: second.to, readings, unit: second.unit, members: [first, second] };
}
