import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { KnowhowError } from '../core/error.ts';
import { makeFolder } from '../core/folder.ts';
import type { Store } from '../core/store.ts';
import { backupStore, databaseFile } from './backup.ts';
import { createBlobs } from './blobs.ts';
import { checkStore } from './check.ts';
import { type Context, createId } from './context.ts';
import { createCorpus } from './corpus.ts';
import { Database, type DatabaseOptions } from './database.ts';
import { checkSchema, migrate, schemaVersion } from './migrations.ts';
import { createJobs } from './jobs.ts';
import { createRecords } from './records.ts';
import { settle } from './settle.ts';

export type OpenOptions = DatabaseOptions & {
	/** Milliseconds since the epoch; the computer's clock by default. */
	readonly now?: () => number;
	/** That many random bytes, from which ids are made; cryptographic by default. */
	readonly random?: (bytes: number) => Uint8Array;
};

/**
 * Opens the embedded store in a project's folder (`.knowhow`), creating both when absent. Any number of processes and
 * threads may have it open; writers take turns. Throws `store_newer`, `store_corrupt`, `store_busy`, `unusable_path`, and `not_found`
 * for an absent store that is to be read only.
 */
export async function openStore(folder: string, options: OpenOptions = {}): Promise<Store> {
	const { now = Date.now, random = randomBytes, readOnly = false } = options;
	const path = join(folder, databaseFile);
	const newId = (prefix: string) => createId(prefix, random);
	if (readOnly && !existsSync(path)) throw new KnowhowError('not_found', `There is no store in ${folder}.`);
	await makeFolder(folder);
	const database = new Database(path, options);
	try {
		if (readOnly) checkReadable(database);
		else migrate(database, newId('epoch'));
		return createStore(path, { database, now, newId });
	} catch (error) {
		database[Symbol.dispose]();
		throw error;
	}
}

/** An older schema is brought up to date by whoever may write. */
function checkReadable(database: Database): void {
	const found = checkSchema(database);
	if (found === schemaVersion) return;
	throw new KnowhowError('conflict', `The database has schema version ${found}, not yet ${schemaVersion}.`, {
		hint: 'Open it once for writing.',
		details: { found, supported: schemaVersion },
	});
}

function createStore(path: string, context: Context): Store {
	const { database } = context;
	const epoch = (database.get<{ epoch: string }>('select epoch from meta') as { epoch: string }).epoch;
	return {
		corpus: createCorpus(context, epoch),
		records: createRecords(context),
		blobs: createBlobs(dirname(path)),
		jobs: createJobs(context),
		check: async () => checkStore(database),
		settle: async () => settle(database),
		backup: async (folder) => backupStore(path, folder),
		[Symbol.asyncDispose]: async () => database[Symbol.dispose](),
	};
}
