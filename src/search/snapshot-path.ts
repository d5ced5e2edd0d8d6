import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the snapshot of a collection is, by its id. */
export function snapshotPath(folder: string, collection: string): string {
	return join(folder, `${collection}.snap`);
}

export async function removeSnapshot(folder: string, collection: string): Promise<void> {
	await rm(snapshotPath(folder, collection), { force: true });
}
