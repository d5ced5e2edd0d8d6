import type { DocumentSummary } from '../core/document.ts';
import type { Changes } from '../core/store.ts';
import { chunksOfDocument } from './chunks.ts';
import { collectionById } from './collections.ts';
import type { Database } from './database.ts';
import { summaryOf } from './documents.ts';

type Change = { readonly id: string; readonly sequence: number; readonly removed: 0 | 1 };

/**
 * See `Corpus.changes`. A document or tombstone holds the sequence of its last change only, and each change has a number
 * of its own. So a document that changes between two pages moves behind both, and is met there in its newest state.
 */
export function changesAfter(database: Database, collection: string, sequence: number, limit: number): Changes {
	const latest = collectionById(database, collection).sequence;
	const found = database.all<Change>(
		`select id, sequence, 0 as removed from documents where collection = ? and sequence > ?
		union all select document, sequence, 1 from tombstones where collection = ? and sequence > ?
		order by sequence limit ?`,
		collection,
		sequence,
		collection,
		sequence,
		limit + 1,
	);
	const page = found.slice(0, limit);
	const done = page.length === found.length;
	return {
		sequence: done ? latest : (page.at(-1) as Change).sequence,
		done,
		removed: page.filter((change) => change.removed === 1).map((change) => change.id),
		documents: page
			.filter((change) => change.removed === 0)
			.map(({ id }) => ({
				summary: summaryOf(database, id) as DocumentSummary,
				chunks: chunksOfDocument(database, id),
			})),
	};
}
