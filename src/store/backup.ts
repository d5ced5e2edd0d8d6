import { constants } from 'node:fs';
import { copyFile, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { KnowhowError } from '../core/error.ts';
import { makeFolder } from '../core/folder.ts';
import { copyBlobs } from './blobs.ts';
import { checkFile } from './check.ts';
import { createId } from './context.ts';
import { Database } from './database.ts';
import { checkSchema, schemaVersion } from './migrations.ts';

/** The database within a project's folder and within a backup. */
export const databaseFile = 'knowhow.db';

/** More pages than a database has: all are copied in one step, from one snapshot, whatever is written meanwhile. */
const allPages = 2 ** 31 - 1;

/**
 * Copies the database at `path`, then the blobs beside it, into an empty or absent folder; off this thread, and others go on writing.
 * The file gets its name last, so a backup that has it is complete. Throws `invalid_argument` for a folder with files.
 */
export async function backupStore(path: string, folder: string): Promise<void> {
	await makeFolder(folder);
	if ((await readdir(folder)).length > 0) {
		throw new KnowhowError('invalid_argument', `The folder ${folder} is not empty.`, { hint: 'Name a new folder.' });
	}
	const partial = join(folder, `${databaseFile}.partial`);
	const source = new DatabaseSync(path, { readOnly: true });
	try {
		await backup(source, partial, { rate: allPages });
	} finally {
		source.close();
	}
	makeSelfContained(partial);
	await copyBlobs(dirname(path), folder);
	await publish(partial, folder);
}

/** A copy says of itself that it has a log beside it; afterwards the one file is all. */
function makeSelfContained(path: string): void {
	const copy = new DatabaseSync(path);
	try {
		copy.exec('pragma journal_mode = delete');
	} finally {
		copy.close();
	}
}

async function publish(partial: string, folder: string): Promise<void> {
	await sync(partial);
	await rename(partial, join(folder, databaseFile));
	await sync(folder);
}

/** Windows cannot open a folder to sync it, and does not need it. */
async function sync(path: string): Promise<void> {
	if (process.platform === 'win32' && (await stat(path)).isDirectory()) return;
	const file = await open(path, constants.O_RDONLY);
	try {
		await file.sync();
	} finally {
		await file.close();
	}
}

export type RestoreOptions = {
	/** Replace a store that is there; without it that is refused. */
	readonly overwrite?: boolean;
	/** See `OpenOptions`. */
	readonly random?: (bytes: number) => Uint8Array;
};

/**
 * Puts the backup in folder `from` into the project folder `to`, which nobody may have open. It is checked first, and a
 * new epoch begins. Throws `not_found` without a backup, `store_corrupt` and `store_newer` for one that cannot be used,
 * `already_exists` when `to` holds a store and `overwrite` is not set, `store_busy` when that store is open.
 */
export async function restoreStore(from: string, to: string, options: RestoreOptions = {}): Promise<void> {
	const { overwrite = false, random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes)) } = options;
	const source = join(from, databaseFile);
	const target = join(to, databaseFile);
	if (!(await exists(source))) throw new KnowhowError('not_found', `There is no backup in ${from}.`);
	const replaces = await exists(target);
	if (replaces && !overwrite) {
		throw new KnowhowError('already_exists', `There is a store in ${to} already.`, {
			hint: 'Restore into another folder, or say that it may be overwritten (`--overwrite`).',
		});
	}
	await makeFolder(to);
	const partial = `${target}.partial`;
	await rm(partial, { force: true });
	try {
		await copyFile(source, partial);
		prepare(partial, createId('epoch', random));
		await copyBlobs(from, to);
		if (replaces) takeLogAway(target);
		await publish(partial, to);
	} finally {
		await rm(partial, { force: true });
	}
}

/** Checks a copy and gives it a new epoch, so that indexes made from the store it replaces are not used with it. */
function prepare(path: string, epoch: string): void {
	{
		using copy = new Database(path);
		const schema = checkSchema(copy);
		const problems = schema === 0 ? [{ what: 'it is empty' }] : checkFile(copy);
		if (problems.length > 0) {
			throw new KnowhowError('store_corrupt', `The backup cannot be used: ${problems[0]?.what}`, {
				hint: 'Use another backup.',
				details: { problems: problems.length, schema, schemaVersion },
			});
		}
		copy.write(() => copy.run('update meta set epoch = ?', epoch));
	}
	makeSelfContained(path);
}

/** The old store's log must not be replayed into the new file. Fails while another connection is open, as it should. */
function takeLogAway(path: string): void {
	try {
		makeSelfContained(path);
	} catch (error) {
		if (error instanceof Error && /not a database|malformed/.test(error.message)) return; // damaged: what restoring is for
		throw new KnowhowError('store_busy', 'The store to be replaced is open.', {
			hint: 'End the processes that use it, then restore again.',
			cause: error,
		});
	}
}

async function exists(path: string): Promise<boolean> {
	return stat(path).then(
		() => true,
		() => false,
	);
}
