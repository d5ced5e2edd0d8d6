import { resolve } from 'node:path';
import { defineCommand } from '../command.ts';
import { misuse } from '../parse.ts';
import { projectFolder } from '../project.ts';
import { promotedModel } from '../trained-model.ts';

export const extract = defineCommand({
	describe:
		'Finds fields in a text and prints them as JSON in the shape of the outputs that the extractor was trained on. With --data it measures an extractor: a field counts as found when its name, its beginning and its end are right.',
	arguments: [{ name: 'TEXT', describe: 'The text; put it in quotes.', isOptional: true }],
	options: {
		model: {
			type: 'string',
			value: 'ID',
			describe: 'The extractor (default: the promoted one, else the one trained last).',
		},
		data: { type: 'string', value: 'FILE', describe: 'Texts with their outputs, as for train extractor.' },
	},
	collections: 'none',
	examples: [
		{ command: 'knowhow extract "a table for two in Oslo"', describe: 'The fields of one text' },
		{ command: 'knowhow extract --data bookings-test.jsonl', describe: 'Measure an extractor' },
	],
	run: async (call) => {
		const [text] = call.arguments;
		const { data } = call.options;
		if ((text === undefined) === (data === undefined)) throw misuse('Give either a text or --data.');
		const { extract: extractOne, extractAll } = await import('../../project/trained/extract.ts');
		const folder = await projectFolder(call);
		const model = call.options.model ?? (await promotedModel(call, 'extractor'));
		if (text !== undefined) {
			const found = await extractOne(folder, { model, text });
			return { json: found, text: JSON.stringify(found.output, null, 2) };
		}
		const report = await extractAll(folder, { model, path: resolve(call.cwd, data!) });
		const { precision, recall, f1, exact, examples, model: id } = report;
		const [p, r, f] = [precision, recall, f1].map((value) => value?.toFixed(3) ?? '–');
		const shown = `${id} on ${examples} texts: F1 ${f}, precision ${p}, recall ${r}; everything right in ${(exact * 100).toFixed(1)} %`;
		return { json: report, text: shown };
	},
});
