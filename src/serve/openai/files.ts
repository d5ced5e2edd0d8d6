import { z } from 'zod';
import { KnowhowError } from '../../core/error.ts';
import type { Knowhow } from '../../project/knowhow.ts';
import type { StoredFile } from '../../project/uploads/stored-file.ts';
import { type Caller, owns } from '../caller.ts';
import { listOf, page, pageQuery } from '../list.ts';
import { defineRoute, type Route } from '../route.ts';

const purposes = ['assistants', 'batch', 'fine-tune', 'vision', 'user_data', 'evals'] as const;

const file = z
	.object({
		id: z.string(),
		object: z.literal('file'),
		bytes: z.int(),
		created_at: z.int(),
		filename: z.string(),
		purpose: z.string(),
		status: z.literal('processed'),
		expires_at: z.int().nullable(),
	})
	.meta({ id: 'File' });

/** As many as OpenAI's clients take for granted. */
const limit = z.coerce.number().int().min(1).max(10_000).default(10_000).describe('The most objects.');

const upload = z.looseObject({
	file: z.instanceof(File, { error: 'A file is needed' }).meta({ type: 'string', format: 'binary' }),
	purpose: z.enum(purposes),
	'expires_after[anchor]': z.literal('created_at').optional(),
	'expires_after[seconds]': z.coerce.number().int().min(3600).max(2_592_000).optional(),
});

export function fileRoutes(knowhow: Knowhow): Route[] {
	return [
		defineRoute({
			method: 'POST',
			path: '/v1/files',
			summary: 'Upload a file',
			scope: 'write',
			body: upload,
			bodyType: 'multipart',
			answer: file,
			creates: true,
			handle: async ({ body, caller }) => {
				const { purpose, file: given, 'expires_after[seconds]': seconds } = body;
				const content = given.stream() as unknown as AsyncIterable<Uint8Array>;
				const expiresAfterMs = seconds === undefined ? undefined : seconds * 1000;
				const upload = { name: nameOf(given.name), purpose, content, owner: caller.id, expiresAfterMs };
				return toFile(await knowhow.files.upload(upload));
			},
		}),
		defineRoute({
			method: 'GET',
			path: '/v1/files',
			summary: 'List files',
			scope: 'read',
			query: pageQuery.extend({ limit, purpose: z.string().optional() }),
			answer: listOf(file),
			handle: async ({ query, caller }) =>
				await page(
					query,
					async ({ limit, ...reading }) => {
						const found: StoredFile[] = [];
						for await (const each of knowhow.files.all(reading)) {
							if (found.length === limit) break;
							if (owns(caller, each.owner) && (query.purpose ?? each.purpose) === each.purpose) found.push(each);
						}
						return found.map(toFile);
					},
					'file-',
				),
		}),
		defineRoute({
			method: 'GET',
			path: '/v1/files/:file',
			summary: 'Show a file',
			scope: 'read',
			answer: file,
			handle: async ({ params, caller }) => toFile(await findFile(knowhow, params['file'], caller)),
		}),
		defineRoute({
			method: 'GET',
			path: '/v1/files/:file/content',
			summary: 'Its bytes, as they were uploaded',
			scope: 'read',
			answer: 'bytes',
			handle: async ({ params, caller }) => {
				const { id } = await findFile(knowhow, params['file'], caller);
				const content = await knowhow.files.content(id);
				if (content === null) throw unknownFile(id);
				// A browser saves it, and never shows it as a page of this server.
				const headers = { 'content-type': 'application/octet-stream', 'content-disposition': 'attachment' };
				return new Response(ReadableStream.from(content), { headers });
			},
		}),
		defineRoute({
			method: 'DELETE',
			path: '/v1/files/:file',
			summary: 'Remove a file, also from every vector store; on return it is gone from disk',
			scope: 'write',
			answer: z.object({ id: z.string(), object: z.literal('file'), deleted: z.literal(true) }),
			handle: async ({ params, caller }) => {
				const { id } = await findFile(knowhow, params['file'], caller);
				await knowhow.files.remove(id);
				return { id, object: 'file', deleted: true };
			},
		}),
	];
}

/** Throws `not_found`, also for a file of somebody else. */
export async function findFile(knowhow: Knowhow, id: string | undefined, caller: Caller): Promise<StoredFile> {
	const found = id === undefined ? null : await knowhow.files.get(id);
	if (found !== null && owns(caller, found.owner)) return found;
	throw unknownFile(id ?? '');
}

function unknownFile(id: string): KnowhowError {
	return new KnowhowError('not_found', `There is no file "${id}".`);
}

/** The last part of a path, without what ends lines; not cut inside of a character. */
function nameOf(given: string): string {
	const name = given
		.toWellFormed()
		.replace(/^.*[\\/]/s, '')
		.replace(/\p{Cc}/gu, ' ')
		.slice(0, 255)
		.replace(/\p{Cs}$/u, '')
		.trim();
	return name === '' ? 'file.txt' : name;
}

function toFile({ id, bytes, at, name, purpose, expiresAt }: StoredFile): z.output<typeof file> {
	return {
		id,
		object: 'file',
		bytes,
		created_at: Math.floor(at / 1000),
		filename: name,
		purpose,
		status: 'processed',
		expires_at: expiresAt === undefined ? null : Math.floor(expiresAt / 1000),
	};
}
