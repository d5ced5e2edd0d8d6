import { readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { makeFolder } from '../core/folder.ts';
import { configJsonSchema } from './settings.ts';

/** What Knowhow writes lies in this folder, beside `knowhow.json`. */
export const dataFolder = '.knowhow';
/** The folder of trained models in it, and in a backup. */
export const modelsName = 'models';
export const schemaFile = 'config.schema.json';

/** The nearest folder from `start` upward that has `.knowhow/`, else `start` itself. */
export async function findProject(start: string): Promise<string> {
	const from = resolve(start);
	for (let folder = from; ; folder = dirname(folder)) {
		if (await isProject(folder)) return folder;
		if (folder === dirname(folder)) return from;
	}
}

/** Of a project: where the snapshots of its indexes are. */
export function snapshotsFolder(folder: string): string {
	return join(folder, dataFolder, 'index');
}

export async function isProject(folder: string): Promise<boolean> {
	const found = await stat(join(folder, dataFolder)).catch(() => null);
	return found?.isDirectory() ?? false;
}

/** Creates `.knowhow/` with a `.gitignore` that hides all of it and the schema that `knowhow.json` points to. */
export async function createDataFolder(folder: string): Promise<string> {
	const path = join(folder, dataFolder);
	await makeFolder(path);
	await writeWhenDifferent(join(path, '.gitignore'), '*\n');
	await writeWhenDifferent(join(path, schemaFile), `${JSON.stringify(configJsonSchema(), null, '\t')}\n`);
	return path;
}

async function writeWhenDifferent(path: string, text: string): Promise<void> {
	const present = await readFile(path, 'utf8').catch(() => null);
	if (present !== text) await writeFile(path, text);
}
