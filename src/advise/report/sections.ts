import type { Advice } from '../advise.ts';
import { approaches } from '../approaches.ts';
import { aspects } from '../comparison.ts';
import type { Band } from '../priors.ts';
import { publishedRead } from '../published.ts';
import type { Verdict } from '../rules.ts';
import { count, dollars, duration } from '../words.ts';
import type { Block } from './blocks.ts';

/** A verdict in one sentence. */
export const verdictTexts: Readonly<Record<Verdict, string>> = {
	none: 'Add nothing.',
	'few-shot': 'Show examples in the prompt (few-shot); collect, then tune.',
	retrieval: 'Use retrieval.',
	'fix-retrieval': 'Fix retrieval before anything else.',
	tuning: 'Fine-tune.',
	both: 'Use both: retrieval for the facts, fine-tuning for the behaviour.',
};

/** What must be read: the verdict, what carries it, what to try next. */
export function verdictBlocks(advice: Advice): Block[] {
	const { verdict, path, confidence, reasons, nextExperiment: next } = advice;
	const isImpossible = verdict === 'none' && path.some(({ rule }) => rule === 'facts-fit-weights');
	return [
		{ kind: 'heading', text: isImpossible ? 'Nothing fits as things stand.' : verdictTexts[verdict] },
		{ kind: 'text', text: `Verdict \`${verdict}\`, confidence ${confidence.toFixed(2)}.${assumedText(advice)}` },
		{ kind: 'heading', text: 'Why' },
		{ kind: 'list', items: reasons.map(({ rule, text, source }) => `${text} (\`${rule}\`; ${source})`) },
		{ kind: 'heading', text: 'Next cheapest experiment' },
		{ kind: 'command', command: next.command },
		{ kind: 'text', text: `${next.why} It takes ${next.cost}.` },
	];
}

/** The inputs that nobody told and that alone could change the verdict. */
function assumedText({ assumed, flips }: Advice): string {
	const open = assumed.filter((field) => flips.some(({ input, verdict }) => input === field && verdict !== null));
	if (open.length === 0) return '';
	return ` Assumed, not told, and able to change it: ${open.map((field) => `\`${field}\``).join(', ')}. Tell them, and it is surer.`;
}

/** The two tables that are always printed. */
export function tableBlocks({ problems, comparison, approach }: Advice): Block[] {
	return [
		{ kind: 'heading', text: 'Which problem calls for what' },
		{
			kind: 'table',
			head: ['problem', 'approach', 'why'],
			rows: problems.map((row) => ({ cells: [row.problem, row.approach, row.why], isLit: row.isYours })),
		},
		{ kind: 'heading', text: 'The five systems side by side' },
		{
			kind: 'table',
			head: ['', ...approaches],
			rows: aspects.map((aspect) => ({
				cells: [aspect, ...approaches.map((one) => cellText(comparison[one][aspect]))],
			})),
		},
		{
			kind: 'text',
			text: `Recommended: \`${approach}\`. A cell marked (measured) comes from your report, one marked (prior) from publications or from the cost model below.`,
		},
	];
}

function cellText({ text, basis }: { text: string; basis: string }): string {
	return `${text} (${basis})`;
}

/** What would change the verdict; inputs that cannot are named in one line. */
export function flipBlocks({ flips }: Advice): Block[] {
	const firm = flips.filter(({ verdict }) => verdict === null).map(({ input }) => `\`${input}\``);
	const rows = flips
		.filter(({ verdict }) => verdict !== null)
		.map(({ input, from, to, verdict }) => ({ cells: [input, shown(from), shown(to), verdict ?? ''] }));
	return [
		{ kind: 'heading', text: 'What would change the verdict' },
		...(rows.length === 0 ? [] : [{ kind: 'table', head: ['input', 'now', 'from here on', 'verdict'], rows } as const]),
		...(firm.length === 0
			? []
			: [{ kind: 'text', text: `No change of one of these alone does: ${firm.join(', ')}.` } as const]),
	];
}

function shown(value: unknown): string {
	if (typeof value === 'boolean') return value ? 'yes' : 'no';
	return typeof value === 'number' ? value.toLocaleString('en-US') : String(value);
}

