import type { Records } from '../../core/store.ts';
import { readRecord } from '../records.ts';

const kind = 'collection-label';

/** What people say of a collection beside its name, which must be unique and plain. */
export type Label = {
	readonly name: string | null;
	readonly description: string | null;
	readonly metadata: Readonly<Record<string, string>> | null;
};

/** The labels of collections, by their ids. */
export class Labels {
	readonly #records: Records;

	constructor(records: Records) {
		this.#records = records;
	}

	async get(collection: string): Promise<Label> {
		const stored = await readRecord<Label>(this.#records, kind, collection);
		return stored ?? { name: null, description: null, metadata: null };
	}

	async set(collection: string, label: Label): Promise<void> {
		await this.#records.put({ kind, id: collection, value: label });
	}

	async remove(collection: string): Promise<void> {
		await this.#records.remove(kind, collection);
	}
}
