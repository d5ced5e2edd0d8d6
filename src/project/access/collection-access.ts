import { type Access, mayRead, type Readers } from '../../core/access.ts';
import type { Collection } from '../../core/collection.ts';
import type { Store } from '../../core/store.ts';
import { readRecord } from '../records.ts';
import { Remembered } from '../remembered.ts';

const kind = 'collection-access';

/** Whose a collection is (null: the project's owner), and who reaches it beside them. */
export type CollectionGrant = { readonly owner: string | null; readonly readers: Readers };

/** A collection without what counts hidden documents, too. */
export type ReachedCollection = Pick<Collection, 'id' | 'name' | 'space' | 'createdAt'>;

/**
 * Who reaches which collection: `everyone` when nobody said. A document is read by those who are among its readers and reach
 * its collection.
 */
export class CollectionAccess {
	readonly #store: Pick<Store, 'corpus' | 'records'>;
	readonly #grants: Remembered<CollectionGrant>;
	/** By id or name. */
	readonly #found: Remembered<ReachedCollection | null>;

	constructor(store: Pick<Store, 'corpus' | 'records'>) {
		const pulse = () => store.corpus.pulse();
		this.#store = store;
		this.#grants = new Remembered(pulse, async (collection) => {
			const stored = await readRecord<CollectionGrant>(store.records, kind, collection);
			return stored ?? { owner: null, readers: 'everyone' };
		});
		this.#found = new Remembered(pulse, async (wanted) => {
			const all = await store.corpus.collections();
			return all.find(({ id }) => id === wanted) ?? all.find(({ name }) => name === wanted) ?? null;
		});
	}

	async get(collection: string): Promise<CollectionGrant> {
		return await this.#grants.get(collection);
	}

	async set(collection: string, grant: CollectionGrant): Promise<void> {
		await this.#store.records.put({ kind, id: collection, value: grant });
	}

	async remove(collection: string): Promise<void> {
		await this.#store.records.remove(kind, collection);
	}

	/** Whether `access` reaches a collection, by its id. */
	async allows(collection: string, access: Access): Promise<boolean> {
		if (access === 'everything') return true;
		const { owner, readers } = await this.get(collection);
		return mayRead(access, readers) || (owner !== null && access.principals.includes(owner));
	}

	/** By id, else by name; null when it is absent or out of reach. */
	async find(wanted: string, access: Access): Promise<ReachedCollection | null> {
		const found = await this.#found.get(wanted);
		if (found === null || !(await this.allows(found.id, access))) return null;
		const { id, name, space, createdAt } = found;
		return { id, name, space, createdAt };
	}

	/** Those within reach, in order of name; they count the documents that `access` includes. */
	async list(access: Access): Promise<Collection[]> {
		const reached: Collection[] = [];
		for (const collection of await this.#store.corpus.collections()) {
			if (!(await this.allows(collection.id, access))) continue;
			reached.push({ ...collection, ...(await this.#store.corpus.counts(collection.id, access)) });
		}
		return reached;
	}

	/** Of the documents that `access` includes. Throws `not_found` for a collection that is gone. */
	async counts(collection: string, access: Access): Promise<Pick<Collection, 'documents' | 'chunks'>> {
		return await this.#store.corpus.counts(collection, access);
	}
}
