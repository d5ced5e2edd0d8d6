import { resolve } from 'node:path';
import { defineCommand } from '../command.ts';
import { projectFolder } from '../project.ts';

export const restore = defineCommand({
	describe:
		'Puts the data of a backup into the project, after checking it. A project that holds data is left alone unless --overwrite is given; nobody may have it open.',
	arguments: [{ name: 'DIR', describe: 'The folder that `knowhow backup` wrote.' }],
	options: { overwrite: { type: 'boolean', describe: 'Replace the data that the project holds.' } },
	collections: 'none',
	examples: [{ command: 'knowhow restore ../knowhow-backup --overwrite', describe: 'Go back to the copy' }],
	run: async (call) => {
		const from = resolve(call.cwd, call.arguments[0] as string);
		const project = await projectFolder(call);
		const { restoreProject } = await import('../../project/restore.ts');
		await restoreProject(project, from, { overwrite: call.options.overwrite });
		return { json: { project, backup: from }, text: `Restored ${project} from ${from}.` };
	},
});
