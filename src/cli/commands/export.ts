import { resolve } from 'node:path';
import { defineCommand } from '../command.ts';
import { openProject } from '../project.ts';

export const exportCommand = defineCommand({
	describe:
		'Writes collections, documents (text, attributes, readers, versions), kept answers, conversations, saved systems, datasets and learned fusion weights to a folder, one JSON object a line, with a manifest of counts and hashes. Vectors, trained models, settings and keys are not in it.',
	arguments: [{ name: 'DIR', describe: 'An empty folder, or one that does not exist yet.' }],
	options: {},
	collections: 'none',
	examples: [{ command: 'knowhow export ../knowhow-export', describe: 'Take everything along' }],
	run: async (call) => {
		await using knowhow = await openProject(call);
		const report = await knowhow.export(resolve(call.cwd, call.arguments[0] as string));
		const { folder, collections, documents, interactions, conversations, systems, datasets } = report;
		const text = `Wrote ${collections} collections, ${documents} documents, ${interactions} answers, ${conversations} conversations, ${systems} systems and ${datasets} datasets to ${folder}.`;
		return { json: report, text };
	},
});
