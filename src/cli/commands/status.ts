import type { ProjectStatus } from '../../project/knowhow.ts';
import { defineCommand } from '../command.ts';
import { openProject } from '../project.ts';
import { table } from '../style.ts';

export const status = defineCommand({
	describe:
		'Prints the project’s folder, its collections with the dimensions of their vectors, the size of its database and the embedder.',
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
			['embedder', nameOf(found.embedder)],
			...found.collections.map(({ name, documents, chunks, dimensions }) => [
				`collection ${name}`,
				`${documents} documents, ${chunks} chunks, ${dimensions === null ? 'keywords only' : `vectors of ${dimensions} dimensions`}`,
			]),
		];
		return { json: found, text: table(rows) };
	},
});

function nameOf(embedder: ProjectStatus['embedder']): string {
	if (embedder === null) return 'none (keywords only)';
	return embedder.model === null ? embedder.url : `${embedder.model} at ${embedder.url}`;
}
