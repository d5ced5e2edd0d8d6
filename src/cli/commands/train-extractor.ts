import { resolve } from 'node:path';
import { defineCommand } from '../command.ts';
import { misuse } from '../parse.ts';
import { projectFolder } from '../project.ts';
import { followTraining } from '../training-progress.ts';

export const trainExtractor = defineCommand({
	describe:
		'Trains a model that finds fields in texts. Reads JSON lines {text, output}, where the output is an object whose values are passages of the text; one value that never is (an intent) names the kind of text. A tenth of the texts is held out to measure it. Nothing leaves this machine.',
	arguments: [],
	options: {
		data: { type: 'string', value: 'FILE', describe: 'Texts with what is to be extracted; 20 at least.' },
		seed: { type: 'number', value: 'N', describe: 'The same seed and data give the same bytes (default 1).' },
	},
	collections: 'none',
	examples: [{ command: 'knowhow train extractor --data bookings.jsonl', describe: 'Train on your own texts' }],
	run: async (call) => {
		const { options, terminal, signal } = call;
		if (options.data === undefined) throw misuse('--data is missing: the file with texts and outputs.');
		const { extractorTrainer } = await import('../../train/extractor.ts');
		const { readFieldTexts } = await import('../../train/field-text.ts');
		const { trainModel } = await import('../../project/training.ts');
		const texts = await readFieldTexts(resolve(call.cwd, options.data));
		for (const { line, reason } of texts.leftOut) terminal.writeError(`left out: line ${line} ${reason}\n`);
		const job = { ...texts, seed: options.seed ?? 1 };
		const { onEvent, end } = followTraining(terminal, await extractorTrainer.estimate(job));
		const folder = await projectFolder(call);
		const { id, metrics, tookMs } = await trainModel(folder, extractorTrainer, job, { onEvent, signal }).finally(end);
		const { heldOut } = metrics as { heldOut: { examples: number; f1: number | null } };
		const { fields } = texts.shape;
		const text = [
			`${id}: ${fields.length} fields from ${texts.examples.length} texts in ${(tookMs / 1000).toFixed(1)} s`,
			`held out: F1 ${heldOut.f1?.toFixed(3) ?? '–'} (${heldOut.examples} texts)`,
		].join('\n');
		return { json: { model: id, fields, leftOut: texts.leftOut, metrics, tookMs }, text };
	},
});
