import type { Access } from '../../core/access.ts';
import type { Collection } from '../../core/collection.ts';
import type { Chunk, Document, DocumentSummary, ListedDocument } from '../../core/document.ts';
import { KnowhowError } from '../../core/error.ts';
import type { Corpus, DocumentPage, DocumentVersion, Store } from '../../core/store.ts';
import type { CollectionAccess } from './collection-access.ts';

/** What says who reaches which documents: their own readers, and those of their collections. */
export type ReachParts = {
	readonly store: Pick<Store, 'corpus'>;
	readonly collectionAccess: CollectionAccess;
};

/** By name. Throws `not_found`. */
export async function collectionNamed(corpus: Pick<Corpus, 'collection'>, name: string): Promise<Collection> {
	const collection = await corpus.collection(name);
	if (collection) return collection;
	throw noCollection(name);
}

/** Throws `not_found`, as for a collection that is not there, when `access` does not reach it. */
export async function reachedCollection(parts: ReachParts, name: string, access: Access): Promise<Collection> {
	const collection = await collectionNamed(parts.store.corpus, name);
	if (await parts.collectionAccess.allows(collection.id, access)) return collection;
	throw noCollection(name);
}

/** Null when it is absent or out of reach. */
export async function reachedDocument(parts: ReachParts, id: string, access: Access): Promise<Document | null> {
	const found = await parts.store.corpus.document(id, access);
	return found !== null && (await parts.collectionAccess.allows(found.collection, access)) ? found : null;
}

/** In the order asked; null where absent or out of reach. */
export async function reachedSummaries(
	parts: ReachParts,
	ids: readonly string[],
	access: Access,
): Promise<(DocumentSummary | null)[]> {
	const found = await parts.store.corpus.summaries(ids, access);
	return await Promise.all(
		found.map(async (summary) =>
			summary !== null && (await parts.collectionAccess.allows(summary.collection, access)) ? summary : null,
		),
	);
}

/** In order; none when the document is absent or out of reach. */
export async function reachedChunks(parts: ReachParts, id: string, access: Access): Promise<Chunk[]> {
	if ((await reachedDocument(parts, id, access)) === null) return [];
	return await parts.store.corpus.chunksOf(id, access);
}

/** Every version in order; none when the document is absent or out of reach. */
export async function reachedVersions(parts: ReachParts, id: string, access: Access): Promise<DocumentVersion[]> {
	if ((await reachedDocument(parts, id, access)) === null) return [];
	return await parts.store.corpus.versions(id, access);
}

/** A page of a collection, by its name. Throws `not_found`. */
export async function reachedDocuments(
	parts: ReachParts,
	name: string,
	{ access, ...page }: DocumentPage & { readonly access: Access },
): Promise<ListedDocument[]> {
	const { id } = await reachedCollection(parts, name, access);
	return await parts.store.corpus.documents(id, access, page);
}

function noCollection(name: string): KnowhowError {
	return new KnowhowError('not_found', `There is no collection named "${name}".`, {
		hint: 'List them with `knowhow collections`.',
	});
}
