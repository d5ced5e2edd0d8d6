import { restoreStore } from '../store/backup.ts';
import { createDataFolder } from './folder.ts';

/**
 * Puts a backup's data into the project in `folder`. Throws `not_found`, `store_corrupt` and `store_newer` for the
 * backup, `already_exists` when the project holds data and `overwrite` is not set, `store_busy` when it is open.
 */
export async function restoreProject(
	folder: string,
	from: string,
	{ overwrite = false }: { overwrite?: boolean } = {},
): Promise<void> {
	await restoreStore(from, await createDataFolder(folder), { overwrite });
}
