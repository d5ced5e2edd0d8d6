import type { Interval } from '../statistics/bootstrap.ts';

/** Text as HTML shows it. */
export function escape(text: string): string {
	return text
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;')
		.replaceAll("'", '&#39;');
}

/** A table; cells are HTML. The first column names its row, the others are numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const first = `<tr>${head.map((cell) => `<th scope="col">${cell}</th>`).join('')}</tr>`;
	const others = rows.map(
		([name = '', ...cells]) =>
			`<tr><th scope="row">${name}</th>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`,
	);
	return `<div class="scroll"><table><thead>${first}</thead><tbody>${others.join('')}</tbody></table></div>`;
}

/** A plot with what it shows as a table behind it. */
export function figure(plot: string, caption: string, numbers: string): string {
	return `<figure>${plot}<figcaption>${caption}</figcaption><details class="numbers"><summary>The numbers</summary>${numbers}</details></figure>`;
}

/** `64 %`, `3.1 %`, held together by a space that does not break; a dash for what is not known. */
export function percent(value: number | null): string {
	if (value === null) return '–';
	const hundred = value * 100;
	return `${Math.abs(hundred) < 10 && hundred % 1 !== 0 ? hundred.toFixed(1) : hundred.toFixed(0)}\u00a0%`;
}

/** `56–72 %` */
export function range({ low, high }: Interval): string {
	return `${percent(low).replace('\u00a0%', '')}–${percent(high)}`;
}

/** A difference in percentage points: `+4.2`, `−12`, `0`. */
export function points(value: number | null): string {
	if (value === null) return '–';
	const size = Math.abs(value * 100);
	if (size < 0.05) return '0';
	return `${value < 0 ? '−' : '+'}${size < 10 ? size.toFixed(1) : size.toFixed(0)}`;
}

/** `3.2 ms`, `140 ms`, `1.4 s` */
export function milliseconds(ms: number): string {
	if (ms < 10) return `${Number(ms.toFixed(1))} ms`;
	return ms < 1000 ? `${ms.toFixed(0)} ms` : `${Number((ms / 1000).toFixed(1))} s`;
}

/** `$0.0042`, `$12.30` */
export function dollars(value: number): string {
	return `$${value !== 0 && value < 0.1 ? Number(value.toPrecision(2)) : value.toFixed(2)}`;
}
