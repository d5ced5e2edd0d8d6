import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { databaseFile } from '../store/backup.ts';
import { dataFolder } from './folder.ts';
import type { ProjectStatus } from './knowhow.ts';
import type { Parts } from './parts.ts';

/** What the project consists of now; opens nothing. */
export async function projectStatus({
	folder,
	config: { embedder },
	store,
}: Pick<Parts, 'folder' | 'config' | 'store'>): Promise<ProjectStatus> {
	const path = join(folder, dataFolder, databaseFile);
	const sizes = await Promise.all([path, `${path}-wal`].map(bytesOf));
	return {
		project: folder,
		collections: await store.corpus.collections(),
		database: { path, bytes: sizes.reduce((sum, size) => sum + size, 0) },
		embedder: embedder && { model: embedder.model ?? null, url: embedder.url },
	};
}

/** 0 for a file that is not there. */
async function bytesOf(file: string): Promise<number> {
	return (await stat(file).catch(() => null))?.size ?? 0;
}
