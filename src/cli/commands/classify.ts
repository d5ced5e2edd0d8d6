import { resolve } from 'node:path';
import type { ClassifyReport } from '../../project/trained/classify.ts';
import { defineCommand } from '../command.ts';
import { misuse } from '../parse.ts';
import { projectFolder } from '../project.ts';
import { oneLine, table } from '../style.ts';
import { promotedModel } from '../trained-model.ts';

export const classify = defineCommand({
	describe:
		'Says which class a text belongs to, with a calibrated probability, and whether it belongs to none. With --data it measures a router on labelled texts; texts whose label it does not know should be found out of scope.',
	arguments: [{ name: 'TEXT', describe: 'The text; put it in quotes.', isOptional: true }],
	options: {
		model: {
			type: 'string',
			value: 'ID',
			describe: 'The router (default: the promoted one, else the one trained last).',
		},
		data: { type: 'string', value: 'FILE', describe: 'Texts with their classes, as for train router.' },
		split: { type: 'string', value: 'NAME', describe: 'Use only the rows of FILE whose "split" is NAME.' },
	},
	collections: 'none',
	examples: [
		{ command: 'knowhow classify "the terminal does not print"', describe: 'The class of one text' },
		{ command: 'knowhow classify --data sample/tickets.jsonl --split test', describe: 'Measure a router' },
	],
	run: async (call) => {
		const [text] = call.arguments;
		const { data, split } = call.options;
		if ((text === undefined) === (data === undefined)) throw misuse('Give either a text or --data.');
		const { classify: classifyOne, classifyAll } = await import('../../project/trained/classify.ts');
		const folder = await projectFolder(call);
		const model = call.options.model ?? (await promotedModel(call, 'router'));
		if (text !== undefined) {
			const route = await classifyOne(folder, { model, text });
			const scope = route.outOfScope ? ' (out of scope)' : '';
			return { json: route, text: `${oneLine(route.label)} ${route.probability.toFixed(3)}${scope}` };
		}
		const { readLabelledTexts } = await import('../../train/labelled-text.ts');
		const examples = await readLabelledTexts(resolve(call.cwd, data!), { split });
		const report = await classifyAll(folder, examples, { model, signal: call.signal });
		return { json: report, text: reportText(report) };
	},
});

function reportText({ examples, accuracy, macroF1, perLabel, outOfScope }: ClassifyReport): string {
	const rows = perLabel.map(({ label, precision, recall, f1, support }) => [
		oneLine(label),
		number(precision),
		number(recall),
		number(f1),
		String(support),
	]);
	return [
		`${examples} texts: accuracy ${number(accuracy)}, macro F1 ${number(macroF1)}`,
		`in scope: ${number(outOfScope.accepted)} of known classes; found out of scope: ${number(outOfScope.recall)} of ${outOfScope.examples} others`,
		'',
		table([['label', 'precision', 'recall', 'F1', 'texts'], ...rows]),
	].join('\n');
}

function number(value: number | null): string {
	return value === null ? '–' : value.toFixed(3);
}
