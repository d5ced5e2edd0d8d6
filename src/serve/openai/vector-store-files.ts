import { z } from 'zod';
import { readersSchema } from '../../core/access.ts';
import { KnowhowError } from '../../core/error.ts';
import type { CollectionFile } from '../../project/uploads/collection-files.ts';
import type { Knowhow } from '../../project/knowhow.ts';
import { findCollection, useCollection } from '../collection.ts';
import { listOf, page, pageQuery } from '../list.ts';
import { type Asked, defineRoute, type Route } from '../route.ts';
import { findFile } from './files.ts';
import { pairsOf } from './pairs.ts';

/** Chunks do not overlap, whatever is asked for: their headings go with them. */
export const chunkingStrategy = z.discriminatedUnion('type', [
	z.object({ type: z.literal('auto') }),
	z.object({
		type: z.literal('static'),
		static: z.object({
			max_chunk_size_tokens: z.int().min(100).max(4096).describe('2,000 at most are used.'),
			chunk_overlap_tokens: z.int().min(0).describe('Not used.'),
		}),
	}),
]);

const attributeValue = z.union([z.string().max(512), z.number(), z.boolean()]);
export const attributes = pairsOf(attributeValue);

const lastError = z.object({ code: z.enum(['server_error', 'unsupported_file', 'invalid_file']), message: z.string() });

export const vectorStoreFile = z
	.object({
		id: z.string(),
		object: z.literal('vector_store.file'),
		created_at: z.int(),
		vector_store_id: z.string(),
		status: z.enum(['in_progress', 'completed', 'cancelled', 'failed']),
		last_error: lastError.nullable(),
		usage_bytes: z.int(),
		attributes: z.record(z.string(), attributeValue),
		chunking_strategy: chunkingStrategy,
		document_id: z.string().nullable(),
	})
	.meta({ id: 'VectorStoreFile' });

export const fileStatus = z.enum(['in_progress', 'completed', 'failed', 'cancelled']);

const mostChunkTokens = 2000;

export function vectorStoreFileRoutes(knowhow: Knowhow): Route[] {
	const path = '/v1/vector_stores/:store/files';
	const show = (file: CollectionFile): object => toVectorStoreFile(file, knowhow.config.ingest.chunkTokens);
	const find = async (
		{ params, caller }: Asked<unknown, unknown>,
		read: 'get' | 'status' = 'get',
	): Promise<CollectionFile> => {
		const { id } = await findCollection(knowhow, params['store'] ?? '', caller);
		const found = await knowhow.files.inCollections[read](id, params['file'] ?? '', caller.access);
		if (found) return found;
		throw unknownFile(params['file']);
	};
	return [
		defineRoute({
			method: 'POST',
			path,
			summary: 'Put an uploaded file into a vector store',
			scope: 'write',
			body: z.object({
				file_id: z.string().min(1),
				attributes: attributes.nullish(),
				readers: readersSchema.nullish(),
				chunking_strategy: chunkingStrategy.nullish(),
			}),
			answer: vectorStoreFile,
			creates: true,
			handle: async ({ params, body, caller }) => {
				const { id } = await useCollection(knowhow, params['store'] ?? '', caller);
				const file = await findFile(knowhow, body.file_id, caller);
				const chunkTokens = chunkTokensOf(body.chunking_strategy);
				const options = { attributes: body.attributes ?? {}, readers: body.readers ?? null, chunkTokens };
				return show(await knowhow.files.inCollections.add(id, file, options));
			},
		}),
		defineRoute({
			method: 'GET',
			path,
			summary: 'List the uploaded files of a vector store',
			scope: 'read',
			query: pageQuery.extend({ filter: fileStatus.optional() }),
			answer: listOf(vectorStoreFile),
			handle: async ({ params, query, caller }) => {
				const { id } = await findCollection(knowhow, params['store'] ?? '', caller);
				return await page(
					query,
					async (reading) => {
						const status = query.filter ?? null;
						const files = await knowhow.files.inCollections.list(id, caller.access, { ...reading, status });
						return files && files.map((file) => toVectorStoreFile(file, knowhow.config.ingest.chunkTokens));
					},
					'file-',
				);
			},
		}),
		defineRoute({
			method: 'GET',
			path: `${path}/:file`,
			summary: 'Show how far a file is',
			scope: 'read',
			answer: vectorStoreFile,
			handle: async (asked) => show(await find(asked, 'status')),
		}),
		defineRoute({
			method: 'POST',
			path: `${path}/:file`,
			summary: 'Replace its attributes',
			scope: 'write',
			body: z.object({ attributes: attributes.nullable() }),
			answer: vectorStoreFile,
			handle: async (asked) => {
				const { collection, file } = await find(asked);
				const changed = await knowhow.files.inCollections.setAttributes(collection, file, asked.body.attributes ?? {});
				if (changed === null) throw unknownFile(file);
				return show(changed);
			},
		}),
		defineRoute({
			method: 'GET',
			path: `${path}/:file/content`,
			summary: 'Its text, chunk by chunk',
			scope: 'read',
			answer: z.object({
				object: z.literal('vector_store.file_content.page'),
				data: z.array(z.object({ type: z.literal('text'), text: z.string() })),
				has_more: z.literal(false),
				next_page: z.null(),
			}),
			handle: async (asked) => {
				const { document } = await find(asked);
				const chunks = document === null ? [] : await knowhow.chunks(document, { access: asked.caller.access });
				const data = chunks.map(({ text }) => ({ type: 'text', text }));
				return { object: 'vector_store.file_content.page', data, has_more: false, next_page: null };
			},
		}),
		defineRoute({
			method: 'DELETE',
			path: `${path}/:file`,
			summary: 'Take a file out of a vector store; on return no search finds it. The file stays',
			scope: 'write',
			answer: z.object({ id: z.string(), object: z.literal('vector_store.file.deleted'), deleted: z.literal(true) }),
			handle: async (asked) => {
				const { collection, file } = await find(asked, 'status');
				await knowhow.files.inCollections.remove(collection, file);
				return { id: file, object: 'vector_store.file.deleted', deleted: true };
			},
		}),
	];
}

function unknownFile(id: string | undefined): KnowhowError {
	return new KnowhowError('not_found', `There is no file "${id ?? ''}" in this vector store.`);
}

/** Null: as the settings say. */
export function chunkTokensOf(strategy: z.output<typeof chunkingStrategy> | null | undefined): number | null {
	return strategy?.type === 'static' ? Math.min(strategy.static.max_chunk_size_tokens, mostChunkTokens) : null;
}

export function toVectorStoreFile(file: CollectionFile, defaultTokens: number): z.output<typeof vectorStoreFile> {
	const { file: id, collection, status, error, bytes, at, document, chunkTokens } = file;
	return {
		id,
		object: 'vector_store.file',
		created_at: Math.floor(at / 1000),
		vector_store_id: collection,
		status,
		last_error: error && { code: errorCode(error.code), message: error.message },
		usage_bytes: bytes,
		attributes: { ...file.attributes },
		chunking_strategy: {
			type: 'static',
			static: { max_chunk_size_tokens: chunkTokens ?? defaultTokens, chunk_overlap_tokens: 0 },
		},
		document_id: document,
	};
}

/** OpenAI knows three reasons; the message has ours. */
function errorCode(code: string): z.output<typeof lastError>['code'] {
	if (code === 'unsupported_format') return 'unsupported_file';
	return /^(?:unreadable_file|file_too_large|password_protected|parse_|empty_document)/.test(code)
		? 'invalid_file'
		: 'server_error';
}
