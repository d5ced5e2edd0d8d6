import type { Report } from '../report.ts';
import { rowMetrics } from '../score.ts';
import { classes, differences, quality, tradeOffs } from './comparison.ts';
import { disagreements, everything, failures, prices } from './details.ts';
import { dollars, escape, percent } from './markup.ts';
import { page } from './page.ts';

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
	return page(title, parts.filter((part) => part !== '').join('\n'));
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
	return `${escape(rowMetrics[metric].split(':')[0]!)}: ${said.join(', ')}. ${comparisons.length === 0 ? '' : order}`.trim();
}

function foot({ seed, metric, spentUsd, unknownCosts }: Report): string {
	const spent = unknownCosts > 0 ? `at least ${dollars(spentUsd)}` : dollars(spentUsd);
	return `<footer><p class="quiet" style="margin-top:48px">Compared by “${escape(metric)}”. Intervals: 10,000 paired bootstrap resamples of the questions, seed ${seed}. New answers of this run cost ${spent}.</p></footer>`;
}
