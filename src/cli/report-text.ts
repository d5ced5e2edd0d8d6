import type { Interval } from '../evaluate/statistics/bootstrap.ts';
import type { Regression } from '../evaluate/regression.ts';
import type { Report } from '../evaluate/report.ts';
import { type RowMetric } from '../evaluate/score.ts';
import { type MetricSummary, stages, type SystemSummary } from '../evaluate/summary.ts';
import { oneLine, type Style, table, wrap } from './style.ts';

/** Systems side by side in one table; more of them go into further tables. */
const systemsAtOnce = 3;
const width = 80;
const disagreementsShown = 5;

const metricLabels: Readonly<Record<RowMetric, string>> = {
	correct: 'right',
	contained: 'contains gold',
	exactMatch: 'exact match',
	f1: 'token F1',
	rougeL: 'ROUGE-L',
	numbers: 'numbers right',
	identifiers: 'codes right',
	evidenceRecall: 'evidence in 5',
	citationRecall: 'cited, supported',
	citationPrecision: 'citations needed',
	quoteExactness: 'quotes exact',
};

/** A report for people, at most 80 columns wide. */
export function reportText(report: Report, gate: readonly Regression[], style: Style): string {
	const { dataset, questions, systems } = report;
	const blocks: SystemSummary[][] = [];
	for (let at = 0; at < systems.length; at += systemsAtOnce) blocks.push(systems.slice(at, at + systemsAtOnce));
	return [
		style.bold(oneLine(`${dataset}: ${counted(questions, 'question')}, ${counted(systems.length, 'system')}`)),
		...blocks.map((block) => table([['', ...block.map(({ name }) => clip(name))], ...rowsOf(block)])),
		comparisonText(report, style),
		...blocks.map((block) => classText(report, block)),
		disagreementText(report, style),
		...notes(report).map((note) => style.yellow(wrap(note, width))),
		gate.map((found) => gateText(found, style)).join('\n'),
	]
		.filter((part) => part !== '')
		.join('\n\n');
}

function rowsOf(systems: readonly SystemSummary[]): string[][] {
	const metrics = Object.entries(metricLabels).map(([name, label]) => [
		label,
		...systems.map(({ metrics }) => withInterval(metrics[name as RowMetric])),
	]);
	const row = (label: string, cell: (system: SystemSummary) => string): string[] => [label, ...systems.map(cell)];
	const all = [
		...metrics,
		row('refusal prec./rec.', ({ refusal }) => `${rate(refusal.precision)} / ${rate(refusal.recall)}`),
		row('refused wrongly', ({ refusal }) => rate(refusal.falseRefusals)),
		row('AUROC answerable', ({ auroc }) => rate(auroc)),
		...stages.map((stage) =>
			row(`${stage} p50 / p95`, ({ latency }) => {
				const found = latency[stage];
				return found === undefined ? '–' : `${duration(found.p50Ms)} / ${duration(found.p95Ms)}`;
			}),
		),
		row(
			'tokens in / out',
			({ spending: { inputTokens, outputTokens } }) => `${count(inputTokens)} / ${count(outputTokens)}`,
		),
		row('cost', ({ spending: { costUsd, knownCostUsd, unknown } }) =>
			costUsd === null ? `≥ ${dollars(knownCostUsd)}, ${unknown} unknown` : dollars(costUsd),
		),
		row('answered (refused)', ({ rows }) => `${rows.answered} (${rows.abstained})`),
		row('failed', ({ rows }) => String(rows.failed)),
	];
	return all.filter(([, ...cells]) => cells.some((cell) => cell !== '–' && cell !== '– / –'));
}

function comparisonText({ comparisons, metric }: Report, style: Style): string {
	if (comparisons.length === 0) return '';
	const rows = comparisons.map(({ a, b, difference, interval, pAdjusted, minimumDetectable }) => [
		`${clip(b)} − ${clip(a)}`,
		signed(difference === null ? null : -difference),
		interval === null ? '' : `[${signed(-interval.high)}, ${signed(-interval.low)}]`,
		pAdjusted < 0.001 ? 'p < .001' : `p = ${rate(pAdjusted)}`,
		minimumDetectable === null ? '' : `detects ≥ ${rate(minimumDetectable)}`,
	]);
	return `${style.bold(`Differences in “${metricLabels[metric]}”, 95 %, p after Holm`)}\n${table(rows, '  ')}`;
}

