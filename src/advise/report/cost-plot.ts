import { escape } from '../../evaluate/report/markup.ts';
import type { Advice } from '../advise.ts';
import { type Approach, approaches, eachApproach } from '../approaches.ts';
import { daysPerMonth } from '../costs.ts';
import type { CurvePoint, Curves } from '../curves.ts';
import { published, type Claim } from '../published.ts';
import { count, dollars } from '../words.ts';
import { linearScale, logScale, type Scale, type Span, xAxis, yAxis } from './axis.ts';
import { drawing, element, round, textAt } from './svg.ts';

const [width, height] = [760, 420];
const across: Span = [84, 664];
const down: Span = [16, 370];

/** Money spent until each day at the user's volume, with what is published about the start and about break-even. */
export function costByDay({ costs }: Advice): string {
	const x = linearScale(costs.horizonMonths, Math.min(12, costs.horizonMonths), across);
	const byMonth = mapCurves(costs.byDay, (point) => ({ ...point, x: point.x / daysPerMonth }));
	const y = moneyScale(byMonth);
	const months = (queries: number): number => queries / costs.queriesPerDay / daysPerMonth;
	const payback = claimsOf('break-even-queries').filter(({ low }) => months(low) < costs.horizonMonths);
	const marks = [
		...payback.map((claim) =>
			verticalBand(
				x.at(months(claim.low)),
				Math.min(across[1], x.at(months(claim.high))),
				claimTitle('Tuning pays after', claim, 'queries'),
			),
		),
		...claimsOf('retrieval-build').map((claim, index) => startBar(claim, y, 'rag', index)),
		...claimsOf('tuning-run').map((claim, index) => startBar(claim, y, 'tuned', index + 4)),
	];
	const label = `months at ${count(costs.queriesPerDay)} queries a day; bars on the left: published ranges for building retrieval and for a tuning run`;
	return plot(byMonth, { x, y, marks, label, format: count, title: 'Money spent until each month' });
}

/** Money spent until the end of the horizon at each volume, with the published break-even volumes. */
export function costByVolume({ costs }: Advice): string {
	const points = costs.byVolume.base;
	const x = logScale([points[0]?.x ?? 1, points.at(-1)?.x ?? 10], across);
	const y = moneyScale(costs.byVolume);
	const marks = [
		...claimsOf('break-even-volume').map((claim, index) =>
			verticalMark(x.at(claim.low), down[1] - 8 - 16 * index, `published: ${count(claim.low)}`, {
				title: claimTitle('Tuning pays from', claim, 'queries a day'),
				kind: 'mark',
			}),
		),
		verticalMark(x.at(costs.queriesPerDay), down[0] + 12, 'you', {
			title: `Your volume: ${count(costs.queriesPerDay)} queries a day`,
			kind: 'yours',
		}),
	];
	const label = `queries a day; money after ${costs.horizonMonths} months`;
	return plot(costs.byVolume, { x, y, marks, label, format: count, title: 'Money spent at each volume' });
}

type Plot = {
	readonly x: Scale;
	readonly y: Scale;
	readonly marks: readonly string[];
	readonly label: string;
	readonly title: string;
	readonly format: (value: number) => string;
};

function plot(curves: Curves, { x, y, marks, label, title, format }: Plot): string {
	const content = [
		yAxis(y, across, dollars),
		xAxis(x, down, format),
		...marks,
		...approaches.map((approach) => area(curves[approach], approach, x, y)),
		...approaches.map((approach) => line(curves[approach], approach, x, y)),
		...names(curves, y),
		textAt((across[0] + across[1]) / 2, height - 14, label, { class: 'middle quiet' }),
	];
	return drawing(width, height, title, content.join(''));
}

function moneyScale(curves: Curves): Scale {
	const points = approaches.flatMap((approach) => curves[approach]);
	const low = Math.max(0.01, Math.min(...points.map((point) => point.low)));
	return logScale([low, Math.max(low * 10, ...points.map((point) => point.high))], [down[1], down[0]]);
}

function area(points: readonly CurvePoint[], approach: Approach, x: Scale, y: Scale): string {
	const there = points.map((point) => `${round(x.at(point.x))} ${round(y.at(point.high))}`);
	const back = points.toReversed().map((point) => `${round(x.at(point.x))} ${round(y.at(point.low))}`);
	return element('path', { d: `M${[...there, ...back].join('L')}Z`, class: `area ${classOf(approach)}` });
}

function line(points: readonly CurvePoint[], approach: Approach, x: Scale, y: Scale): string {
	const d = `M${points.map((point) => `${round(x.at(point.x))} ${round(y.at(point.likely))}`).join('L')}`;
	return element('path', { d, class: `line ${classOf(approach)}` });
}

/** Each name beside the end of its line, moved apart where lines end together. */
function names(curves: Curves, y: Scale): string[] {
	const ends = approaches
		.map((approach) => ({ approach, at: y.at(curves[approach].at(-1)?.likely ?? 1) }))
		.sort((a, b) => a.at - b.at);
	let lowest = -Infinity;
	return ends.map(({ approach, at }) => {
		lowest = Math.max(at, lowest + 16);
		return textAt(across[1] + 8, lowest + 4, approach, { class: `approach strong ${classOf(approach)}` });
	});
}

function startBar(claim: Claim, y: Scale, name: string, place: number): string {
	const [top, bottom] = [y.at(claim.high), y.at(claim.low)];
	const title = element(
		'title',
		{},
		escape(claimTitle(name === 'rag' ? 'Building retrieval' : 'A tuning run', claim, 'USD')),
	);
	return element(
		'rect',
		{ x: across[0] + 3 + place * 5, y: top, width: 3, height: Math.max(2, bottom - top), class: `bar ${name}` },
		title,
	);
}

function verticalBand(from: number, to: number, title: string): string {
	const attributes = {
		x: from,
		y: down[0],
		width: Math.max(2, to - from),
		height: down[1] - down[0],
		class: 'area base',
	};
	return element('rect', attributes, element('title', {}, escape(title)));
}

function verticalMark(
	x: number,
	y: number,
	text: string,
	{ title, kind }: { readonly title: string; readonly kind: string },
): string {
	const path = element('path', { d: `M${x} ${down[0]}V${down[1]}`, class: kind }, element('title', {}, escape(title)));
	return path + textAt(x + 5, y, text, { class: 'small halo' });
}

function claimsOf(id: string): readonly Claim[] {
	return published.find((quantity) => quantity.id === id)?.claims ?? [];
}

function claimTitle(what: string, { low, high, isOpen, source, date }: Claim, unit: string): string {
	return `${what} ${count(low)}–${count(high)}${isOpen ? ' and more' : ''} ${unit}: ${source}, read ${date}`;
}

function mapCurves(curves: Curves, change: (point: CurvePoint) => CurvePoint): Curves {
	return eachApproach((approach) => curves[approach].map(change));
}

/** A class name has no plus sign. */
function classOf(approach: Approach): string {
	return approach === 'rag+tuned' ? 'both' : approach;
}
