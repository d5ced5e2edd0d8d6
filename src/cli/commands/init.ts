import { access, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Config } from '../../core/config.ts';
import { KnowhowError } from '../../core/error.ts';
import type { Reachable } from '../../models/discover.ts';
import { dataFolder, schemaFile } from '../../project/folder.ts';
import { defineCommand } from '../command.ts';

export const init = defineCommand({
	describe:
		'Writes knowhow.json with the settings most people change, and the folder .knowhow/ beside it, which holds everything else and hides itself from git. Optional: ingest makes a project too. Says which language models are in reach (keys in the environment by name, servers on this machine); none is used until you name it.',
	arguments: [{ name: 'DIR', describe: 'The folder (default: this one).', isOptional: true }],
	options: {},
	collections: 'none',
	examples: [{ command: 'knowhow init', describe: 'Make this folder a project' }],
	run: async ({ arguments: [folder], cwd, project, env, signal }) => {
		const { configFile } = await import('../../project/config.ts');
		const { open } = await import('../../project/open.ts');
		const { discoverModels } = await import('../../models/discover.ts');
		const path = resolve(cwd, project ?? '.', folder ?? '.');
		const file = join(path, configFile);
		if (await exists(file)) {
			throw new KnowhowError('already_exists', `${file} is there already.`, {
				hint: 'Edit it, or look at it with `knowhow config`.',
			});
		}
		await using knowhow = await open(path, { env });
		const { ingest, search, interactions } = knowhow.config;
		const content = {
			$schema: `./${dataFolder}/${schemaFile}`,
			model: null,
			embedder: { url: 'built-in' },
			ingest: { chunkTokens: ingest.chunkTokens, ignore: ['node_modules/**'] },
			search: { k: search.k, mode: search.mode },
			interactions,
		};
		await writeFile(file, `${JSON.stringify(content, null, '\t')}\n`, { flag: 'wx' });
		const models = await discoverModels({ env, signal });
		return {
			json: { project: path, config: file, models },
			text: [
				`Wrote ${file}.`,
				keepText(interactions),
				...modelLines(models),
				'Next: knowhow ingest PATH, then knowhow ask "…".',
			].join('\n'),
		};
	},
});

function keepText({ keep, days }: Config['interactions']): string {
	if (!keep) return 'Answers are not kept (setting "interactions.keep").';
	return `Every answer is kept for ${days} days in ${dataFolder}/, with its question and sources; "interactions": { "keep": false } turns that off.`;
}

function modelLines(models: readonly Reachable[]): string[] {
	if (models.length === 0) return [];
	const lines = models.map(({ seen, spec }) => `  ${seen}: --model ${spec}`);
	return ['Language models in reach (the setting "model" chooses one; until then nothing is sent to any):', ...lines];
}

async function exists(path: string): Promise<boolean> {
	return await access(path).then(
		() => true,
		() => false,
	);
}
