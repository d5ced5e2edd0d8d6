import type { Report } from '../report.ts';
import { rowMetrics } from '../score.ts';
import type { SystemSummary } from '../summary.ts';
import { dollars, escape, figure, milliseconds, percent, points, table } from './markup.ts';
import { barPlot, differencePlot, intervalPlot, type Mark } from './plots.ts';
import { type Point, scatterPlot } from './scatter.ts';
import { cell, rangeOf, section, sentence } from './section.ts';

/** How good each system is. */
export function quality({ systems, metric }: Report): string {
	const marks = systems.map(({ name, metrics }, colour): Mark => ({
		name,
		colour,
		value: metrics[metric].mean,
		interval: metrics[metric].interval,
	}));
	const numbers = table(
		['System', rowMetrics[metric].split(':')[0]!, '95 % interval', 'Questions'],
		systems.map(({ name, metrics }) => [
			escape(name),
			percent(metrics[metric].mean),
			rangeOf(metrics[metric]),
			String(metrics[metric].count),
		]),
	);
	const caption = 'The mean over the questions, with its 95 % bootstrap interval.';
	return section(
		'How often is each system right?',
		sentence(rowMetrics[metric]),
		figure(intervalPlot(marks, rowMetrics[metric]), caption, numbers),
	);
}

/** Every pair of systems. */
export function differences({ comparisons }: Report): string {
	if (comparisons.length === 0) return '';
	const turned = comparisons.map((one) => ({
		...one,
		name: `${one.b} − ${one.a}`,
		value: one.difference === null ? null : -one.difference,
		interval: one.interval && { low: -one.interval.high, high: -one.interval.low },
	}));
	const marks = turned.map(({ name, value, interval }): Mark => ({ name, colour: 5, value, interval }));
	const numbers = table(
		['Pair', 'Difference, points', '95 % interval', 'p (Holm)', 'Questions', 'Detectable from'],
		turned.map(({ name, value, interval, pAdjusted, questions, minimumDetectable }) => [
			escape(name),
			points(value),
			interval === null ? '–' : `${points(interval.low)} to ${points(interval.high)}`,
			pAdjusted < 0.001 ? '< .001' : pAdjusted.toFixed(3),
			String(questions),
			minimumDetectable === null ? '–' : points(minimumDetectable).slice(1),
		]),
	);
	const caption = `Paired over the same questions, in percentage points. ${power(comparisons)}`;
	return section(
		'Is the difference real?',
		'An interval that leaves out 0 is hardly chance. The p-values behind it are corrected for the number of pairs.',
		figure(differencePlot(marks, 'difference'), caption, numbers),
	);
}

/** What so many questions can show. */
function power(comparisons: Report['comparisons']): string {
	const sizes = comparisons.flatMap(({ minimumDetectable: size }) => (size === null ? [] : [size]));
	if (sizes.length === 0) return '';
	const ends = [...new Set([Math.min(...sizes), Math.max(...sizes)].map((size) => points(size).slice(1)))];
	const pairs = ends.length > 1 ? ', by pair,' : '';
	return `With this many questions a true difference of ${ends.join(' to ')} points${pairs} would be found four times of five; what is smaller may be there and not show.`;
}

/** What quality costs in time and money. */
export function tradeOffs(report: Report): string[] {
	return [
		tradeOff(report, {
			title: 'Quality against time',
			intro: 'Up and to the left is better.',
			caption: 'Median time of an answer, on a logarithmic axis; the dotted line reaches to the 95th percentile.',
			column: 'Median, 95th percentile',
			label: milliseconds,
			of: ({ latency: { total } }) => (total === undefined ? null : { x: total.p50Ms, worst: total.p95Ms }),
			missing: '',
		}),
		tradeOff(report, {
			title: 'Quality against cost',
			intro: 'Up and to the left is better.',
			caption:
				'What a thousand questions cost at list prices, on a logarithmic axis. Systems that cost nothing, or nobody knows what, are not drawn.',
			column: 'A thousand questions',
			label: dollars,
			of: ({ spending: { costUsd }, rows: { answered } }) =>
				costUsd === null || answered === 0 ? null : { x: (costUsd / answered) * 1000, worst: null },
			missing:
				'No system has a known cost above zero: answers in the sentences of the documents cost nothing, and a model without a known price is counted as unknown.',
		}),
	];
}

type TradeOff = {
	readonly title: string;
	readonly intro: string;
	readonly caption: string;
	readonly column: string;
	readonly label: (x: number) => string;
	readonly of: (system: SystemSummary) => { readonly x: number; readonly worst: number | null } | null;
	/** What stands in place of a plot without points. */
	readonly missing: string;
};

function tradeOff(
	{ systems, metric }: Report,
	{ title, intro, caption, column, label, of, missing }: TradeOff,
): string {
	const known = systems.map((system, colour) => ({ system, colour, at: of(system) }));
	const drawn = known.flatMap(({ system: { name, metrics }, colour, at }): Point[] => {
		const { mean, interval } = metrics[metric];
		return at === null || at.x <= 0 || mean === null ? [] : [{ name, colour, ...at, y: mean, interval }];
	});
	if (drawn.length === 0) return missing === '' ? '' : section(title, missing, '');
	const numbers = table(
		['System', rowMetrics[metric].split(':')[0]!, column],
		known.map(({ system: { name, metrics }, at }) => [
			escape(name),
			percent(metrics[metric].mean),
			at === null ? 'unknown' : [at.x, ...(at.worst === null ? [] : [at.worst])].map(label).join(', '),
		]),
	);
	const about = `${title}: ${drawn.map(({ name, x, y }) => `${name} ${percent(y)} at ${label(x)}`).join('; ')}`;
	return section(title, intro, figure(scatterPlot(drawn, { about, label }), caption, numbers));
}

/** Quality by class of question; empty when there are none. */
export function classes({ classes: found, systems, metric }: Report): string {
	if (found.length === 0) return '';
	const groups = found.map(({ class: name, questions, systems: scores }) => ({
		name: `${name} (${questions})`,
		marks: systems.map((system, colour): Mark => ({
			name: system.name,
			colour,
			value: scores[system.name]?.mean ?? null,
			interval: scores[system.name]?.interval ?? null,
		})),
	}));
	const numbers = table(
		['Class', 'Questions', ...systems.map(({ name }) => escape(name))],
		found.map(({ class: name, questions, systems: scores }) => [
			escape(name),
			String(questions),
			...systems.map((system) => cell(scores[system.name] ?? { mean: null, interval: null })),
		]),
	);
	const caption = 'Bars are means, lines 95 % intervals. Few questions make wide ones.';
	return section(
		'Class by class',
		'Where a system is strong, and where it fails.',
		figure(barPlot(groups, rowMetrics[metric]), caption, numbers),
	);
}
