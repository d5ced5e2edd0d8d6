import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { pathError } from './path-error.ts';

/**
 * Makes a folder, and those above it, when it is absent. Folder by folder: Node's own recursive `mkdir` has no end where a file
 * system answers that nothing is there (`/proc`). Throws `unusable_path`.
 */
export async function makeFolder(path: string): Promise<void> {
	try {
		await makeFrom(resolve(path));
	} catch (error) {
		throw pathError(error) ?? error;
	}
}

async function makeFrom(path: string): Promise<void> {
	try {
		await mkdir(path);
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
		if (code !== 'ENOENT' || path === dirname(path)) throw error;
		await makeFrom(dirname(path));
		await mkdir(path).catch(async (again: unknown) => {
			// Another process made it in between.
			if ((again as NodeJS.ErrnoException).code !== 'EEXIST' || !(await stat(path)).isDirectory()) throw again;
		});
	}
}
