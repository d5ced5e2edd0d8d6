import { z } from 'zod';
import { readersSchema } from '../../core/access.ts';
import type { Document, DocumentSummary, ListedDocument } from '../../core/document.ts';
import { KnowhowError } from '../../core/error.ts';
import type { RemovalReceipt } from '../../core/receipt.ts';
import type { Knowhow } from '../../project/knowhow.ts';
import { fileOfSource } from '../../project/uploads/stored-file.ts';
import { type Caller, owns } from '../caller.ts';
import { findCollection } from '../collection.ts';
import { defineRoute, type Route } from '../route.ts';
import { removalReceipt } from './removal-receipt.ts';

const summary = z.looseObject({
	id: z.string(),
	collection: z.string(),
	source: z.string(),
	title: z.string(),
	version: z.int(),
	format: z.string(),
	language: z.string().nullable(),
	date: z.string().nullable(),
	attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
	updatedAt: z.int(),
	file: z.string().nullable().describe('The uploaded file that it was made of.'),
});

const chunk = z
	.object({
		id: z.string(),
		document: z.string(),
		version: z.int(),
		start: z.int(),
		end: z.int(),
		text: z.string(),
		headings: z.array(z.string()).describe('Those above it, outermost first.'),
		page: z.int().nullable().describe('On which it starts, from 1.'),
	})
	.meta({ id: 'Chunk' });

const erase = z
	.enum(['true', 'false'])
	.default('false')
	.describe('Also erase what kept answers and datasets took from it.');

export function documentRoutes(knowhow: Knowhow): Route[] {
	return [
		defineRoute({
			method: 'GET',
			path: '/api/documents',
			summary: 'List the documents of a collection, in order of id',
			scope: 'read',
			query: z.object({
				collection: z.string().min(1).optional().describe('Id or name; the default one when absent.'),
				after: z.string().min(1).optional(),
				limit: z.coerce.number().int().min(1).max(1000).default(100),
				contains: z.string().max(200).optional().describe('Only those with this in their title or source.'),
			}),
			answer: z.object({ data: z.array(summary.extend({ chunks: z.int() })), has_more: z.boolean() }),
			handle: async ({ query, caller }) => {
				const { access } = caller;
				const wanted = query.collection ?? knowhow.config.collection;
				const { name: collection } = await findCollection(knowhow, wanted, caller);
				const { after, limit, contains } = query;
				const filter = { collection, access, ...(contains === undefined ? {} : { contains }) };
				const data = await knowhow.documents({ ...filter, limit, ...(after === undefined ? {} : { after }) });
				const last = data.at(-1);
				const more = last && data.length === limit ? { ...filter, limit: 1, after: last.id } : null;
				const has_more = more !== null && (await knowhow.documents(more)).length > 0;
				return { data: data.map(toSummary), has_more };
			},
		}),
		defineRoute({
			method: 'GET',
			path: '/api/documents/:document',
			summary: 'Show a document with its text, into which citations point (offsets are UTF-16 units)',
			scope: 'read',
			answer: summary.extend({ text: z.string(), pages: z.array(z.int()) }),
			handle: async ({ params, caller }) => {
				const { text, pages, ...rest } = await find(knowhow, params['document'] ?? '', caller);
				return { ...toSummary(rest), text, pages };
			},
		}),
		defineRoute({
			method: 'GET',
			path: '/api/documents/:document/chunks',
			summary: 'The chunks of a document, in order',
			scope: 'read',
			answer: z.object({ data: z.array(chunk) }),
			handle: async ({ params, caller }) => {
				const { id } = await find(knowhow, params['document'] ?? '', caller);
				return { data: await knowhow.chunks(id, { access: caller.access }) };
			},
		}),
		defineRoute({
			method: 'GET',
			path: '/api/documents/:document/access',
			summary: 'Who may read a document, of those who reach its collection',
			scope: 'write',
			answer: z.object({ readers: readersSchema }),
			handle: async ({ params, caller }) => {
				const { readers } = await find(knowhow, params['document'] ?? '', caller);
				return { readers };
			},
		}),
		defineRoute({
			method: 'POST',
			path: '/api/documents/:document/access',
			summary: 'Say who may read a document, of those who reach its collection; the next search heeds it',
			scope: 'write',
			body: z.object({ readers: readersSchema }),
			answer: z.object({ readers: readersSchema }),
			handle: async ({ params, caller, body: { readers } }) => {
				const { id } = await find(knowhow, params['document'] ?? '', caller);
				await knowhow.setAccess(id, readers);
				return { readers };
			},
		}),
		defineRoute({
			method: 'DELETE',
			path: '/api/documents/:document',
			summary: 'Remove a document; on return its text is gone from disk. Says what was removed and who quotes it',
			scope: 'write',
			query: z.object({ erase }),
			answer: removalReceipt,
			handle: async ({ params, caller, query }) => {
				const { id, collection, source } = await find(knowhow, params['document'] ?? '', caller);
				const receipt = await knowhow.remove([id], { erase: query.erase === 'true' });
				const file = fileOfSource(source);
				if (file !== null) await knowhow.files.inCollections.remove(collection, file.id);
				return toReceipt(knowhow, receipt, caller);
			},
		}),
	];
}

/** Throws `not_found`, also for one that the caller may not read. */
async function find(knowhow: Knowhow, id: string, { access }: Caller): Promise<Document> {
	const found = await knowhow.document(id, { access });
	if (found !== null) return found;
	throw unknownDocument(id);
}

export function unknownDocument(id: string): KnowhowError {
	return new KnowhowError('not_found', `There is no document "${id}".`);
}

/** Which answers and datasets of others quote a document is not for everybody to know. */
async function toReceipt(knowhow: Knowhow, receipt: RemovalReceipt, caller: Caller): Promise<RemovalReceipt> {
	if (caller.access === 'everything') return receipt;
	const quoting = await Promise.all(receipt.interactions.map((id) => knowhow.interaction(id, caller)));
	const own = quoting.filter((shown) => shown !== null && owns(caller, shown.interaction.caller));
	return { ...receipt, interactions: own.map((shown) => shown!.interaction.id), datasets: [], models: [] };
}

/** Who else may read a document is for its owner to know, and its hash for nobody. */
function toSummary(document: DocumentSummary | ListedDocument): object {
	const { hash: _hash, readers: _readers, ...shown } = document;
	return { ...shown, file: fileOfSource(document.source)?.id ?? null };
}
