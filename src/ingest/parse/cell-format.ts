import { format, getFormatDateInfo, isDateFormat } from 'numfmt';

/** The formats that files refer to by number alone (ECMA-376 part 1, 18.8.30). */
const builtIn: Readonly<Record<number, string>> = {
	0: 'General',
	1: '0',
	2: '0.00',
	3: '#,##0',
	4: '#,##0.00',
	9: '0%',
	10: '0.00%',
	11: '0.00E+00',
	12: '# ?/?',
	13: '# ??/??',
	14: 'yyyy-mm-dd',
	15: 'd-mmm-yy',
	16: 'd-mmm',
	17: 'mmm-yy',
	18: 'h:mm AM/PM',
	19: 'h:mm:ss AM/PM',
	20: 'h:mm',
	21: 'h:mm:ss',
	22: 'yyyy-mm-dd h:mm',
	37: '#,##0;(#,##0)',
	38: '#,##0;(#,##0)',
	39: '#,##0.00;(#,##0.00)',
	40: '#,##0.00;(#,##0.00)',
	41: '#,##0;(#,##0);"-"',
	42: '#,##0;(#,##0);"-"',
	43: '#,##0.00;(#,##0.00);"-"',
	44: '#,##0.00;(#,##0.00);"-"',
	45: 'mm:ss',
	46: '[h]:mm:ss',
	47: 'mm:ss.0',
	49: '@',
};

/** East Asian editions have dates and times of their own under these numbers. */
const eastAsian = /^(?:2[7-9]|3[0-6]|5[0-8])$/;

/** The pattern of a built-in number format. */
export function builtInFormat(id: number): string {
	return builtIn[id] ?? (eastAsian.test(String(id)) ? 'yyyy-mm-dd' : 'General');
}

/** A number as its sheet shows it by `pattern`, save that dates are ISO 8601 where they name a day: `03/04/25` could be two. */
export type CellFormat = (value: number) => string;

/** `is1904`: days are counted from 1904, not 1900. */
export function cellFormat(pattern: string, is1904: boolean): CellFormat {
	if (/^(?:general|@)?$/i.test(pattern)) return plainNumber;
	try {
		if (isDateFormat(pattern)) return dateFormat(pattern, is1904 ? 1462 : 0);
	} catch {
		return plainNumber; // A pattern that programs ignore as well.
	}
	return (value) => formatted(pattern, value);
}

function dateFormat(pattern: string, shift: number): CellFormat {
	const has = getFormatDateInfo(pattern);
	const time = has.seconds ? ' hh:mm:ss' : has.hours || has.minutes ? ' hh:mm' : '';
	const isDay = has.year && has.month && has.day;
	const shown = isDay ? `yyyy-mm-dd${time}` : has.year && has.month && !has.day ? 'mmmm yyyy' : pattern;
	// A time alone counts from no epoch.
	return (value) => formatted(shown, has.year || has.month || has.day ? value + shift : value);
}

function formatted(pattern: string, value: number): string {
	const text = format(pattern, value, { throws: false }).replaceAll(/\s+/g, ' ').trim();
	// Nothing (`;;;`), and hashes for what has no date.
	return text === '' || /^#+$/.test(text) ? plainNumber(value) : text;
}

/** Ten digits after the point at most, so that binary fractions read as they were typed; whole numbers in full. */
function plainNumber(value: number): string {
	if (Number.isInteger(value)) return Math.abs(value) < 1e15 ? String(value) : String(Number(value.toPrecision(15)));
	return String(Number(value.toPrecision(11)));
}
