import type { Records } from '../../core/store.ts';
import { readRecord } from '../records.ts';
import { timedId } from '../timed-id.ts';

const kind = 'file-batch';

/** Files that were put into a collection together. How far they are, the collection's files tell. */
export type FileBatch = {
	readonly id: string;
	/** The id of the collection. */
	readonly collection: string;
	readonly files: readonly string[];
	/** Whose it is; null: the owner of the project. */
	readonly owner: string | null;
	/** Milliseconds since the epoch. */
	readonly at: number;
};

type Parts = {
	readonly records: Records;
	readonly now: () => number;
	readonly random: (bytes: number) => Uint8Array;
};

export class FileBatches {
	readonly #parts: Parts;

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	async create(given: Pick<FileBatch, 'collection' | 'files' | 'owner'>): Promise<FileBatch> {
		const { records, now, random } = this.#parts;
		const at = now();
		const batch = { ...given, id: timedId('vsfb', at, random), at };
		await records.put({ kind, id: batch.id, value: batch }, 0);
		return batch;
	}

	/** Null when there is none. */
	async get(id: string): Promise<FileBatch | null> {
		return await readRecord<FileBatch>(this.#parts.records, kind, id);
	}
}
