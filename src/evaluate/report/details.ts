import type { Report, ReportedRow } from '../report.ts';
import { type RowMetric, rowMetrics } from '../score.ts';
import { stages, type SystemSummary } from '../summary.ts';
import { dollars, escape, milliseconds, percent, table } from './markup.ts';
import { swatch } from './plots.ts';
import { cell, section } from './section.ts';

/** Every metric of every system. */
export function everything({ systems }: Report): string {
	const columns = ['', ...systems.map(({ name }, colour) => `${swatch(colour)}${escape(name)}`)];
	const line = (name: string, of: (system: SystemSummary) => string): string[] => [name, ...systems.map(of)];
	const metrics = (Object.keys(rowMetrics) as RowMetric[])
		.filter((name) => systems.some(({ metrics: found }) => found[name].mean !== null))
		.map((name) => line(escape(rowMetrics[name]), ({ metrics: found }) => cell(found[name])));
	const timed = stages.filter((stage) => systems.some(({ latency }) => latency[stage] !== undefined));
	const rows = [
		...metrics,
		line('Refusals that are right (precision)', ({ refusal }) => percent(refusal.precision)),
		line('Questions without an answer that are refused (recall)', ({ refusal }) => percent(refusal.recall)),
		line('Questions with an answer that are refused', ({ refusal }) => percent(refusal.falseRefusals)),
		line('Answerable told from unanswerable (AUROC)', ({ auroc }) => auroc?.toFixed(2) ?? '–'),
		...timed.map((stage) =>
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

/** The rows on which systems differ most, with their answers. */
export function disagreements({ disagreements: found, rows, systems, metric }: Report): string {
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

/** The rows that failed; empty when none did. */
export function failures({ rows }: Report): string {
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

/** The prices that costs were counted with. */
export function prices({ systems }: Report): string {
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
