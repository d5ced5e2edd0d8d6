import { resolve } from 'node:path';
import { defineCommand } from '../command.ts';
import { openProject } from '../project.ts';

/** An export has no vectors, and an import makes none: that can take long, and is the caller's to begin. */
function withoutVectors(collection: string): string {
	return `Collection "${collection}" has no vectors yet, and is searched by keywords. Make them with \`knowhow reindex --collection ${collection}\`.`;
}

export const importCommand = defineCommand({
	describe:
		'Adds what `knowhow export` wrote, after checking all of it. What is there already and the same is left; where the project holds something else in the same place nothing is imported, unless it is told to keep that.',
	arguments: [{ name: 'DIR', describe: 'The folder that `knowhow export` wrote.' }],
	options: {
		'keep-existing': { type: 'boolean', describe: 'Where both differ, keep what the project holds.' },
	},
	collections: 'none',
	examples: [{ command: 'knowhow import ../knowhow-export', describe: 'Bring everything back' }],
	run: async (call) => {
		await using knowhow = await openProject(call, { create: true });
		const report = await knowhow.import(resolve(call.cwd, call.arguments[0] as string), {
			keepExisting: call.options['keep-existing'],
		});
		const lines = Object.entries(report).map(([kind, { added, same, kept }]) => {
			const rest = [...(same > 0 ? [`${same} were there`] : []), ...(kept > 0 ? [`${kept} kept as they were`] : [])];
			return `${kind}: ${[`${added} added`, ...rest].join(', ')}`;
		});
		const bare = (await knowhow.collections()).filter(({ space, chunks }) => space === null && chunks > 0);
		if (knowhow.config.embedder !== null) lines.push(...bare.map(({ name }) => withoutVectors(name)));
		return { json: report, text: lines.join('\n') };
	},
});
