import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { KnowhowError } from '../core/error.ts';
import { dataFolder } from './folder.ts';

/** SQLite's `SQLITE_BUSY`. */
const busy = 5;

/**
 * Makes this the one server of the project in `folder` until it is disposed of. The queue of uploads is in the memory of the
 * server, and so is the turn in which bytes are written and removed: a second one would lose both. The lock is SQLite's, so it
 * ends with the process, however that ends. Throws `conflict`.
 */
export function lockServing(folder: string): Disposable {
	const database = new DatabaseSync(join(folder, dataFolder, 'serving.lock'), { timeout: 0 });
	try {
		database.exec('begin immediate');
	} catch (error) {
		database.close();
		if ((error as { errcode?: number }).errcode !== busy) throw error;
		throw new KnowhowError('conflict', `Another server serves the project in ${folder}.`, {
			hint: 'Use that one, or end it first. A project has one server; other commands work beside it.',
			cause: error,
		});
	}
	return { [Symbol.dispose]: () => database.close() };
}
