import { KnowhowError } from '../core/error.ts';
import type { Records, StoredRecord } from '../core/store.ts';

/** Records read at a time. */
const pageSize = 500;

/** How often a change is tried again when somebody else was faster. */
const attempts = 10;

/** The value of a record; null when there is none. It was written by this package: the caller says what it is. */
export async function readRecord<T>(records: Records, kind: string, id: string): Promise<T | null> {
	return ((await records.get(kind, id))?.value ?? null) as T | null;
}

/** Every record of a kind in order of id; `after` as in `Records.list`. Those added while it runs may be missed. */
export async function* allRecords(
	records: Records,
	kind: string,
	{ after, order = 'asc' }: { after?: string | undefined; order?: 'asc' | 'desc' } = {},
): AsyncGenerator<StoredRecord> {
	for (let last = after; ;) {
		const page = await records.list(kind, { limit: pageSize, order, ...(last === undefined ? {} : { after: last }) });
		yield* page;
		if (page.length < pageSize) return;
		last = page.at(-1)!.id;
	}
}

/**
 * Replaces the value of a record by what `change` makes of it (null when there is none yet; returning null leaves it as it
 * is), reading it again when somebody else was faster.
 */
export async function changeRecord<T>(
	records: Records,
	{ kind, id }: { readonly kind: string; readonly id: string },
	change: (value: T | null) => T | null,
): Promise<void> {
	for (let attempt = 1; ; attempt++) {
		const stored = await records.get(kind, id);
		const value = change((stored?.value ?? null) as T | null);
		if (value === null) return;
		try {
			await records.put({ kind, id, value }, stored?.revision ?? 0);
			return;
		} catch (error) {
			if (!(error instanceof KnowhowError) || error.code !== 'conflict' || attempt === attempts) throw error;
		}
	}
}
