import type { Interval } from '../statistics/bootstrap.ts';
import { escape, percent } from './markup.ts';
import { across, colourOf, marker } from './plots.ts';
import { powers, type Scale, share } from './scale.ts';

/** A system by what it costs, in time or money, and how good it is. */
export type Point = {
	readonly name: string;
	readonly colour: number;
	/** Above 0. */
	readonly x: number;
	/** To where x reaches in bad cases; null when nobody knows. */
	readonly worst: number | null;
	readonly y: number;
	readonly interval: Interval | null;
};

const height = 300;
const bottom = 28;
const top = 32;
/** Room at both sides, so that markers are not cut. */
const side = 0.04;
/** Labels stand at least so many pixels apart. */
const lineHeight = 18;

/** Quality upwards, cost to the right on a logarithmic axis: better is up and left. `label` writes a value of x. */
export function scatterPlot(
	points: readonly Point[],
	{ about, label }: { readonly about: string; readonly label: (x: number) => string },
): string {
	const scale = powers(points.flatMap(({ x, worst }) => (worst === null ? [x] : [x, worst])));
	const x = (value: number): number => side + (1 - 2 * side) * scale.at(value);
	const marks = points.map((point) => markOf(point, x));
	return `<svg class="scatter" height="${height}" role="img" aria-label="${escape(about)}"><title>${escape(about)}</title>${gridOf(scale, label)}${marks.join('')}${labels(points, x)}</svg>`;
}

function y(value: number): number {
	return top + (1 - share.at(value)) * (height - top - bottom);
}

function gridOf({ ticks }: Scale, label: (x: number) => string): string {
	const rows = share.ticks.map(
		({ value }) =>
			`<line class="grid" x1="0" x2="100%" y1="${y(value)}" y2="${y(value)}"/><text x="0" y="${y(value) - 4}">${percent(value)}</text>`,
	);
	const columns = ticks.map(({ at, value }) => {
		const anchor = at === 0 ? 'start' : at === 1 ? 'end' : 'middle';
		const place = across(side + (1 - 2 * side) * at);
		return `<line class="tick" x1="${place}" x2="${place}" y1="${y(0)}" y2="${y(0) + 4}"/><text x="${place}" y="${height - 8}" text-anchor="${anchor}">${label(value)}</text>`;
	});
	return [...rows, ...columns].join('');
}

function markOf(point: Point, x: (value: number) => number): string {
	const { colour, interval, worst } = point;
	const place = across(x(point.x));
	const up =
		interval === null
			? ''
			: `<line class="whisker ${colourOf(colour)}" x1="${place}" x2="${place}" y1="${y(interval.low)}" y2="${y(interval.high)}"/>`;
	const right =
		worst === null
			? ''
			: `<line class="reach ${colourOf(colour)}" x1="${place}" x2="${across(x(worst))}" y1="${y(point.y)}" y2="${y(point.y)}"/>`;
	return up + right + marker(colour, place, String(y(point.y)));
}

type Label = { readonly at: number; readonly y: number; readonly text: string };

/** Names above or below their markers and intervals, further away where they would lie on others, a line leading to them then. */
function labels(points: readonly Point[], x: (value: number) => number): string {
	const taken: Label[] = points.map((point) => ({ at: x(point.x), y: y(point.y) + half, text: '' }));
	return points
		.toSorted((a, b) => b.y - a.y)
		.map((point) => {
			const places = placesFor(point, x(point.x));
			const label = places.find((place) => taken.every((other) => !collide(place, other))) ?? places[0]!;
			taken.push(label);
			const anchor = label.at < 0.12 ? 'start' : label.at > 0.88 ? 'end' : 'middle';
			const name = `<text class="label ${colourOf(point.colour)}" x="${across(label.at)}" y="${label.y}" text-anchor="${anchor}">${escape(point.name)}</text>`;
			return leader(point, label) + name;
		})
		.join('');
}

/** Half the height of a letter, in pixels. */
const half = 5;

/** Places within the plot, the nearest first. */
function placesFor({ name: text, y: value, interval }: Point, at: number): Label[] {
	const above = y(interval?.high ?? value) - 10;
	const below = y(interval?.low ?? value) + 20;
	const steps = Array.from({ length: Math.ceil(height / lineHeight) }, (_, step) => step * lineHeight);
	return steps
		.flatMap((away) => [above - away, below + away])
		.filter((place) => place > 2 * half && place < y(0) - half)
		.map((place) => ({ at, y: place, text }));
}

function leader({ colour, y: value, interval }: Point, { at, y: place }: Label): string {
	const isAbove = place < y(value);
	const end = isAbove ? y(interval?.high ?? value) : y(interval?.low ?? value);
	const begin = isAbove ? place + half : place - 3 * half;
	if (Math.abs(begin - end) < lineHeight) return '';
	return `<line class="reach ${colourOf(colour)}" x1="${across(at)}" x2="${across(at)}" y1="${begin}" y2="${end}"/>`;
}

/** Characters that a plot on a phone has room for side by side. */
const charactersAcross = 50;

function collide(a: Label, b: Label): boolean {
	const near = (a.text.length + b.text.length + 2) / 2 / charactersAcross;
	return Math.abs(a.at - b.at) < near && Math.abs(a.y - b.y) < lineHeight;
}
