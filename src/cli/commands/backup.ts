import { resolve } from 'node:path';
import { defineCommand } from '../command.ts';
import { openProject } from '../project.ts';

export const backup = defineCommand({
	describe:
		'Writes a consistent copy of the project’s data to an empty or new folder. Others may read and write meanwhile.',
	arguments: [{ name: 'DIR', describe: 'An empty folder, or one that does not exist yet.' }],
	options: {},
	collections: 'none',
	examples: [{ command: 'knowhow backup ../knowhow-backup', describe: 'Keep a copy outside of the project' }],
	run: async (call) => {
		const folder = resolve(call.cwd, call.arguments[0] as string);
		await using knowhow = await openProject(call);
		await knowhow.backup(folder);
		return { json: { project: knowhow.folder, backup: folder }, text: `Copied ${knowhow.folder} to ${folder}.` };
	},
});
