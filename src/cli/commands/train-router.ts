import { defineCommand } from '../command.ts';
import { openProject } from '../project.ts';
import { trainTexts, trainTextsOptions } from '../train-options.ts';
import { followJob } from '../training-progress.ts';

export const trainRouter = defineCommand({
	describe:
		'Trains a model that sorts texts into classes, says how sure it is and when a text belongs to none of them. Reads JSON lines {text, label} or CSV with these columns, at least two texts of each class. Parts of the data are held out to measure and calibrate it, then it is trained on everything. Nothing leaves this machine.',
	arguments: [],
	options: trainTextsOptions,
	collections: 'none',
	examples: [
		{
			command: 'knowhow train router --data sample/tickets.jsonl --split train',
			describe: 'Train on the tickets of the sample',
		},
	],
	run: async (call) => {
		const options = trainTexts(call);
		await using knowhow = await openProject(call, { create: true });
		const { end, ...follow } = followJob(call.terminal);
		const trained = await knowhow.models.trainRouter({ ...options, ...follow }).finally(end);
		const { model, labels, metrics, tookMs } = trained;
		const { examples, heldOut } = metrics;
		const text = [
			`${model}: ${labels.length} classes from ${examples} texts in ${(tookMs / 1000).toFixed(1)} s`,
			`held out: accuracy ${heldOut.accuracy.toFixed(3)}, calibration error ${heldOut.calibrationError.toFixed(3)} (${heldOut.examples} texts)`,
		].join('\n');
		return { json: trained, text };
	},
});
