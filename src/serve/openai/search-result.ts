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

/** The score is brought to 0…1 from the reranker's log-odds; without it, it is that of fusion. */
export async function searchResult(knowhow: Knowhow, hit: Hit, access: Access): Promise<SearchResult> {
	const { id: document_id, source, version } = hit.document;
	const document = await knowhow.document(document_id, { access });
	const file = fileOf({ source, documentId: document_id });
	const { chunk, text, start, end, page } = hit;
	const { rerank } = hit.parts;
	return {
		file_id: file.id,
		filename: file.name,
		score: rerank === null ? hit.score : 1 / (1 + Math.exp(-rerank)),
		attributes: document?.attributes ?? {},
		content: [{ type: 'text', text }],
		document_id,
		chunk_id: chunk,
		version,
		start,
		end,
		page,
	};
}
