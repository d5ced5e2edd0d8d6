import { createHash, timingSafeEqual } from 'node:crypto';
import { groupPrincipal, principalName } from '../../core/access.ts';
import { KnowhowError } from '../../core/error.ts';
import type { Records } from '../../core/store.ts';
import type { AuditLog } from './audit.ts';
import { allRecords, changeRecord, readRecord } from '../records.ts';
import { Remembered } from '../remembered.ts';
import { timedId } from '../timed-id.ts';

const kind = 'key';

/** What a key may do: `read` asks and reads, `write` changes documents, `train` starts jobs, `admin` everything, and sees everything. */
export const keyScopes = ['read', 'write', 'train', 'admin'] as const;
export type KeyScope = (typeof keyScopes)[number];

/** A key without what proves it. */
export type Key = {
	/** `key_…`; sorts by time. */
	readonly id: string;
	/** Unique among the keys that are not revoked. */
	readonly name: string;
	/** Who asks with it: what they make is theirs, whichever of their keys made it. */
	readonly principal: string;
	/** The groups they are in, without `group:`. */
	readonly groups: readonly string[];
	readonly scopes: readonly KeyScope[];
	/** Milliseconds since the epoch. */
	readonly createdAt: number;
	/** From this moment on it opens nothing; null: never. */
	readonly expiresAt: number | null;
	readonly revokedAt: number | null;
	/** Null: as many as they like. */
	readonly requestsPerMinute: number | null;
	/** US dollars of language models a day (UTC); null: as much as they like. */
	readonly costPerDay: number | null;
};

/** SHA-256 of the token, lower-case hex: of 256 random bits, which nobody can guess, so that slow hashing adds nothing. */
type StoredKey = Key & { readonly hash: string };

export type NewKey = Pick<Key, 'name' | 'scopes'> & {
	/** The key's name when absent. */
	readonly principal?: string | undefined;
	readonly groups?: readonly string[] | undefined;
	readonly expiresAt?: number | null | undefined;
	readonly requestsPerMinute?: number | null | undefined;
	readonly costPerDay?: number | null | undefined;
};

export type KeysParts = {
	readonly records: Records;
	/** Of the corpus. */
	readonly pulse: () => number;
	readonly audit: AuditLog;
	/** Milliseconds since the epoch. */
	readonly now: () => number;
	readonly random: (bytes: number) => Uint8Array;
};

const secretBytes = 32;
const tokenShape = /^kh-([0-9a-z]{26})-[\w-]{43}$/;

/** The keys that open a server. */
export class Keys {
	readonly #parts: KeysParts;
	readonly #stored: Remembered<StoredKey | null>;
	readonly #areDemanded: Remembered<boolean>;

	constructor(parts: KeysParts) {
		const { records, pulse } = parts;
		this.#parts = parts;
		this.#stored = new Remembered(pulse, async (id) => await readRecord<StoredKey>(records, kind, id));
		this.#areDemanded = new Remembered(pulse, async () => (await records.list(kind, { limit: 1 })).length > 0);
	}

	/** The token is told here and never again. Throws `invalid_argument`, `already_exists`. */
	async create(given: NewKey): Promise<{ readonly key: Key; readonly token: string }> {
		const { records, audit, now, random } = this.#parts;
		const at = now();
		checkKey(given, at);
		await this.#checkFree(given.name);
		const id = timedId('key', at, random);
		const token = `kh-${id.slice('key_'.length)}-${Buffer.from(random(secretBytes)).toString('base64url')}`;
		const key: Key = {
			id,
			name: given.name,
			principal: given.principal ?? given.name,
			groups: [...new Set(given.groups ?? [])],
			scopes: keyScopes.filter((scope) => given.scopes.includes(scope)),
			createdAt: at,
			expiresAt: given.expiresAt ?? null,
			revokedAt: null,
			requestsPerMinute: given.requestsPerMinute ?? null,
			costPerDay: given.costPerDay ?? null,
		};
		const stored: StoredKey = { ...key, hash: hashOf(token).toString('hex') };
		await records.put({ kind, id, value: stored }, 0);
		await audit.keep({ who: null, key: null, action: 'keys create', object: id, result: 200, request: null });
		return { key, token };
	}

