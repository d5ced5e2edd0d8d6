/** Amounts as people read them. */

/** `$0.00042`, `$12.50`, `$1,300`: three digits that count. */
export function dollars(value: number): string {
	if (value === 0) return '$0';
	if (value < 1) return `$${Number(value.toPrecision(2)).toLocaleString('en-US', { maximumFractionDigits: 12 })}`;
	if (value < 100) return `$${value.toFixed(2).replace(/\.00$/, '')}`;
	return `$${Number(value.toPrecision(3)).toLocaleString('en-US')}`;
}

/** `12`, `3,400`, `2.5`: three digits that count. */
export function count(value: number): string {
	return Number(value.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 12 });
}

/** `12 days`, `5 months`, `3 years` */
export function duration(days: number): string {
	if (days < 60) return plural(Math.max(1, Math.round(days)), 'day');
	if (days < 730) return plural(Math.round(days / (365 / 12)), 'month');
	return days < 36_500 ? plural(Math.round(days / 365), 'year') : 'more than a century';
}

function plural(number: number, noun: string): string {
	return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
