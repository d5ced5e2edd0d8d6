import { z } from 'zod';
import { readersSchema } from '../../core/access.ts';
import { KnowhowError } from '../../core/error.ts';
import type { CollectionFile } from '../../project/uploads/collection-files.ts';
import type { FileBatch } from '../../project/uploads/file-batches.ts';
import type { Knowhow } from '../../project/knowhow.ts';
import { owns } from '../caller.ts';
import { findCollection, useCollection } from '../collection.ts';
import { listOf, page, pageQuery } from '../list.ts';
import { type Asked, defineRoute, type Route } from '../route.ts';
import { findFile } from './files.ts';
import {
	attributes,
	chunkingStrategy,
	chunkTokensOf,
	fileStatus,
	toVectorStoreFile,
	vectorStoreFile,
} from './vector-store-files.ts';

const most = 500;

const batch = z
	.object({
		id: z.string(),
		object: z.literal('vector_store.files_batch'),
		created_at: z.int(),
		vector_store_id: z.string(),
		status: z.enum(['in_progress', 'completed', 'cancelled', 'failed']),
		file_counts: z.object({
			in_progress: z.int(),
			completed: z.int(),
			failed: z.int(),
			cancelled: z.int(),
			total: z.int(),
		}),
	})
	.meta({ id: 'FileBatch' });

const creation = z.object({
	file_ids: z.array(z.string().min(1)).min(1).max(most).nullish(),
	files: z
		.array(
			z.object({
				file_id: z.string().min(1),
				attributes: attributes.nullish(),
				readers: readersSchema.nullish(),
				chunking_strategy: chunkingStrategy.nullish(),
			}),
		)
		.min(1)
		.max(most)
		.nullish(),
	attributes: attributes.nullish(),
	readers: readersSchema.nullish(),
	chunking_strategy: chunkingStrategy.nullish(),
});

export function batchRoutes(knowhow: Knowhow): Route[] {
	const path = '/v1/vector_stores/:store/file_batches';
	return [
		defineRoute({
			method: 'POST',
			path,
			summary: 'Put several files into a vector store',
			scope: 'write',
			body: creation,
			answer: batch,
			creates: true,
			handle: async (asked) => await create(knowhow, asked),
		}),
		defineRoute({
			method: 'GET',
			path: `${path}/:batch`,
			summary: 'Show how far a batch is',
			scope: 'read',
			answer: batch,
			handle: async (asked) => await show(knowhow, await find(knowhow, asked), asked),
		}),
		defineRoute({
			method: 'POST',
			path: `${path}/:batch/cancel`,
			summary: 'Stop the files of a batch that are in progress',
			scope: 'write',
			answer: batch,
			handle: async (asked) => {
				const found = await find(knowhow, asked);
				await Promise.all(found.files.map((file) => knowhow.files.inCollections.cancel(found.collection, file)));
				return await show(knowhow, found, asked);
			},
		}),
		defineRoute({
			method: 'GET',
			path: `${path}/:batch/files`,
			summary: 'List the files of a batch',
			scope: 'read',
			query: pageQuery.extend({ filter: fileStatus.optional() }),
			answer: listOf(vectorStoreFile),
			handle: async (asked) => {
				const { collection, files } = await find(knowhow, asked);
				const only = { status: asked.query.filter ?? null, among: new Set(files) };
				return await page(asked.query, async (reading) => {
					const { access } = asked.caller;
					const listed = await knowhow.files.inCollections.list(collection, access, { ...reading, ...only });
					return listed && listed.map((file) => toVectorStoreFile(file, knowhow.config.ingest.chunkTokens));
				});
			},
		}),
	];
}

async function create(knowhow: Knowhow, asked: Asked<unknown, z.output<typeof creation>>): Promise<object> {
	const { body, params, caller } = asked;
	const { id: collection } = await useCollection(knowhow, params['store'] ?? '', caller);
	const same = { attributes: body.attributes, readers: body.readers, chunking_strategy: body.chunking_strategy };
	const wanted = body.files ?? (body.file_ids ?? []).map((file_id) => ({ file_id, ...same }));
	if (wanted.length === 0) throw new KnowhowError('invalid_argument', 'The batch has neither file_ids nor files.');
	const found = await Promise.all(wanted.map(({ file_id }) => findFile(knowhow, file_id, caller)));
	for (const [at, file] of found.entries()) {
		const chunkTokens = chunkTokensOf(wanted[at]!.chunking_strategy);
		const { attributes, readers } = wanted[at]!;
		const options = { attributes: attributes ?? {}, readers: readers ?? null, chunkTokens };
		await knowhow.files.inCollections.add(collection, file, options);
	}
	const files = [...new Set(found.map(({ id }) => id))];
	return await show(knowhow, await knowhow.files.batches.create({ collection, files, owner: caller.id }), asked);
}

async function find(knowhow: Knowhow, { params, caller }: Asked<unknown, unknown>): Promise<FileBatch> {
	const { id } = await findCollection(knowhow, params['store'] ?? '', caller);
	const found = await knowhow.files.batches.get(params['batch'] ?? '');
	if (found?.collection === id && owns(caller, found.owner)) return found;
	throw new KnowhowError('not_found', `There is no batch "${params['batch'] ?? ''}" in this vector store.`);
}

/** Those that are still in the vector store. */
async function filesOf(
	knowhow: Knowhow,
	{ collection, files }: FileBatch,
	{ caller }: Asked<unknown, unknown>,
): Promise<CollectionFile[]> {
	const found = await Promise.all(
		files.map((file) => knowhow.files.inCollections.status(collection, file, caller.access)),
	);
	return found.filter((file) => file !== null);
}

async function show(
	knowhow: Knowhow,
	found: FileBatch,
	asked: Asked<unknown, unknown>,
): Promise<z.output<typeof batch>> {
	const files = await filesOf(knowhow, found, asked);
	const count = (status: CollectionFile['status']): number => files.filter((file) => file.status === status).length;
	const [in_progress, completed] = [count('in_progress'), count('completed')];
	const [failed, cancelled] = [count('failed'), count('cancelled')];
	return {
		id: found.id,
		object: 'vector_store.files_batch',
		created_at: Math.floor(found.at / 1000),
		vector_store_id: found.collection,
		status: in_progress > 0 ? 'in_progress' : cancelled > 0 ? 'cancelled' : 'completed',
		file_counts: { in_progress, completed, failed, cancelled, total: files.length },
	};
}
