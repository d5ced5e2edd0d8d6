import { resolve } from 'node:path';
import { KnowhowError } from '../core/error.ts';
import { loadConfig } from './config.ts';
import { createDataFolder, isProject } from './folder.ts';
import type { OpenOptions, Knowhow } from './knowhow.ts';
import { Project } from './project.ts';

/**
 * Opens the project in a folder. Throws `invalid_config`, `not_found` (only with `create: false`) and what opening the
 * database throws: `store_newer`, `store_corrupt`, `store_busy`.
 */
export async function open(folder = '.', options: OpenOptions = {}): Promise<Knowhow> {
	const path = resolve(folder);
	const env = options.env ?? process.env;
	const { config, settings } = await loadConfig(path, { env, overrides: options.settings ?? {} });
	if (options.create === false && !(await isProject(path))) {
		throw new KnowhowError('not_found', `There is no project in ${path} or above.`, {
			hint: 'Begin one with `knowhow ingest ./docs`, or name its folder with --project DIR.',
		});
	}
	const data = await createDataFolder(path);
	const { openStore } = await import('../store/store.ts');
	const { now, random } = options;
	const store = await openStore(data, { ...(now ? { now } : {}), ...(random ? { random } : {}) });
	return new Project({ folder: path, config, settings, env, store, options });
}
