import { KnowhowError } from '../../core/error.ts';
import { type Key, principalsOf } from '../../project/access/keys.ts';
import type { Knowhow } from '../../project/knowhow.ts';
import { type Authenticate, type Caller, owner } from '../caller.ts';
import { RequestRate } from './request-rate.ts';

export type Door = {
	/** Throws `unauthorized`, `limit_reached`. */
	readonly admit: Authenticate;
	/** Whether keys are demanded; once they are, they stay so. */
	readonly isLocked: () => Promise<boolean>;
};

/**
 * Who comes in: with a key, whoever it was made for; without one the owner of this computer, as long as the project has never
 * had a key. `now` in milliseconds.
 */
export function createDoor(knowhow: Pick<Knowhow, 'keys' | 'spending'>, now: () => number): Door {
	const rate = new RequestRate(now);
	let locked = false;
	const isLocked = async (): Promise<boolean> => (locked ||= await knowhow.keys.areDemanded());
	const admit = async (request: Request): Promise<Caller> => {
		if (!(await isLocked())) return owner;
		const key = await knowhow.keys.find(bearerOf(request.headers));
		if (key === null) throw unauthorized();
		if (key.requestsPerMinute !== null) demandRate(rate.take(key.id, key.requestsPerMinute));
		if (key.costPerDay !== null && (await knowhow.spending.today(key.id)) >= key.costPerDay) {
			throw limitReached('cost what it may in a day', knowhow.spending.untilTomorrow());
		}
		return toCaller(key, knowhow);
	};
	return { admit, isLocked };
}

function toCaller(key: Key, { spending }: Pick<Knowhow, 'spending'>): Caller {
	const { id, principal, scopes } = key;
	return {
		id: principal,
		access: scopes.includes('admin') ? 'everything' : { principals: principalsOf(key) },
		scopes,
		key: id,
		charge: async (usd) => await spending.add(id, usd ?? 0),
	};
}

/** As clients of OpenAI send it (RFC 6750); empty when there is none. */
function bearerOf(headers: Headers): string {
	return /^Bearer +(\S+) *$/i.exec(headers.get('authorization') ?? '')?.[1] ?? '';
}

function unauthorized(): KnowhowError {
	return new KnowhowError('unauthorized', 'This server takes requests with a valid key only.', {
		hint: 'Send one as "Authorization: Bearer KEY"; `knowhow keys create` makes it.',
	});
}

function demandRate(seconds: number): void {
	if (seconds > 0) throw limitReached('sent what it may in a minute', seconds);
}

function limitReached(what: string, retryAfterSeconds: number): KnowhowError {
	return new KnowhowError('limit_reached', `The key has ${what}.`, {
		hint: `Try again in ${retryAfterSeconds} seconds.`,
		details: { retryAfterSeconds },
	});
}
