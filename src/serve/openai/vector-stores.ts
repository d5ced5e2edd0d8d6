import { z } from 'zod';
import type { Collection } from '../../core/collection.ts';
import { type Access, readersSchema } from '../../core/access.ts';
import { parseFilter } from '../../core/filter.ts';
import { KnowhowError } from '../../core/error.ts';
import type { Hit } from '../../core/hit.ts';
import type { Knowhow } from '../../project/knowhow.ts';
import type { ReachedCollection } from '../../project/access/collection-access.ts';
import type { Caller } from '../caller.ts';
import { demandOwner, findCollection, useCollection } from '../collection.ts';
import { listOf, page, pageQuery, readOf } from '../list.ts';
import { type Asked, defineRoute, type Route } from '../route.ts';
import { searchedText } from '../searched.ts';
import { findFile } from './files.ts';
import { pairsOf } from './pairs.ts';
import { searchResults } from './search-result.ts';
import { chunkingStrategy, chunkTokensOf } from './vector-store-files.ts';

const vectorStore = z
	.object({
		id: z.string(),
		object: z.literal('vector_store'),
		created_at: z.int(),
		name: z.string(),
		description: z.string().nullable(),
		status: z.enum(['in_progress', 'completed', 'expired']),
		file_counts: z
			.object({
				in_progress: z.int(),
				completed: z.int(),
				failed: z.int(),
				cancelled: z.int(),
				total: z.int(),
			})
			.describe('Of the uploaded files, as `files` lists them.'),
		documents: z.int().describe('All that a search may find, those included that were not uploaded.'),
		usage_bytes: z.int(),
		last_active_at: z.int().nullable(),
		expires_after: z.object({ anchor: z.literal('last_active_at'), days: z.int() }).nullable(),
		expires_at: z.int().nullable(),
		metadata: z.record(z.string(), z.string()).nullable(),
		collection: z.string().describe('What the command line and knowhow.json call it.'),
	})
	.meta({ id: 'VectorStore' });

const metadata = pairsOf(z.string().max(512)).nullish();
const name = z.string().max(200).nullish();
const description = z.string().max(1000).nullish();

const expiresAfter = z
	.object({ anchor: z.literal('last_active_at'), days: z.int().min(1).max(365) })
	.nullish()
	.describe('Days without use after which its documents go.');

const creation = z.looseObject({
	name,
	description,
	metadata,
	expires_after: expiresAfter,
	file_ids: z.array(z.string()).max(500).nullish(),
	readers: readersSchema.nullish(),
	chunking_strategy: chunkingStrategy.nullish(),
});

const search = z.object({
	query: z.union([searchedText, z.array(searchedText).min(1).max(20)]),
	filters: z.unknown().optional().describe('OpenAI’s shape: a comparison, or `and` and `or` of filters.'),
	max_num_results: z.int().min(1).max(50).default(10),
	ranking_options: z
		.object({ ranker: z.string().nullish(), score_threshold: z.number().min(0).max(1).nullish() })
		.nullish()
		.describe('`ranker`: `none` leaves the order to fusion.'),
	rewrite_query: z.boolean().nullish().describe('Queries are searched as they are.'),
});

const results = z.object({
	object: z.literal('vector_store.search_results.page'),
	search_query: z.array(z.string()),
	data: z.array(
		z.looseObject({
			file_id: z.string(),
			filename: z.string(),
			score: z.number(),
			attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
			content: z.array(z.object({ type: z.literal('text'), text: z.string() })),
		}),
	),
	has_more: z.literal(false),
	next_page: z.null(),
});

export function vectorStoreRoutes(knowhow: Knowhow): Route[] {
	const path = '/v1/vector_stores/:store';
	const find = async ({ params, caller }: Asked<unknown, unknown>) =>
		await findCollection(knowhow, params['store'] ?? '', caller);
	const use = async ({ params, caller }: Asked<unknown, unknown>) =>
		await useCollection(knowhow, params['store'] ?? '', caller);
	return [
		defineRoute({
			method: 'POST',
			path: '/v1/vector_stores',
			summary: 'Create a vector store (a collection)',
			scope: 'write',
			body: creation,
			answer: vectorStore,
			creates: true,
			handle: async (asked) => await create(knowhow, asked),
		}),
		defineRoute({
			method: 'GET',
			path: '/v1/vector_stores',
			summary: 'List vector stores',
			scope: 'read',
			query: pageQuery,
			answer: listOf(vectorStore),
			handle: async ({ query, caller }) => {
				const all = (await knowhow.collections(caller)).toSorted(
					(a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1),
				);
				const read = readOf(all);
				return await page(query, async (reading) => {
					const found = await read(reading);
					return found && (await Promise.all(found.map((collection) => toVectorStore(knowhow, collection, caller))));
				});
			},
		}),
		defineRoute({
			method: 'GET',
			path,
			summary: 'Show a vector store, by id or by the collection’s name',
			scope: 'read',
			answer: vectorStore,
			handle: async (asked) => await toVectorStore(knowhow, await find(asked), asked.caller),
		}),
		defineRoute({
			method: 'POST',
			path,
			summary: 'Change its name, description, metadata and expiry; the collection keeps its own name',
			scope: 'write',
			body: z.looseObject({ name, description, metadata, expires_after: expiresAfter }),
			answer: vectorStore,
			handle: async (asked) => {
				const collection = await find(asked);
				await demandOwner(knowhow, collection.id, asked.caller);
				const label = await knowhow.labels.get(collection.id);
				const { body } = asked;
				await knowhow.labels.set(collection.id, {
					name: body.name === undefined ? label.name : body.name,
					description: body.description === undefined ? label.description : body.description,
					metadata: body.metadata === undefined ? label.metadata : body.metadata,
				});
				if (body.expires_after !== undefined) await knowhow.expiry.set(collection.id, body.expires_after?.days ?? null);
				return await toVectorStore(knowhow, collection, asked.caller);
			},
		}),
		defineRoute({
			method: 'DELETE',
			path,
			summary: 'Delete a vector store with its documents; uploaded files stay',
			scope: 'write',
			answer: z.object({ id: z.string(), object: z.literal('vector_store.deleted'), deleted: z.literal(true) }),
			handle: async (asked) => {
				const { id, name: own } = await find(asked);
				await demandOwner(knowhow, id, asked.caller);
				await knowhow.files.inCollections.forget(id);
				await knowhow.deleteCollection(own);
				await knowhow.labels.remove(id);
				return { id, object: 'vector_store.deleted', deleted: true };
			},
		}),
		defineRoute({
			method: 'POST',
			path: `${path}/search`,
			summary: 'Find the passages that matter for a query',
			scope: 'read',
			body: search,
			answer: results,
			handle: async (asked) => await searchStore(knowhow, await use(asked), asked),
		}),
	];
}

