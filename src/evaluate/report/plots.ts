import type { Interval } from '../statistics/bootstrap.ts';
import { escape, percent, points, range } from './markup.ts';
import { around, type Scale, share } from './scale.ts';

/** A value with its interval, of a system. `colour` counts from 0. */
export type Mark = {
	readonly name: string;
	readonly colour: number;
	readonly value: number | null;
	readonly interval: Interval | null;
};

/** Markers differ by shape too, so that colour is not needed to tell them apart. */
const shapes = [
	'M-5 0A5 5 0 1 0 5 0A5 5 0 1 0-5 0Z',
	'M-4.5-4.5H4.5V4.5H-4.5Z',
	'M0-6L5.5 4.5H-5.5Z',
	'M0-6L6 0L0 6L-6 0Z',
	'M-5.5-4.5H5.5L0 6Z',
	'M-6-2H-2V-6H2V-2H6V2H2V6H-2V2H-6Z',
];

/** Colours and shapes come again after so many systems. */
const distinct = shapes.length;

/** One line for each mark: a dot on its interval, between 0 and 100 %. */
export function intervalPlot(marks: readonly Mark[], about: string): string {
	const rows = marks.map((mark) => row(mark, dotOn(mark, share), percent(mark.value), about));
	return `<div class="plot">${rows.join('')}${axis(share, percent)}</div>`;
}

/** One line for each difference, around 0. */
export function differencePlot(marks: readonly Mark[], about: string): string {
	const ends = marks.flatMap(({ value, interval }) => [value ?? 0, interval?.low ?? 0, interval?.high ?? 0]);
	const scale = around(ends);
	const rows = marks.map((mark) => {
		const zero = `<line class="zero" x1="50%" x2="50%" y1="0" y2="100%"/>`;
		return row(mark, dotOn(mark, scale, zero), points(mark.value), about);
	});
	return `<div class="plot pairs">${rows.join('')}${axis(scale, points)}</div>`;
}

/** A bar with its interval for each system, class by class. */
export function barPlot(
	classes: readonly { readonly name: string; readonly marks: readonly Mark[] }[],
	about: string,
): string {
	const groups = classes.map(({ name, marks }) => {
		const rows = marks.map((mark) => row(mark, barOf(mark), percent(mark.value), `${about}, ${name}`));
		return `<div class="group"><h3>${escape(name)}</h3>${rows.join('')}</div>`;
	});
	return `<div class="plot bars">${groups.join('')}${axis(share, percent)}</div>`;
}

/** The class of its colour. */
export function colourOf(colour: number): string {
	return `c${colour % distinct}`;
}

/** A marker with its colour, for tables and legends. */
export function swatch(colour: number): string {
	return `<svg class="swatch ${colourOf(colour)}" width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true"><path d="${shapes[colour % distinct]}"/></svg>`;
}

/** A marker at a place of a plot. */
export function marker(colour: number, x: string, y: string): string {
	return `<svg x="${x}" y="${y}" overflow="visible" class="${colourOf(colour)}"><path d="${shapes[colour % distinct]}"/></svg>`;
}

/** Where 0 to 1 lies across a plot. */
export function across(at: number): string {
	return `${(at * 100).toFixed(2)}%`;
}

function row(mark: Mark, inside: string, value: string, about: string): string {
	const title = `${mark.name}, ${about}: ${value}${mark.interval ? `, 95 % interval ${range(mark.interval)}` : ''}`;
	return `<div class="row"><span class="name">${swatch(mark.colour)}${escape(mark.name)}</span><svg class="track" role="img" aria-label="${escape(title)}"><title>${escape(title)}</title>${inside}</svg><span class="value">${value}</span></div>`;
}

function grid({ ticks }: Scale): string {
	return ticks.map(({ at }) => `<line class="grid" x1="${across(at)}" x2="${across(at)}" y1="0" y2="100%"/>`).join('');
}

function whisker({ interval, colour }: Mark, { at }: Scale): string {
	if (interval === null || interval.low === interval.high) return '';
	const [low, high] = [across(at(interval.low)), across(at(interval.high))];
	return `<line class="whisker ${colourOf(colour)}" x1="${low}" x2="${high}" y1="50%" y2="50%"/>`;
}

function dotOn(mark: Mark, scale: Scale, behind = ''): string {
	const dot = mark.value === null ? '' : marker(mark.colour, across(scale.at(mark.value)), '50%');
	return grid(scale) + behind + whisker(mark, scale) + dot;
}

function barOf(mark: Mark): string {
	const bar = `<rect class="bar ${colourOf(mark.colour)}" x="0" y="25%" height="50%" width="${across(mark.value ?? 0)}"/>`;
	return grid(share) + (mark.value === null ? '' : bar) + whisker(mark, share);
}

function axis({ ticks }: Scale, label: (value: number) => string): string {
	const texts = ticks.map(({ at, value }) => {
		const anchor = at === 0 ? 'start' : at === 1 ? 'end' : 'middle';
		return `<text x="${across(at)}" y="14" text-anchor="${anchor}">${label(value)}</text>`;
	});
	return `<div class="row axis" aria-hidden="true"><span class="name"></span><svg class="track" height="20">${texts.join('')}</svg><span class="value"></span></div>`;
}
