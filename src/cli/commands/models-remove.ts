import { defineCommand } from '../command.ts';
import { openProject } from '../project.ts';

export const modelsRemove = defineCommand({
	describe: 'Removes a trained model from disk. One that serves, or that a rollback or a system needs, stays.',
	arguments: [{ name: 'MODEL', describe: 'The id of a model, as `knowhow models` prints it.' }],
	options: {},
	collections: 'none',
	examples: [{ command: 'knowhow models remove retriever-0a1b2c3d4e5f', describe: 'Remove a model' }],
	run: async (call) => {
		await using knowhow = await openProject(call);
		const { id } = await knowhow.models.remove(call.arguments[0]!);
		return { json: { removed: id }, text: `${id} is removed.` };
	},
});