async function create(knowhow: Knowhow, { body, caller }: Asked<unknown, z.output<typeof creation>>): Promise<object> {
	const files = await Promise.all((body.file_ids ?? []).map((id) => findFile(knowhow, id, caller)));
	// A name that is taken would tell of a collection that the caller does not reach.
	const wanted = caller.access === 'everything' ? (body.name ?? '') : '';
	const collection = await createNamed(knowhow, wanted);
	const readers = body.readers ?? (caller.id === null ? 'everyone' : []);
	await knowhow.collectionAccess.set(collection.id, { owner: caller.id, readers });
	await knowhow.labels.set(collection.id, {
		name: body.name ?? null,
		description: body.description ?? null,
		metadata: body.metadata ?? null,
	});
	await knowhow.expiry.set(collection.id, body.expires_after?.days ?? null);
	for (const file of files) {
		const chunkTokens = chunkTokensOf(body.chunking_strategy);
		await knowhow.files.inCollections.add(collection.id, file, { chunkTokens });
	}
	return await toVectorStore(knowhow, collection, caller);
}

/** The collection is called as wished where that is a collection's name and free, else by a name of its own. */
async function createNamed(knowhow: Knowhow, wanted: string): Promise<Collection> {
	const own = `vs-${crypto.randomUUID().slice(0, 13)}`;
	if (!/^[a-z0-9][\w.-]{0,63}$/i.test(wanted)) return await knowhow.createCollection(own);
	try {
		return await knowhow.createCollection(wanted);
	} catch (error) {
		if (!(error instanceof KnowhowError) || error.code !== 'already_exists') throw error;
		return await knowhow.createCollection(own);
	}
}

async function toVectorStore(
	knowhow: Knowhow,
	collection: ReachedCollection,
	{ access }: Caller,
): Promise<z.output<typeof vectorStore>> {
	const { id, name: own, createdAt } = collection;
	const label = await knowhow.labels.get(id);
	const { documents } = await knowhow.collectionAccess.counts(id, access);
	const { bytes, ...counts } = await knowhow.files.inCollections.counts(id, access);
	const total = counts.in_progress + counts.completed + counts.failed + counts.cancelled;
	const use = await knowhow.expiry.use(id);
	const days = use?.expiresAfterDays ?? null;
	const expiresAt = use === null ? null : knowhow.expiry.expiresAt(use);
	const isExpired = use !== null && knowhow.expiry.isExpired(use);
	return {
		id,
		object: 'vector_store',
		created_at: Math.floor(createdAt / 1000),
		name: label.name ?? own,
		description: label.description,
		status: isExpired ? 'expired' : counts.in_progress > 0 ? 'in_progress' : 'completed',
		file_counts: { ...counts, total },
		documents,
		usage_bytes: bytes,
		last_active_at: Math.floor((use?.activeAt ?? createdAt) / 1000),
		expires_after: days === null ? null : { anchor: 'last_active_at', days },
		expires_at: expiresAt === null ? null : Math.floor(expiresAt / 1000),
		metadata: label.metadata,
		collection: own,
	};
}

async function searchStore(
	knowhow: Knowhow,
	{ name: collection }: ReachedCollection,
	{ body, caller, signal }: Asked<unknown, z.output<typeof search>>,
): Promise<z.output<typeof results>> {
	const queries = typeof body.query === 'string' ? [body.query] : body.query;
	const options = {
		collections: [collection],
		access: caller.access,
		filter: body.filters == null ? null : parseFilter(body.filters, 'filters'),
		k: body.max_num_results,
		...(body.ranking_options?.ranker === 'none' ? { rerank: false } : {}),
		signal,
	};
	const found: Hit[] = [];
	for (const query of queries) found.push(...(await knowhow.search(query, options)).hits);
	const data = await resultsOf(knowhow, found, caller.access);
	const least = body.ranking_options?.score_threshold ?? 0;
	return {
		object: 'vector_store.search_results.page',
		search_query: queries,
		data: data.filter(({ score }) => score >= least).slice(0, body.max_num_results),
		has_more: false,
		next_page: null,
	};
}

/** Each chunk once, best first. */
async function resultsOf(knowhow: Knowhow, hits: readonly Hit[], access: Access) {
	const distinct = [...new Map(hits.toReversed().map((hit) => [hit.chunk, hit])).values()].reverse();
	const data = await searchResults(knowhow, distinct, access);
	return data.map((result) => ({ ...result, content: [...result.content] })).sort((a, b) => b.score - a.score);
}
