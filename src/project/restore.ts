import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { restoreStore } from '../store/backup.ts';
import { createDataFolder, modelsName } from './folder.ts';

/**
 * Puts a backup's data into the project in `folder`. Throws `not_found`, `store_corrupt` and `store_newer` for the
 * backup, `already_exists` when the project holds data and `overwrite` is not set, `store_busy` when it is open.
 */
export async function restoreProject(
	folder: string,
	from: string,
	{ overwrite = false }: { overwrite?: boolean } = {},
): Promise<void> {
	const data = await createDataFolder(folder);
	await restoreStore(from, data, { overwrite });
	await rm(join(data, modelsName), { recursive: true, force: true });
	await copyModels(from, data);
}

/** Copies trained models, which never change, from one folder to another; there may be none. */
export async function copyModels(from: string, to: string): Promise<void> {
	await cp(join(from, modelsName), join(to, modelsName), { recursive: true, errorOnExist: false }).catch(
		(error: unknown) => {
			if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
		},
	);
}
