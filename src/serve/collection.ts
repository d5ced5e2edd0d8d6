import { KnowhowError } from '../core/error.ts';
import type { ReachedCollection } from '../project/access/collection-access.ts';
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

/** As `findCollection`, for what counts as using it: reading passages of it, or adding to it. Throws `not_found` also when it has expired. */
export async function useCollection(
	knowhow: Knowhow,
	wanted: string,
	caller: Pick<Caller, 'access'>,
): Promise<ReachedCollection> {
	const found = await findCollection(knowhow, wanted, caller);
	await demandUnexpired(knowhow, found);
	return found;
}

/** Those that a question is put to; of none the default one is used. Throws what `useCollection` throws. */
export async function useCollections(
	knowhow: Knowhow,
	wanted: readonly string[],
	caller: Pick<Caller, 'access'>,
): Promise<ReachedCollection[]> {
	const usual =
		wanted.length === 0 ? await knowhow.collectionAccess.find(knowhow.config.collection, caller.access) : null;
	if (usual !== null) await demandUnexpired(knowhow, usual);
	return await Promise.all(wanted.map((each) => useCollection(knowhow, each, caller)));
}

async function demandUnexpired(knowhow: Knowhow, { id, name }: ReachedCollection): Promise<void> {
	if (await knowhow.expiry.touch(id)) return;
	throw new KnowhowError('not_found', `The collection (vector store) "${name}" has expired.`, {
		hint: 'Its documents are gone. Make a new one, or change its expires_after and fill it again.',
	});
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
