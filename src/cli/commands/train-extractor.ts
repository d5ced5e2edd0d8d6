import { defineCommand } from '../command.ts';
import { openProject } from '../project.ts';
import { trainTexts, trainTextsOptions } from '../train-options.ts';
import { followJob } from '../training-progress.ts';

export const trainExtractor = defineCommand({
	describe:
		'Trains a model that finds fields in texts. Reads JSON lines {text, output}, 20 at least, where the output is an object whose values are passages of the text; one value that never is (an intent) names the kind of text. A tenth of the texts is held out to measure it. Nothing leaves this machine.',
	arguments: [],
	options: trainTextsOptions,
	collections: 'none',
	examples: [{ command: 'knowhow train extractor --data bookings.jsonl', describe: 'Train on your own texts' }],
	run: async (call) => {
		const options = trainTexts(call);
		const { terminal } = call;
		await using knowhow = await openProject(call, { create: true });
		const { end, ...follow } = followJob(terminal);
		const trained = await knowhow.models.trainExtractor({ ...options, ...follow }).finally(end);
		const { model, fields, leftOut, metrics, tookMs } = trained;
		for (const { line, reason } of leftOut) terminal.writeError(`left out: line ${line} ${reason}\n`);
		const { examples, heldOut } = metrics;
		const text = [
			`${model}: ${fields.length} fields from ${examples} texts in ${(tookMs / 1000).toFixed(1)} s`,
			`held out: F1 ${heldOut.f1?.toFixed(3) ?? '–'} (${heldOut.examples} texts)`,
		].join('\n');
		return { json: trained, text };
	},
});
