import { escape } from '../../evaluate/report/markup.ts';
import type { Advice } from '../advise.ts';
import { type Claim, published, type Quantity, rangeText } from '../published.ts';
import { count } from '../words.ts';
import { logScale, type Scale, type Span, xAxis } from './axis.ts';
import { drawing, element, textAt } from './svg.ts';

const width = 760;
const across: Span = [200, 716];
const [rowHeight, gap, axisHeight] = [19, 10, 34];

/** The user's own number for a quantity, and what it is. */
type Own = { readonly value: number; readonly label: string };

/** What is published beside the user's own numbers, one panel a unit, logarithmic. */
export function publishedPlot(advice: Advice): string {
	const own = ownNumbers(advice);
	const units = [...new Set(published.map(({ unit }) => unit))];
	let top = 4;
	const panels = units.map((unit) => {
		const quantities = published.filter((quantity) => quantity.unit === unit);
		const drawn = panel(quantities, own, top);
		top = drawn.bottom;
		return drawn.svg;
	});
	return drawing(width, top, 'Published numbers beside yours', panels.join(''));
}

function panel(
	quantities: readonly Quantity[],
	own: ReadonlyMap<string, Own>,
	top: number,
): { svg: string; bottom: number } {
	const values = quantities.flatMap(({ id, claims }) => [
		...claims.flatMap(({ low, high }) => [low, high]),
		...(own.has(id) ? [own.get(id)?.value ?? 0] : []),
	]);
	const known = values.filter((value) => value > 0);
	const x = logScale([Math.min(...known), Math.max(...known)], across);
	let y = top + gap;
	const rows = quantities.map((quantity) => {
		const row = quantityRow(quantity, own.get(quantity.id) ?? null, x, y);
		y += quantity.claims.length * rowHeight + gap;
		return row;
	});
	const unit = quantities[0]?.unit ?? '';
	const axis = xAxis(x, [top + 4, y - 4], count) + textAt(across[0] - 36, y + 12, unit, { class: 'end quiet small' });
	return { svg: axis + rows.join(''), bottom: y + axisHeight };
}

function quantityRow({ label, claims, unit }: Quantity, own: Own | null, x: Scale, top: number): string {
	const bars = claims.map((claim, index) => bar(claim, unit, x, top + index * rowHeight));
	const name = textAt(across[0] - 10, top + 13, label, { class: 'end' });
	return name + bars.join('') + (own === null || own.value <= 0 ? '' : ownMark(own, x, top, claims.length * rowHeight));
}

function bar(claim: Claim, unit: string, x: Scale, top: number): string {
	const [from, to] = [x.at(claim.low), x.at(claim.high)];
	const arrow = claim.isOpen ? ' →' : '';
	const title = element('title', {}, escape(`${rangeText(claim)} ${unit}: ${claim.source}, ${claim.date}`));
	const rect = element(
		'rect',
		{ x: from, y: top + 4, width: Math.max(4, to - from), height: 10, rx: 2, class: 'bar' },
		title,
	);
	const isLeft = to > across[1] - 150 && from > across[0] + 150;
	const [at, kind] = isLeft ? [from - 6, 'small quiet halo end'] : [Math.max(to, from + 4) + 6, 'small quiet halo'];
	return rect + textAt(at, top + 13, `${sourceName(claim.source)}${arrow}`, { class: kind });
}

function ownMark({ value, label }: Own, x: Scale, top: number, height: number): string {
	const title = element('title', {}, escape(`${label}: ${count(value)}`));
	const at = x.at(value);
	const line = element('path', { d: `M${at} ${top}V${top + height}`, class: 'yours' }, title);
	const isRight = at > across[1] - 100;
	return (
		line +
		textAt(at + (isRight ? -4 : 4), top + height + 5, label, { class: `small strong halo${isRight ? ' end' : ''}` })
	);
}

/** `cognival.co`, `comparison article A` */
function sourceName(source: string): string {
	return URL.canParse(source) ? new URL(source).hostname.replace(/^www\./, '') : source.replace(/,.*$/, '');
}

function ownNumbers({ costs, situation, breakEven }: Advice): Map<string, Own> {
	const { rag, tuned } = costs.approaches;
	const pays = breakEven.find(({ cheaperFirst, cheaperLater }) => cheaperFirst === 'rag' && cheaperLater === 'tuned');
	const part = (kind: string): number => rag.parts.find((one) => one.kind === kind)?.onceUsd ?? 0;
	const prior = (id: string): number => costs.priors.find((one) => one.id === id)?.likely ?? 0;
	const rows: [string, number, string][] = [
		['store-monthly', prior('storeMonthlyUsd'), 'counted'],
		['retrieval-build', part('build'), 'counted'],
		['retrieval-monthly', rag.monthlyUsd.likely, 'yours, all in'],
		['gpu-run', prior('runUsd'), 'counted'],
		['tuning-run', tuned.onceUsd.likely, 'yours'],
		['retrieval-latency', situation.latencyMs, 'your limit'],
		['tuned-latency', situation.latencyMs, 'your limit'],
		['break-even-volume', pays?.queriesPerDay ?? 0, 'yours'],
		['break-even-queries', pays?.queries ?? 0, 'yours'],
		['examples', situation.examples, 'you have'],
		['retrieval-time', situation.deadlineDays, 'your deadline'],
		['tuning-time', situation.deadlineDays, 'your deadline'],
	];
	return new Map(rows.map(([id, value, label]) => [id, { value, label }]));
}
