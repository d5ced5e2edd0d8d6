import { KnowhowError } from '../core/error.ts';
import type { ReachedCollection } from '../project/collection-access.ts';
import type { Knowhow } from '../project/knowhow.ts';
import type { Caller } from './caller.ts';

/** By id, else by name. Throws `not_found`, also for one that the caller does not reach. */
export async function findCollection(
	knowhow: Knowhow,
	wanted: string,
	{ access }: Pick<Caller, 'access'>,
): Promise<ReachedCollection> {
	const found = await knowhow.collectionAccess.find(wanted, access);
	if (found !== null) return found;
	throw new KnowhowError('not_found', `There is no collection (vector store) "${wanted}".`);
}

/** Throws `forbidden` unless the collection is the caller's: it holds what others put there, too. */
export async function demandOwner(knowhow: Knowhow, id: string, { access }: Pick<Caller, 'access'>): Promise<void> {
	if (access === 'everything') return;
	const { owner } = await knowhow.collectionAccess.get(id);
	if (owner !== null && access.principals.includes(owner)) return;
	throw new KnowhowError('forbidden', 'This collection (vector store) is somebody else’s.', {
		hint: 'Whoever made it may change it, and keys with the scope "admin".',
	});
}
