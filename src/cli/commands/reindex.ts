import { defineCommand } from '../command.ts';
import { openProject } from '../project.ts';

export const reindex = defineCommand({
	describe:
		'Gives every chunk a vector of the configured embedder and then switches searches to them; until then they use the old vectors. It can be stopped and goes on where it was. Also rebuilds the index of the collection from the database.',
	arguments: [],
	options: {
		'drop-old': {
			type: 'boolean',
			describe: 'Remove the vectors of other embedders; without it they stay for going back.',
		},
	},
	collections: 'one',
	examples: [{ command: 'knowhow reindex', describe: 'After changing the embedder in knowhow.json' }],
	run: async (call) => {
		const { terminal, options, collections, signal } = call;
		await using knowhow = await openProject(call);
		const report = await knowhow.reindex({
			collection: collections[0],
			dropOld: options['drop-old'],
			signal,
			onProgress: (done, total) => {
				terminal.writeError(
					terminal.isInteractive
						? `\r${done}/${total} chunks`
						: `${JSON.stringify({ type: 'reindex', done, total })}\n`,
				);
			},
		});
		if (terminal.isInteractive) terminal.writeError('\r\x1b[2K');
		const { collection, embedder, vectors, dropped, tookMs } = report;
		const made = embedder ? `${vectors} new vectors by ${embedder}, ${dropped} old ones dropped` : 'keywords only';
		return { json: report, text: `Reindexed "${collection}": ${made} (${(tookMs / 1000).toFixed(1)} s).` };
	},
});
