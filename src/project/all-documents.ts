import type { Access } from '../core/access.ts';
import type { DocumentSummary } from '../core/document.ts';
import type { Corpus } from '../core/store.ts';

/** Documents read at a time. */
const pageSize = 500;

/** Every document of a collection that `access` includes, in order of id. Those added while it runs may be missed. */
export async function* allDocuments(
	corpus: Pick<Corpus, 'documents'>,
	collection: string,
	access: Access,
): AsyncGenerator<DocumentSummary> {
	for (let after = ''; ;) {
		const page = await corpus.documents(collection, access, { after, limit: pageSize });
		yield* page;
		if (page.length < pageSize) return;
		after = page.at(-1)!.id;
	}
}
