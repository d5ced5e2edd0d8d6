import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Collection } from '../core/collection.ts';
import type { Corpus } from '../core/store.ts';
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
	const { corpus } = store;
	const sizes = await Promise.all([path, `${path}-wal`].map(bytesOf));
	return {
		project: folder,
		collections: await Promise.all((await corpus.collections()).map((one) => withDimensions(corpus, one))),
		database: { path, bytes: sizes.reduce((sum, size) => sum + size, 0) },
		embedder: embedder && { model: embedder.model ?? null, url: embedder.url },
	};
}

async function withDimensions(corpus: Corpus, collection: Collection): Promise<ProjectStatus['collections'][number]> {
	const active = (await corpus.spaces(collection.id)).find(({ space }) => space === collection.space);
	return { ...collection, dimensions: active?.dimensions ?? null };
}

/** 0 for a file that is not there. */
async function bytesOf(file: string): Promise<number> {
	return (await stat(file).catch(() => null))?.size ?? 0;
}
