import { defineCommand } from '../command.ts';
import { openProject } from '../project.ts';

export const modelsRollback = defineCommand({
	describe:
		'Lets serve what served before the last promotion. The same questions get the same answers as then, to the byte, in every running process.',
	arguments: [],
	options: {},
	collections: 'none',
	examples: [{ command: 'knowhow models rollback', describe: 'Undo the last promotion' }],
	run: async (call) => {
		await using knowhow = await openProject(call);
		const rolledBack = await knowhow.models.rollBack();
		const { model, replaced } = rolledBack;
		return { json: rolledBack, text: `${model ?? 'The configured embedder'} serves again, in place of ${replaced}.` };
	},
});
