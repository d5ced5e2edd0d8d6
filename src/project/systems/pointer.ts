import { KnowhowError } from '../../core/error.ts';
import type { Records } from '../../core/store.ts';
import { readRecord } from '../records.ts';

/** What a name stands for now, and what it stood for before, oldest first; null: nothing in particular. */
export type Pointer = { readonly version: string | null; readonly earlier: readonly (string | null)[] };

type Place = { readonly kind: string; readonly id: string };

const unset: Pointer = { version: null, earlier: [] };

export async function readPointer(records: Records, { kind, id }: Place): Promise<Pointer> {
	return (await readRecord<Pointer>(records, kind, id)) ?? unset;
}

/**
 * Lets a name stand for another version from now on, when it still stands for `expected`. Readers see the old version or the
 * new. Throws `conflict` when somebody else moved it.
 */
export async function movePointer(
	records: Records,
	place: Place,
	{ to, expected }: { readonly to: string; readonly expected: string | null },
): Promise<Pointer> {
	return await change(records, place, (pointer) => {
		if (pointer.version !== expected) throw moved(place);
		return to === expected ? pointer : { version: to, earlier: [...pointer.earlier, pointer.version] };
	});
}

/** Lets a name stand for what it stood for before. Throws `not_found` when it never stood for anything else, and `conflict`. */
export async function rollBackPointer(records: Records, place: Place): Promise<Pointer> {
	return await change(records, place, ({ earlier }) => {
		if (earlier.length === 0) {
			throw new KnowhowError('not_found', `There is no earlier version of "${place.id}" to go back to.`);
		}
		return { version: earlier.at(-1)!, earlier: earlier.slice(0, -1) };
	});
}

async function change(records: Records, place: Place, next: (pointer: Pointer) => Pointer): Promise<Pointer> {
	const stored = await records.get(place.kind, place.id);
	const pointer = next((stored?.value as Pointer | undefined) ?? unset);
	try {
		await records.put({ ...place, value: pointer }, stored?.revision ?? 0);
	} catch (cause) {
		throw cause instanceof KnowhowError && cause.code === 'conflict' ? moved(place, cause) : cause;
	}
	return pointer;
}

function moved({ id }: Place, cause?: unknown): KnowhowError {
	return new KnowhowError('conflict', `"${id}" stands for another version by now.`, {
		hint: 'Look at it again, and decide again.',
		...(cause === undefined ? {} : { cause }),
	});
}
