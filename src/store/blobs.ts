import { createHash, randomUUID } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { copyFile, type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Blobs } from '../core/store.ts';

const folderName = 'blobs';
/** What is being written; a blob gets its name when it is complete. */
const partialName = 'partial';
const sha256Pattern = /^[0-9a-f]{64}$/;

/** Blobs in files: `blobs/ab/<sha256>` of the data folder; see the contract in `core/store.ts`. */
export function createBlobs(dataFolder: string): Blobs {
	const folder = join(dataFolder, folderName);
	return {
		put: async (content) => await put(folder, content),
		get: async (sha256) => {
			const path = pathOf(folder, sha256);
			return (await stat(path).catch(() => null)) === null ? null : read(path);
		},
		remove: async (sha256) => {
			const path = pathOf(folder, sha256);
			const isThere = (await stat(path).catch(() => null)) !== null;
			await rm(path, { force: true });
			return isThere;
		},
		olderThan: async (moment) => await olderThan(folder, moment),
	};
}

/** Copies every blob of one data folder or backup into another. */
export async function copyBlobs(from: string, to: string): Promise<void> {
	for (const sha256 of await names(join(from, folderName))) {
		const target = pathOf(join(to, folderName), sha256);
		await mkdir(join(target, '..'), { recursive: true });
		await copyFile(pathOf(join(from, folderName), sha256), target);
		await synced(await open(target, constants.O_RDONLY));
	}
}

async function put(folder: string, content: AsyncIterable<Uint8Array>): Promise<{ sha256: string; bytes: number }> {
	await mkdir(join(folder, partialName), { recursive: true });
	const partial = join(folder, partialName, randomUUID());
	try {
		const { sha256, bytes } = await write(partial, content);
		const path = pathOf(folder, sha256);
		await mkdir(join(path, '..'), { recursive: true });
		await rename(partial, path);
		await syncFolder(join(path, '..'));
		return { sha256, bytes };
	} finally {
		await rm(partial, { force: true });
	}
}

async function write(path: string, content: AsyncIterable<Uint8Array>): Promise<{ sha256: string; bytes: number }> {
	const hash = createHash('sha256');
	let bytes = 0;
	await using file = await open(path, 'wx', 0o600);
	for await (const part of content) {
		hash.update(part);
		bytes += part.byteLength;
		await file.writeFile(part);
	}
	await file.sync();
	return { sha256: hash.digest('hex'), bytes };
}

/** Opens the file when it is read, so that nothing stays open that nobody reads. */
async function* read(path: string): AsyncGenerator<Uint8Array> {
	yield* createReadStream(path) as AsyncIterable<Uint8Array>;
}

function pathOf(folder: string, sha256: string): string {
	if (!sha256Pattern.test(sha256)) throw new Error(`"${sha256}" is no SHA-256.`);
	return join(folder, sha256.slice(0, 2), sha256);
}

async function olderThan(folder: string, moment: number): Promise<string[]> {
	const partials = join(folder, partialName);
	for (const name of await entries(partials)) {
		if (await isOlder(join(partials, name), moment)) await rm(join(partials, name), { force: true });
	}
	const found: string[] = [];
	for (const sha256 of await names(folder)) if (await isOlder(pathOf(folder, sha256), moment)) found.push(sha256);
	return found;
}

async function isOlder(path: string, moment: number): Promise<boolean> {
	const found = await stat(path).catch(() => null);
	return found !== null && found.mtimeMs < moment;
}

async function names(folder: string): Promise<string[]> {
	const found: string[] = [];
	for (const part of await entries(folder)) {
		if (part !== partialName)
			found.push(...(await entries(join(folder, part))).filter((name) => sha256Pattern.test(name)));
	}
	return found;
}

async function entries(folder: string): Promise<string[]> {
	return await readdir(folder).catch(() => []);
}

/** Windows cannot open a folder to sync it, and does not need it. */
async function syncFolder(folder: string): Promise<void> {
	if (process.platform !== 'win32') await synced(await open(folder, constants.O_RDONLY));
}

async function synced(file: FileHandle): Promise<void> {
	try {
		await file.sync();
	} finally {
		await file.close();
	}
}
