import { defineCommand } from '../command.ts';
import { openProject } from '../project.ts';
import { table } from '../style.ts';

export const status = defineCommand({
	describe: 'Prints the project’s folder, its collections, the size of its database and the embedder.',
	arguments: [],
	options: {},
	collections: 'none',
	examples: [{ command: 'knowhow status', describe: 'What this project holds' }],
	run: async (call) => {
		await using knowhow = await openProject(call);
		const found = await knowhow.status();
		const rows = [
			['project', found.project],
			['database', `${(found.database.bytes / 1e6).toFixed(1)} MB`],
			['embedder', found.embedder ? `${found.embedder.model} at ${found.embedder.url}` : 'none (keywords only)'],
			...found.collections.map(({ name, documents, chunks }) => [
				`collection ${name}`,
				`${documents} documents, ${chunks} chunks`,
			]),
		];
		return { json: found, text: table(rows) };
	},
});
