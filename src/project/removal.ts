import type { Receipt, RemovalReceipt } from '../core/receipt.ts';
import { allDocuments } from './all-documents.ts';
import { removeSearchedAnswers } from './systems/answer-cache.ts';
import { forgetFusion } from './collection-fusion.ts';
import { eraseTraces, tracesOf } from './erasure.ts';
import type { RemoveOptions } from './knowhow.ts';
import type { Parts } from './parts.ts';
import { collectionNamed } from './access/reach.ts';
import { forgetDocuments } from './uploads/collection-files.ts';

type RemovalParts = Pick<Parts, 'folder' | 'store' | 'log' | 'indexes' | 'collectionAccess'>;

/** Removes documents from every index, and uploaded files from their collections; what was made of them is erased or counted. */
export async function removeDocuments(
	parts: RemovalParts,
	ids: readonly string[],
	options: RemoveOptions,
): Promise<RemovalReceipt> {
	const { store, indexes } = parts;
	const documents = await store.corpus.summaries(ids, 'everything');
	try {
		const receipt = await removeWith(parts, ids, { ...options, remove: () => store.corpus.remove(ids) });
		await indexes.saveAll();
		return receipt;
	} finally {
		// They may be removed where it throws, too (`store_busy`).
		await forgetDocuments(store, documents);
	}
}

/** As `removeDocuments`, with all that is known of the collection. Throws `not_found`. */
export async function removeCollection(
	parts: RemovalParts,
	name: string,
	options: RemoveOptions,
): Promise<RemovalReceipt> {
	const { store, indexes, collectionAccess } = parts;
	const { corpus, records } = store;
	const collection = await collectionNamed(corpus, name);
	const ids = (await Array.fromAsync(allDocuments(corpus, collection.id, 'everything'))).map(({ id }) => id);
	indexes.forget(name);
	const receipt = await removeWith(parts, ids, { ...options, remove: () => corpus.removeCollection(name) });
	await indexes.removeSnapshot(collection.id);
	await forgetFusion(records, collection.id);
	await collectionAccess.remove(collection.id);
	return receipt;
}

/** Erases before it removes, so that a kill in between loses no trace of what is left to do; the removal settles both. */
async function removeWith(
	{ folder, store: { records }, log }: RemovalParts,
	ids: readonly string[],
	{ erase = false, remove }: RemoveOptions & { readonly remove: () => Promise<Receipt> },
): Promise<RemovalReceipt> {
	const documents = new Set(ids);
	await removeSearchedAnswers(records);
	const traces = await tracesOf(records, documents, folder);
	if (erase) await eraseTraces(log, documents);
	return { ...(await remove()), ...traces, erased: erase };
}
