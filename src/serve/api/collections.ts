import { z } from 'zod';
import type { Knowhow } from '../../project/knowhow.ts';
import { version } from '../../project/version.ts';
import { findCollection } from '../collection.ts';
import { defineRoute, type Route } from '../route.ts';

const collection = z.object({
	id: z.string(),
	name: z.string(),
	space: z.string().nullable(),
	documents: z.int(),
	chunks: z.int(),
	sequence: z.int(),
	createdAt: z.int(),
});

export function collectionRoutes(knowhow: Knowhow): Route[] {
	return [
		defineRoute({
			method: 'GET',
			path: '/api/collections',
			summary: 'List the collections',
			scope: 'read',
			answer: z.object({ data: z.array(collection) }),
			handle: async () => ({ data: await knowhow.collections() }),
		}),
		defineRoute({
			method: 'POST',
			path: '/api/collections',
			summary: 'Create a collection',
			scope: 'write',
			body: z.object({ name: z.string().regex(/^[a-z0-9][\w.-]{0,63}$/i) }),
			answer: collection,
			creates: true,
			handle: async ({ body }) => await knowhow.createCollection(body.name),
		}),
		defineRoute({
			method: 'DELETE',
			path: '/api/collections/:collection',
			summary: 'Delete a collection and all its documents; says what was removed and who quotes it',
			scope: 'write',
			answer: z.looseObject({ documents: z.int(), chunks: z.int(), vectors: z.int(), at: z.int() }),
			handle: async ({ params }) => {
				const { id, name } = await findCollection(knowhow, params['collection'] ?? '');
				await knowhow.files.inCollections.forget(id);
				const receipt = await knowhow.deleteCollection(name);
				await knowhow.labels.remove(id);
				return receipt;
			},
		}),
		defineRoute({
			method: 'GET',
			path: '/api/status',
			summary: 'What the project holds and what answers',
			scope: 'read',
			answer: z.object({
				version: z.string(),
				collections: z.array(collection),
				databaseBytes: z.int(),
				embedder: z.string().nullable(),
				model: z.string().nullable().describe('Null: answers are sentences of the documents.'),
			}),
			handle: async () => {
				const [{ collections, database }, embedder] = [await knowhow.status(), await knowhow.embedder()];
				const model = (await knowhow.generator())?.id ?? null;
				const databaseBytes = database.bytes;
				return { version: await version(), collections, databaseBytes, embedder: embedder?.id ?? null, model };
			},
		}),
	];
}
