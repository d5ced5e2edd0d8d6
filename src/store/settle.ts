import { KnowhowError } from '../core/error.ts';
import type { Receipt } from '../core/receipt.ts';
import type { Database } from './database.ts';
import { reclaim } from './texts.ts';

/**
 * See `Store.settle`. With a receipt: the error of a log that could not be emptied says in `details` what was removed,
 * because that is committed all the same.
 */
export async function settle(database: Database, receipt?: Receipt): Promise<void> {
	try {
		reclaim(database);
		await database.emptyLog();
	} catch (error) {
		if (receipt === undefined || !(error instanceof KnowhowError)) throw error;
		const { code, message, hint } = error;
		throw new KnowhowError(code, message, {
			...(hint === undefined ? {} : { hint }),
			details: { receipt },
			cause: error,
		});
	}
}