function classText({ classes }: Report, systems: readonly SystemSummary[]): string {
	if (classes.length === 0) return '';
	const rows = classes.map(({ class: name, questions, systems: found }) => [
		oneLine(name).slice(0, 24),
		String(questions),
		...systems.map((system) => rate(found[system.name]?.mean ?? null)),
	]);
	return table([['class', 'n', ...systems.map(({ name }) => clip(name))], ...rows]);
}

function disagreementText({ disagreements }: Report, style: Style): string {
	if (disagreements.length === 0) return '';
	const lines = disagreements.slice(0, disagreementsShown).map(({ question, asked, best, worst }) => {
		const head = `  ${question}: ${best} over ${worst}  `;
		return head + style.dim(oneLine(asked).slice(0, Math.max(10, width - head.length)));
	});
	return [style.bold('They disagree most on'), ...lines].join('\n');
}

function notes(report: Report): string[] {
	const old = report.systems.flatMap(({ prices }) => prices.filter(({ isOld }) => isOld));
	const failures = report.rows.filter(({ error }) => error !== null);
	return [
		...Object.entries(report.missing).map(
			([system, missing]) =>
				`The cap kept ${counted(missing, 'question')} from being put to ${system}. Run it again with a higher --max-cost: what is answered is kept.`,
		),
		...old.map(({ model, ageDays }) => `The price of ${model} was read ${ageDays} days ago: see knowhow prices.`),
		...failures
			.slice(0, 3)
			.map(
				({ question, system, error }) => `${system} failed on ${question}: ${oneLine(error!.message)} (${error!.code})`,
			),
		...(failures.length > 3 ? [`${failures.length - 3} more failed: see --json.`] : []),
	];
}

function gateText(
	{ system, baseline, difference, interval, isRegression, questions, p }: Regression,
	style: Style,
): string {
	const range = interval === null ? 'no interval' : `[${signed(interval.low)}, ${signed(interval.high)}]`;
	const line = `${system} against ${baseline}: ${signed(difference)} ${range} on ${counted(questions, 'question')}, p ${p < 0.001 ? '< .001' : `= ${rate(p)}`}`;
	return isRegression ? style.red(`✖ ${line}: worse`) : style.green(`✔ ${line}: not worse`);
}

function counted(count: number, noun: string): string {
	return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Names of systems may have 64 characters; three of them stand side by side. */
function clip(name: string): string {
	return name.length <= 16 ? name : `${name.slice(0, 15)}…`;
}

function withInterval({ mean, interval }: MetricSummary): string {
	if (mean === null) return '–';
	return interval === null ? rate(mean) : `${rate(mean)} ${rangeOf(interval)}`;
}

function rangeOf({ low, high }: Interval): string {
	return `[${rate(low)}, ${rate(high)}]`;
}

/** `.54`, `1.0` */
function rate(value: number | null): string {
	if (value === null) return '–';
	return value
		.toFixed(value < 0.00995 && value > 0 ? 3 : 2)
		.replace(/^0(?=\.)/, '')
		.replace(/^1\.00$/, '1.0');
}

function signed(value: number | null): string {
	if (value === null) return '–';
	return `${value < 0 ? '−' : '+'}${Math.abs(value)
		.toFixed(3)
		.replace(/^0(?=\.)/, '')}`;
}

function count(value: number | null): string {
	return value === null ? 'unknown' : value.toLocaleString('en');
}

/** `$0.0042`, `$12.30` */
export function dollars(value: number): string {
	return `$${value.toFixed(value !== 0 && value < 1 ? 4 : 2)}`;
}

/** `3.2 ms`, `1.4 s`, `5 min` */
export function duration(ms: number): string {
	if (ms < 10) return `${ms.toFixed(1)} ms`;
	if (ms < 1000) return `${Math.round(ms)} ms`;
	if (ms < 100_000) return `${(ms / 1000).toFixed(1)} s`;
	return ms < 5_400_000 ? `${Math.round(ms / 60_000)} min` : `${(ms / 3_600_000).toFixed(1)} h`;
}