export function costBlocks({ costs }: Advice): Block[] {
	return [
		{ kind: 'heading', text: 'What it costs' },
		{
			kind: 'table',
			head: ['system', 'to start', 'a month', 'a query', `after ${costs.horizonMonths} months`],
			rows: approaches.map((approach) => {
				const { onceUsd, monthlyUsd, perQueryUsd, totalUsd } = costs.approaches[approach];
				return { cells: [approach, ...[onceUsd, monthlyUsd, perQueryUsd, totalUsd].map(bandText)] };
			}),
		},
		{
			kind: 'text',
			text: `At ${count(costs.queriesPerDay)} queries a day. In brackets: nine in ten of 400 seeded draws over the priors of docs/advise.md, which your own \`prices\` replace.`,
		},
		{
			kind: 'table',
			head: ['likely cost', 'kind', 'to start', 'a month', 'a query'],
			rows: approaches.flatMap((approach) =>
				costs.approaches[approach].parts.map(({ kind, onceUsd, monthlyUsd, perQueryUsd }) => ({
					cells: [
						approach,
						kind,
						...[onceUsd, monthlyUsd, perQueryUsd].map((value) => (value === 0 ? '' : dollars(value))),
					],
				})),
			),
		},
	];
}

function bandText({ low, likely, high }: Band): string {
	return low === high ? dollars(likely) : `${dollars(likely)} (${dollars(low)}–${dollars(high)})`;
}

export function breakEvenBlocks({ breakEven, costs }: Advice): Block[] {
	const pairs = breakEven.filter(({ days, queriesPerDay }) => days !== null || queriesPerDay !== null);
	const rows = pairs.map(
		({ cheaperFirst, cheaperLater, days, queries, queriesPerDay, daysLow, daysHigh, withinHorizon }) => ({
			cells: [
				`${cheaperLater} over ${cheaperFirst}`,
				days === null ? 'never' : `${duration(days)}${queries === null ? '' : `, ${count(queries)} queries`}`,
				daysLow === null || daysHigh === null ? '' : `${duration(daysLow)} to ${duration(daysHigh)}`,
				`${Math.round(withinHorizon * 100)} %`,
				queriesPerDay === null ? 'none' : `${count(queriesPerDay)} a day`,
			],
		}),
	);
	return [
		{ kind: 'heading', text: 'Break-even' },
		{
			kind: 'table',
			head: [
				'pays',
				'at your volume after',
				'nine draws in ten',
				`within ${costs.horizonMonths} months`,
				`equal after ${costs.horizonMonths} months at`,
			],
			rows,
		},
		{
			kind: 'text',
			text: 'A pair that is not listed never meets: what is cheaper to start is cheaper to run, too, at every volume.',
		},
	];
}

export function publishedBlocks({ contradictions }: Advice): Block[] {
	return [
		{ kind: 'heading', text: 'Where published numbers contradict each other' },
		{ kind: 'list', items: contradictions.map(({ text }) => text) },
		{ kind: 'text', text: `All read on ${publishedRead}; none of them states its workload.` },
	];
}

export function mistakeBlocks({ mistakes }: Advice): Block[] {
	if (mistakes.length === 0) return [];
	return [
		{ kind: 'heading', text: 'Mistakes it sees coming' },
		{
			kind: 'list',
			items: mistakes.map(
				({ mistake, text, instead, source }) => `${text} Instead: ${instead} (\`${mistake}\`; ${source})`,
			),
		},
	];
}

export function planBlocks({ plan }: Advice): Block[] {
	const [low, high] = [
		plan.reduce((sum, step) => sum + step.daysLow, 0),
		plan.reduce((sum, step) => sum + step.daysHigh, 0),
	];
	return [
		{ kind: 'heading', text: `Time plan: ${count(low)} to ${count(high)} working days` },
		{
			kind: 'table',
			head: ['days', 'step', 'command'],
			rows: plan.map(({ step, daysLow, daysHigh, command }) => ({
				cells: [`${count(daysLow)}–${count(daysHigh)}`, step, command === null ? '' : `\`${command}\``],
			})),
		},
	];
}

export function situationBlocks({ situation, assumed, costs }: Advice): Block[] {
	const { prices: _, ...fields } = situation;
	return [
		{ kind: 'heading', text: 'The situation as it was understood' },
		{
			kind: 'table',
			head: ['input', 'value', ''],
			rows: Object.entries(fields).map(([field, value]) => ({
				cells: [
					field,
					Array.isArray(value) ? value.join(', ') : shown(value),
					assumed.some((one) => one === field) ? 'assumed' : '',
				],
			})),
		},
		{ kind: 'heading', text: 'The priors that were used' },
		{
			kind: 'table',
			head: ['prior', 'what', 'low', 'likely', 'high', 'unit', 'source', 'date'],
			rows: costs.priors.map(({ id, label, low, likely, high, unit, source, date, isYours }) => ({
				cells: [id, label, ...[low, likely, high].map(count), unit, source, date],
				isLit: isYours,
			})),
		},
	];
}
