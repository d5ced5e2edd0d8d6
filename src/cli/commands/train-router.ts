import { resolve } from 'node:path';
import { defineCommand } from '../command.ts';
import { misuse } from '../parse.ts';
import { projectFolder } from '../project.ts';
import { followTraining } from '../training-progress.ts';

export const trainRouter = defineCommand({
	describe:
		'Trains a model that sorts texts into classes, says how sure it is and when a text belongs to none of them. Reads JSON lines {text, label} or CSV with these columns. Parts of the data are held out to measure and calibrate it, then it is trained on everything. Nothing leaves this machine.',
	arguments: [],
	options: {
		data: { type: 'string', value: 'FILE', describe: 'Texts with their classes; at least two of each class.' },
		split: { type: 'string', value: 'NAME', describe: 'Use only the rows whose "split" is NAME (default: all rows).' },
		seed: { type: 'number', value: 'N', describe: 'The same seed and data give the same bytes (default 1).' },
	},
	collections: 'none',
	examples: [
		{
			command: 'knowhow train router --data sample/tickets.jsonl --split train',
			describe: 'Train on the tickets of the sample',
		},
	],
	run: async (call) => {
		const { options, terminal, signal } = call;
		if (options.data === undefined) throw misuse('--data is missing: the file with texts and labels.');
		const { routerTrainer } = await import('../../train/router.ts');
		const { readLabelledTexts } = await import('../../train/labelled-text.ts');
		const { builtInFolder } = await import('../../models/static-embedder.ts');
		const { readStaticModel } = await import('../../models/static-folder.ts');
		const { trainModel } = await import('../../project/training.ts');
		const examples = await readLabelledTexts(resolve(call.cwd, options.data), { split: options.split });
		const job = { examples, base: await readStaticModel(builtInFolder, 'knowhow'), seed: options.seed ?? 1 };
		const { onEvent, end } = followTraining(terminal, await routerTrainer.estimate(job));
		const manifest = await trainModel(await projectFolder(call), routerTrainer, job, { onEvent, signal }).finally(end);
		const { id, settings, metrics, tookMs } = manifest;
		const labels = settings['labels'] as readonly string[];
		const { heldOut } = metrics as { heldOut: Readonly<Record<'examples' | 'accuracy' | 'calibrationError', number>> };
		const text = [
			`${id}: ${labels.length} classes from ${examples.length} texts in ${(tookMs / 1000).toFixed(1)} s`,
			`held out: accuracy ${heldOut.accuracy.toFixed(3)}, calibration error ${heldOut.calibrationError.toFixed(3)} (${heldOut.examples} texts)`,
		].join('\n');
		return { json: { model: id, labels, metrics, tookMs }, text };
	},
});
