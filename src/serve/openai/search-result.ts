import type { Access } from '../../core/access.ts';
import type { Attributes } from '../../core/document.ts';
import type { Hit } from '../../core/hit.ts';
import type { Knowhow } from '../../project/knowhow.ts';
import { fileOf } from './answer-text.ts';

/** A hit in the shape of OpenAI's search results. */
export type SearchResult = {
	readonly file_id: string;
	readonly filename: string;
	readonly score: number;
	readonly attributes: Attributes;
	readonly content: readonly { readonly type: 'text'; readonly text: string }[];
	readonly document_id: string;
	readonly chunk_id: string;
	readonly version: number;
	readonly start: number;
	readonly end: number;
	readonly page: number | null;
};

/** Of those hits whose documents the caller may still read, in order. */
export async function searchResults(knowhow: Knowhow, hits: readonly Hit[], access: Access): Promise<SearchResult[]> {
	const ids = [...new Set(hits.map(({ document }) => document.id))];
	const found = await knowhow.summaries(ids, { access });
	const attributes = new Map(found.flatMap((summary) => (summary === null ? [] : [[summary.id, summary.attributes]])));
	return hits.flatMap((hit) => {
		const known = attributes.get(hit.document.id);
		return known === undefined ? [] : [searchResult(hit, known)];
	});
}

/** The score is brought to 0…1 from the reranker's log-odds; without it, it is that of fusion. */
function searchResult(hit: Hit, attributes: Attributes): SearchResult {
	const { id: document_id, source, version } = hit.document;
	const file = fileOf({ source, documentId: document_id });
	const { chunk, text, start, end, page } = hit;
	const { rerank } = hit.parts;
	return {
		file_id: file.id,
		filename: file.name,
		score: rerank === null ? hit.score : 1 / (1 + Math.exp(-rerank)),
		attributes,
		content: [{ type: 'text', text }],
		document_id,
		chunk_id: chunk,
		version,
		start,
		end,
		page,
	};
}
