import { createHash } from 'node:crypto';
import { KnowhowError } from '../core/error.ts';
import type { Caller } from './caller.ts';
import type { Route } from './route.ts';

/** A value that is sent as JSON, or a response of its own making, which is not repeated. */
export type Answered = { readonly status: number; readonly value: object } | Response;

type Keyed = {
	readonly key: string;
	readonly caller: Caller;
	readonly route: Route;
	readonly params: Readonly<Record<string, string>>;
	readonly body: unknown;
};

type Kept = { readonly print: string; readonly answered: Promise<Answered>; readonly at: number };

const dayMs = 24 * 60 * 60 * 1000;
const most = 10_000;

/**
 * Answers a repeated request that creates something with what the first one got, when both carry the same `Idempotency-Key`:
 * for a day, in the memory of this process. A request that failed may be repeated.
 */
export class Idempotency {
	readonly #now: () => number;
	readonly #kept = new Map<string, Kept>();

	constructor(now: () => number) {
		this.#now = now;
	}

	/** Throws `key_reused` when the key came with another request. */
	async once(request: Keyed, run: () => Promise<Answered>): Promise<Answered> {
		// Keys of one person may be in different groups, and what one of them is told is not for the other.
		const id = hash([request.caller.id, request.caller.access, request.key]);
		const print = await fingerprint(request);
		this.#forgetOld();
		const kept = this.#kept.get(id);
		if (kept !== undefined) {
			if (kept.print === print) return await kept.answered;
			throw new KnowhowError('key_reused', 'The Idempotency-Key was used for another request.', {
				hint: 'Take a new key for each thing to be made.',
			});
		}
		const answered = run();
		this.#kept.set(id, { print, answered, at: this.#now() });
		try {
			const value = await answered;
			if (value instanceof Response) this.#kept.delete(id);
			return value;
		} catch (error) {
			this.#kept.delete(id);
			throw error;
		}
	}

	/** Entries are in order of time. */
	#forgetOld(): void {
		for (const [id, { at }] of this.#kept) {
			if (this.#kept.size < most && at > this.#now() - dayMs) return;
			this.#kept.delete(id);
		}
	}
}

/** Files are told apart by name and bytes; the order of keys says nothing. */
async function fingerprint({ route, params, body }: Keyed): Promise<string> {
	const fields = Object.entries(body ?? {}).map(async ([name, value]: [string, unknown]) =>
		value instanceof File ? [name, value.name, await hashOf(value)] : [name, inOrder(value)],
	);
	return hash([route.method, route.path, params, (await Promise.all(fields)).sort(byName)]);
}

/** A value whose JSON is the same for equal values. */
function inOrder(value: unknown): unknown {
	if (typeof value !== 'object' || value === null) return value;
	if (Array.isArray(value)) return value.map(inOrder);
	const fields = Object.entries(value).map(([name, each]): [string, unknown] => [name, inOrder(each)]);
	return { fields: fields.sort(byName) };
}

function byName([a]: readonly unknown[], [b]: readonly unknown[]): number {
	return String(a) < String(b) ? -1 : 1;
}

async function hashOf(file: File): Promise<string> {
	const hashing = createHash('sha256');
	for await (const part of file.stream()) hashing.update(part);
	return hashing.digest('hex');
}

function hash(value: unknown): string {
	return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
