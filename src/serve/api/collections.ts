import { z } from 'zod';
import { readersSchema } from '../../core/access.ts';
import type { Collection } from '../../core/collection.ts';
import { keyScopes } from '../../project/access/keys.ts';
import type { Knowhow } from '../../project/knowhow.ts';
import { version } from '../../project/version.ts';
import type { Caller } from '../caller.ts';
import { demandOwner, findCollection } from '../collection.ts';
import { defineRoute, type Route } from '../route.ts';
import { removalReceipt } from './removal-receipt.ts';

const collection = z
	.object({
		id: z.string(),
		name: z.string(),
		space: z.string().nullable(),
		documents: z.int(),
		chunks: z.int(),
		createdAt: z.int(),
	})
	.meta({ id: 'Collection' });

const grant = z
	.object({
		owner: z.string().nullable().describe('Who made it; null: the owner of the project.'),
		readers: readersSchema,
	})
	.meta({ id: 'Grant' });

export function collectionRoutes(knowhow: Knowhow): Route[] {
	return [
		defineRoute({
			method: 'GET',
			path: '/api/collections',
			summary: 'List the collections',
			scope: 'read',
			answer: z.object({ data: z.array(collection) }),
			handle: async ({ caller }) => ({ data: await listed(knowhow, caller) }),
		}),
		defineRoute({
			method: 'POST',
			path: '/api/collections',
			// Names are the project’s: one that is taken tells of a collection that others may not reach.
			summary: 'Create a collection under a name of its own; POST /v1/vector_stores does without',
			scope: 'admin',
			body: z.object({ name: z.string().regex(/^[a-z0-9][\w.-]{0,63}$/i), readers: readersSchema.default('everyone') }),
			answer: collection,
			creates: true,
			handle: async ({ body, caller }) => {
				const created = await knowhow.createCollection(body.name);
				await knowhow.collectionAccess.set(created.id, { owner: caller.id, readers: body.readers });
				return toCollection(created);
			},
		}),
		defineRoute({
			method: 'DELETE',
			path: '/api/collections/:collection',
			summary: 'Delete a collection and all its documents; says what was removed and who quotes it',
			scope: 'admin',
			answer: removalReceipt,
			handle: async ({ params, caller }) => {
				const { id, name } = await findCollection(knowhow, params['collection'] ?? '', caller);
				await knowhow.files.inCollections.forget(id);
				const receipt = await knowhow.deleteCollection(name);
				await knowhow.labels.remove(id);
				return receipt;
			},
		}),
		defineRoute({
			method: 'GET',
			path: '/api/collections/:collection/access',
			summary: 'Who reaches a collection; for whoever made it',
			scope: 'read',
			answer: grant,
			handle: async ({ params, caller }) => {
				const { id } = await findCollection(knowhow, params['collection'] ?? '', caller);
				await demandOwner(knowhow, id, caller);
				return await knowhow.collectionAccess.get(id);
			},
		}),
		defineRoute({
			method: 'POST',
			path: '/api/collections/:collection/access',
			summary: 'Say who reaches a collection, beside whoever made it; for them',
			scope: 'write',
			body: z.object({ readers: readersSchema }),
			answer: grant,
			handle: async ({ params, caller, body }) => {
				const { id } = await findCollection(knowhow, params['collection'] ?? '', caller);
				await demandOwner(knowhow, id, caller);
				const { owner } = await knowhow.collectionAccess.get(id);
				await knowhow.collectionAccess.set(id, { owner, readers: body.readers });
				return { owner, readers: body.readers };
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
				databaseBytes: z.int().nullable().describe('Null for callers who may not read everything.'),
				embedder: z.string().nullable(),
				model: z.string().nullable().describe('Null: answers are sentences of the documents.'),
				collection: z.string().describe('The name of the default collection.'),
				scopes: z.array(z.enum(keyScopes)).describe('What the caller may do; `admin` may do everything.'),
			}),
			handle: async ({ caller }) => {
				const embedder = (await knowhow.embedder())?.id ?? null;
				const model = (await knowhow.generator())?.id ?? null;
				const databaseBytes = caller.access === 'everything' ? (await knowhow.status()).database.bytes : null;
				const { collection } = knowhow.config;
				const collections = await listed(knowhow, caller);
				return {
					version: await version(),
					collections,
					databaseBytes,
					embedder,
					model,
					collection,
					scopes: caller.scopes,
				};
			},
		}),
	];
}

async function listed(knowhow: Knowhow, { access }: Caller): Promise<object[]> {
	return (await knowhow.collections({ access })).map(toCollection);
}

/** Without its sequence, which grows with every commit, those of hidden documents too. */
function toCollection({ id, name, space, documents, chunks, createdAt }: Collection): z.output<typeof collection> {
	return { id, name, space, documents, chunks, createdAt };
}
