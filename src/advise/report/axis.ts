import { powers } from '../../evaluate/report/scale.ts';
import { element, textAt } from './svg.ts';

/** Maps values to pixels. */
export type Scale = { readonly at: (value: number) => number; readonly ticks: readonly number[] };

export type Span = readonly [from: number, to: number];

/** Powers of ten as ticks; a value outside is drawn at the nearer end. Both ends must be above 0. */
export function logScale(ends: Span, [from, to]: Span): Scale {
	const { at, ticks } = powers(ends);
	return {
		at: (value) => from + (value > 0 ? at(value) : 0) * (to - from),
		ticks: ticks.map(({ value }) => value),
	};
}

/** From 0 to `most`, with the given number of equal steps. */
export function linearScale(most: number, steps: number, [from, to]: Span): Scale {
	return {
		at: (value) => from + (value / most) * (to - from),
		ticks: Array.from({ length: steps + 1 }, (_, index) => (index * most) / steps),
	};
}

/** Vertical lines with their values below. */
export function xAxis({ at, ticks }: Scale, [top, bottom]: Span, format: (value: number) => string): string {
	return ticks
		.map((tick) => {
			const line = element('path', { d: `M${at(tick)} ${top}V${bottom}`, class: 'grid' });
			return line + textAt(at(tick), bottom + 16, format(tick), { class: 'middle quiet small' });
		})
		.join('');
}

/** Horizontal lines with their values on the left. */
export function yAxis({ at, ticks }: Scale, [left, right]: Span, format: (value: number) => string): string {
	return ticks
		.map((tick) => {
			const line = element('path', { d: `M${left} ${at(tick)}H${right}`, class: 'grid' });
			return line + textAt(left - 8, at(tick) + 4, format(tick), { class: 'end quiet small' });
		})
		.join('');
}
