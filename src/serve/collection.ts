import type { Collection } from '../core/collection.ts';
import { KnowhowError } from '../core/error.ts';
import type { Knowhow } from '../project/knowhow.ts';

/** By id, else by name. Throws `not_found`. */
export async function findCollection(knowhow: Knowhow, wanted: string): Promise<Collection> {
	const all = await knowhow.collections();
	const found = all.find(({ id }) => id === wanted) ?? all.find(({ name }) => name === wanted);
	if (found) return found;
	throw new KnowhowError('not_found', `There is no collection (vector store) "${wanted}".`);
}
