import { KnowhowError } from '../core/error.ts';
import type { Database } from './database.ts';

/** What every part of the store works with. */
export type Context = {
	readonly database: Database;
	/** Milliseconds since the epoch. */
	readonly now: () => number;
	/** Mints an id such as `doc_7f3k…`. */
	readonly newId: (prefix: string) => string;
};

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'; // Crockford's base 32: no i, l, o, u
const idLength = 16; // 80 bits

/** An id of 80 random bits: the prefix, `_`, 16 letters and digits. `random` yields that many bytes. */
export function createId(prefix: string, random: (bytes: number) => Uint8Array): string {
	return `${prefix}_${Array.from(random(idLength), (byte) => alphabet[byte & 31]).join('')}`;
}

/** The next number of the store-wide sequence; belongs to the transaction it is taken in. */
export function nextSequence({ database }: Context): number {
	database.run('update meta set sequence = sequence + 1');
	return (database.get<{ sequence: number }>('select sequence from meta') as { sequence: number }).sequence;
}

/** Throws `invalid_argument` unless `limit` is an integer from 1 to `most`. */
export function checkLimit(limit: number, most: number): void {
	if (Number.isSafeInteger(limit) && limit >= 1 && limit <= most) return;
	throw new KnowhowError('invalid_argument', `A limit of ${limit} is not an integer from 1 to ${most}.`);
}