	/** Oldest first, those that are revoked or expired too. */
	async list(): Promise<Key[]> {
		const keys: Key[] = [];
		for await (const { value } of allRecords(this.#parts.records, kind)) keys.push(withoutHash(value as StoredKey));
		return keys;
	}

	/** By id, by the name of one that is not revoked, or by the key itself. From the next request on it opens nothing. Throws `not_found`. */
	async revoke(wanted: string): Promise<Key> {
		const { records, audit, now } = this.#parts;
		const [, ofToken] = tokenShape.exec(wanted) ?? [];
		const found = (await this.list()).find(
			({ id, name, revokedAt }) => id === wanted || id === `key_${ofToken}` || (name === wanted && revokedAt === null),
		);
		if (found === undefined) {
			// What was given may be a key, which no message repeats.
			throw new KnowhowError('not_found', 'There is no key of this name or id.', {
				hint: 'List them with `knowhow keys`.',
			});
		}
		const revokedAt = found.revokedAt ?? now();
		await changeRecord<StoredKey>(records, { kind, id: found.id }, (stored) => stored && { ...stored, revokedAt });
		await audit.keep({ who: null, key: null, action: 'keys revoke', object: found.id, result: 200, request: null });
		return { ...found, revokedAt };
	}

	/** The key of a token; null when there is none, or it is revoked or expired. Compares in constant time. */
	async find(token: string): Promise<Key | null> {
		const [, id] = tokenShape.exec(token) ?? [];
		const key = id === undefined ? null : await this.#stored.get(`key_${id}`);
		const expected = key === null ? Buffer.alloc(secretBytes) : Buffer.from(key.hash, 'hex');
		const isRight = timingSafeEqual(hashOf(token), expected);
		return key !== null && isRight && isUsable(key, this.#parts.now()) ? withoutHash(key) : null;
	}

	/** Whether there was ever a key: from then on the server demands one. Revoking the last one does not open it again. */
	async areDemanded(): Promise<boolean> {
		return await this.#areDemanded.get('');
	}

	/** Whether some key opens the server now. */
	async areUsable(): Promise<boolean> {
		return (await this.list()).some((key) => isUsable(key, this.#parts.now()));
	}

	async #checkFree(wanted: string): Promise<void> {
		const taken = (await this.list()).some(({ name, revokedAt }) => name === wanted && revokedAt === null);
		if (!taken) return;
		throw new KnowhowError('already_exists', `There is a key "${wanted}" already.`, {
			hint: 'Revoke it first, or choose another name.',
		});
	}
}

/** All that a key's holder is when they read: the principal and its groups. */
export function principalsOf({ principal, groups }: Pick<Key, 'principal' | 'groups'>): string[] {
	return [principal, ...groups.map(groupPrincipal)];
}

function isUsable({ expiresAt, revokedAt }: Key, now: number): boolean {
	return revokedAt === null && (expiresAt === null || now < expiresAt);
}

function hashOf(token: string): Buffer {
	return createHash('sha256').update(token).digest();
}

function withoutHash(stored: StoredKey): Key {
	const { hash: _hash, ...key } = stored;
	return key;
}

function checkKey(given: NewKey, now: number): void {
	const wrong = (message: string, hint?: string): KnowhowError =>
		new KnowhowError('invalid_argument', message, hint === undefined ? {} : { hint });
	for (const name of [given.name, given.principal ?? given.name, ...(given.groups ?? [])]) {
		if (principalName.test(name)) continue;
		const hint = 'Use 1 to 100 letters, digits and . _ @ + -, beginning with a letter or digit.';
		throw wrong(`${JSON.stringify(name)} can name neither a key, nor a person, nor a group.`, hint);
	}
	if (given.scopes.length === 0)
		throw wrong('A key without a scope opens nothing.', `There are: ${keyScopes.join(', ')}.`);
	const { expiresAt = null, requestsPerMinute = null, costPerDay = null } = given;
	if (expiresAt !== null && !(expiresAt > now)) throw wrong('The key would have expired already.');
	if (requestsPerMinute !== null && !(Number.isInteger(requestsPerMinute) && requestsPerMinute > 0)) {
		throw wrong('Requests a minute are a whole number, 1 at least.');
	}
	if (costPerDay !== null && !(Number.isFinite(costPerDay) && costPerDay >= 0)) {
		throw wrong('The cost a day is a number of US dollars, 0 at least.');
	}
}
