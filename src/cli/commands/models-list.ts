import { defineCommand } from '../command.ts';
import { openProject } from '../project.ts';
import { table } from '../style.ts';
import { summary } from '../trained-model.ts';

export const modelsList = defineCommand({
	describe: 'Prints the trained models of the project, newest first, and which of them searches use.',
	arguments: [],
	options: {},
	collections: 'none',
	examples: [{ command: 'knowhow models', describe: 'What was trained' }],
	run: async (call) => {
		await using knowhow = await openProject(call);
		const models = await knowhow.models.list();
		const rows = models.map(({ id, createdAt, isPromoted }) => [
			id,
			new Date(createdAt).toISOString().slice(0, 16).replace('T', ' '),
			isPromoted ? 'promoted' : '',
		]);
		const told = models.map(({ metrics, ...model }) => ({ ...model, metrics: summary(metrics) }));
		return { json: { models: told }, text: table(rows) || 'Nothing has been trained yet: `knowhow train retriever`.' };
	},
});
