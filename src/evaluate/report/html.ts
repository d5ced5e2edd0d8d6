import type { Report, ReportedRow } from '../report.ts';
import { type RowMetric, rowMetrics } from '../score.ts';
import type { MetricSummary, SystemSummary } from '../summary.ts';
import { dollars, escape, figure, milliseconds, percent, points, table } from './markup.ts';
import { barPlot, differencePlot, intervalPlot, type Mark, swatch } from './plots.ts';
import { type Point, scatterPlot } from './scatter.ts';
import { style } from './style.ts';

/** A report as one HTML file that loads nothing: no script, no font, no picture. Texts of documents and models are shown as text. */
export function reportHtml(report: Report): string {
	const title = `${report.dataset}: ${report.systems.map(({ name }) => name).join(', ')}`;
	const parts = [
		head(report),
		quality(report),
		differences(report),
		...tradeOffs(report),
		classes(report),
		everything(report),
		disagreements(report),
		failures(report),
		prices(report),
		foot(report),
	];
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escape(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
${parts.filter((part) => part !== '').join('\n')}
</main>
</body>
</html>
`;
}

function head(report: Report): string {
	const { dataset, questions, systems, at, missing } = report;
	const day = new Date(at).toISOString().slice(0, 10);
	const cut = Object.entries(missing).map(
		([name, count]) => `${escape(name)} was not asked ${count} of them: the cap on costs was reached.`,
	);
	return `<header><p class="quiet">Evaluation of ${day}</p><h1>${escape(dataset)}</h1>
<p class="quiet">${questions} questions, ${systems.length} ${systems.length === 1 ? 'system' : 'systems'}: ${systems.map(({ system }) => escape(system)).join(', ')}</p>
<p class="lead">${verdict(report)}</p>${cut.length === 0 ? '' : `<p class="warn">${cut.join(' ')}</p>`}</header>`;
}

/** The finding in two sentences; of two systems one is called better only where chance alone would hardly do it. */
function verdict({ systems, comparisons, metric }: Report): string {
	const ranked = systems
		.filter(({ metrics }) => metrics[metric].mean !== null)
		.toSorted((a, b) => b.metrics[metric].mean! - a.metrics[metric].mean!);
	if (ranked.length === 0) return 'No question has a known answer, so nothing could be counted as right.';
	const said = ranked.map(({ name, metrics }) => `<b>${escape(name)}</b> ${percent(metrics[metric].mean)}`);
	const clear = comparisons.filter(({ pAdjusted }) => pAdjusted < 0.05);
	const better = clear.map(({ a, b, difference }) =>
		(difference! > 0 ? [a, b] : [b, a]).map(escape).join(' is better than '),
	);
	const order =
		clear.length === 0
			? 'Between them is nothing that chance would not do.'
			: `More than chance: ${better.join(', ')}.`;
	return `${said.join(', ')}. ${comparisons.length === 0 ? '' : order}`.trim();
}

function quality({ systems, metric }: Report): string {
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

function differences({ comparisons }: Report): string {
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
	const least = Math.max(...comparisons.map(({ minimumDetectable }) => minimumDetectable ?? 0));
	const caption = `Paired over the same questions, in percentage points. With this many questions, a true difference of ${points(least).slice(1)} points would be found four times of five; what is smaller may be there and not show.`;
	return section(
		'Is the difference real?',
		'An interval that leaves out 0 is more than chance.',
		figure(differencePlot(marks, 'difference'), caption, numbers),
	);
}

function tradeOffs(report: Report): string[] {
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

function classes({ classes: found, systems, metric }: Report): string {
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

function everything({ systems }: Report): string {
	const columns = ['', ...systems.map(({ name }, colour) => `${swatch(colour)}${escape(name)}`)];
	const line = (name: string, of: (system: SystemSummary) => string): string[] => [name, ...systems.map(of)];
	const metrics = (Object.keys(rowMetrics) as RowMetric[])
		.filter((name) => systems.some(({ metrics: found }) => found[name].mean !== null))
		.map((name) => line(escape(rowMetrics[name]), ({ metrics: found }) => cell(found[name])));
	const stages = [...new Set(systems.flatMap(({ latency }) => Object.keys(latency)))];
	const rows = [
		...metrics,
		line('Refusals that are right (precision)', ({ refusal }) => percent(refusal.precision)),
		line('Questions without an answer that are refused (recall)', ({ refusal }) => percent(refusal.recall)),
		line('Questions with an answer that are refused', ({ refusal }) => percent(refusal.falseRefusals)),
		line('Answerable told from unanswerable (AUROC)', ({ auroc }) => auroc?.toFixed(2) ?? '–'),
		...stages.map((stage) =>
			line(`Time, ${stage}: median <small class="quiet">95th percentile</small>`, ({ latency }) => {
				const found = latency[stage];
				return found === undefined ? '–' : `${milliseconds(found.p50Ms)}<small>${milliseconds(found.p95Ms)}</small>`;
			}),
		),
		line('Tokens in <small class="quiet">out</small>', ({ spending: { inputTokens, outputTokens } }) =>
			inputTokens === null
				? 'unknown'
				: `${inputTokens.toLocaleString('en')}<small>${(outputTokens ?? 0).toLocaleString('en')}</small>`,
		),
		line('Cost', ({ spending: { costUsd, knownCostUsd, unknown } }) =>
			costUsd === null ? `at least ${dollars(knownCostUsd)}<small>${unknown} unknown</small>` : dollars(costUsd),
		),
		line(
			'Rows answered <small class="quiet">of them from an earlier run</small>',
			({ rows: { answered, cached } }) => `${answered}<small>${cached}</small>`,
		),
		line('Rows failed', ({ rows: { failed } }) => (failed === 0 ? '0' : `<b class="bad">${failed}</b>`)),
	];
	return section(
		'Everything that was measured',
		'Means with 95 % intervals. A dash: nothing to measure.',
		table(columns, rows),
	);
}

function disagreements({ disagreements: found, rows, systems, metric }: Report): string {
	if (found.length === 0) return '';
	const colours = new Map(systems.map(({ name }, colour) => [name, colour]));
	const byQuestion = Map.groupBy(rows, ({ question }) => question);
	const details = found.map(({ question, asked, class: name, gold }) => {
		const answers = (byQuestion.get(question) ?? []).map((row) =>
			answerCard(row, colours.get(row.system) ?? 0, metric),
		);
		const right = gold === null ? 'The documents do not say.' : gold;
		const card = `<div class="gold"><h3>Right answer</h3><p>${escape(right)}</p></div>`;
		return `<details class="rowdetail"><summary><span>${escape(asked)}</span><span class="quiet">${escape([question, name].filter(Boolean).join(' · '))}</span></summary><div class="answers">${card}${answers.join('')}</div></details>`;
	});
	return section(
		'Where they disagree',
		'The questions on which the systems lie furthest apart; open one to read the answers.',
		details.join(''),
	);
}

function answerCard(
	{ system, answer, error, scores, citations }: ReportedRow,
	colour: number,
	metric: RowMetric,
): string {
	const text = error === null ? `<p>${escape(answer ?? '')}</p>` : `<p class="bad">${escape(error.message)}</p>`;
	const sources = [...new Set(citations.map(({ source }) => source))];
	const cited = sources.length === 0 ? '' : `<p class="quiet">${sources.map(escape).join('<br>')}</p>`;
	return `<div class="answer"><h3>${swatch(colour)}${escape(system)}<span class="value">${percent(scores[metric])}</span></h3>${text}${cited}</div>`;
}

function failures({ rows }: Report): string {
	const failed = rows.filter(({ error }) => error !== null);
	if (failed.length === 0) return '';
	const lines = failed.map(({ question, system, error }) => [
		escape(question),
		escape(system),
		escape(error!.code),
		escape(error!.message),
	]);
	return section(
		'Rows that failed',
		'They count as not right. The next run tries them again.',
		table(['Question', 'System', 'Code', 'Message'], lines),
	);
}

function prices({ systems }: Report): string {
	const used = new Map(systems.flatMap((system) => system.prices.map((price) => [price.model, price] as const)));
	if (used.size === 0) return '';
	const rows = [...used.values()].map(({ model, input, output, source, checked, ageDays, isOld }) => [
		escape(model),
		input === null || output === null ? 'unknown' : `${dollars(input)} / ${dollars(output)}`,
		checked === null ? '–' : `${checked}${isOld ? ` <b class="warn">${ageDays} days ago</b>` : ''}`,
		source === null ? '–' : escape(source),
	]);
	return section(
		'Prices',
		'US dollars for a million tokens, in and out. Prices read more than 90 days ago are marked.',
		table(['Model', 'Price', 'Read', 'Source'], rows),
	);
}

function foot({ seed, metric, spentUsd, unknownCosts }: Report): string {
	const spent = unknownCosts > 0 ? `at least ${dollars(spentUsd)}` : dollars(spentUsd);
	return `<footer><p class="quiet" style="margin-top:48px">Compared by “${escape(metric)}”. Intervals: 10,000 paired bootstrap resamples of the questions, seed ${seed}. New answers of this run cost ${spent}.</p></footer>`;
}

function section(title: string, intro: string, body: string): string {
	return `<section><h2>${title}</h2><p class="quiet">${intro}</p>${body}</section>`;
}

function cell(summary: Pick<MetricSummary, 'mean' | 'interval'>): string {
	return summary.mean === null ? '–' : `${percent(summary.mean)}<small>${rangeOf(summary)}</small>`;
}

function rangeOf({ interval }: Pick<MetricSummary, 'interval'>): string {
	return interval === null ? '–' : `${percent(interval.low)} to ${percent(interval.high)}`;
}

function sentence(text: string): string {
	return /[.!?]$/.test(text) ? text : `${text}.`;
}
