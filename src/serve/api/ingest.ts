import { z } from 'zod';
import { KnowhowError } from '../../core/error.ts';
import { isUrl } from '../../ingest/source.ts';
import type { IngestSpec } from '../../project/jobs/ingest-job.ts';
import { sampleQuestions, sampleSources } from '../../project/jobs/sample.ts';
import type { Knowhow } from '../../project/knowhow.ts';
import type { Caller } from '../caller.ts';
import { findCollection } from '../collection.ts';
import { wrongParameter } from '../errors.ts';
import { defineRoute, type Route } from '../route.ts';
import { jobSchema, toJob } from './jobs.ts';

const collection = z.string().min(1).max(64).optional().describe('Id or name; the default one when absent.');

const ingest = z.object({
	sources: z
		.array(z.string().min(1).max(4096))
		.max(1000)
		.default([])
		.describe(
			'URLs of pages; for admins files and folders of the server’s computer, too, absolute or relative to the project.',
		),
	sitemaps: z
		.array(z.url().max(4096))
		.max(100)
		.default([])
		.describe('For admins: URLs of sitemaps, whose pages are read.'),
	collection,
	sync: z
		.boolean()
		.default(false)
		.describe(
			'Also remove the documents whose files under these paths are gone, and the pages that a sitemap no longer lists.',
		),
});

export function ingestRoutes(knowhow: Knowhow): Route[] {
	return [
		defineRoute({
			method: 'POST',
			path: '/api/ingest',
			summary: 'Begin to read pages, files and folders; says which job does it',
			scope: 'write',
			body: ingest,
			answer: jobSchema,
			creates: true,
			handle: async ({ body: { sources, sitemaps, collection, sync }, caller }) => {
				demandSources(sources, sitemaps, caller);
				return await begin(knowhow, caller, { sources, sitemaps, collection, sync, base: 'project' });
			},
		}),
		defineRoute({
			method: 'POST',
			path: '/api/sample',
			summary: 'Begin to read the sample documents, to try things with',
			scope: 'write',
			body: z.object({ collection }),
			answer: jobSchema,
			creates: true,
			handle: async ({ body: { collection }, caller }) =>
				await begin(knowhow, caller, { sources: sampleSources, collection, sync: false, base: 'package' }),
		}),
		defineRoute({
			method: 'GET',
			path: '/api/sample',
			summary: 'Questions to try the sample documents with',
			scope: 'read',
			answer: z.object({
				questions: z.array(
					z.object({
						question: z.string(),
						kind: z
							.enum(['identifier', 'table', 'how-to', 'unanswerable'])
							.describe('`unanswerable`: the documents do not say.'),
					}),
				),
			}),
			handle: async () => ({ questions: sampleQuestions }),
		}),
	];
}

type Wanted = Pick<IngestSpec, 'sources' | 'sitemaps' | 'sync' | 'base'> & { readonly collection: string | undefined };

async function begin(knowhow: Knowhow, caller: Caller, { collection, ...wanted }: Wanted): Promise<object> {
	const { id: owner, access } = caller;
	const id = await collectionFor(knowhow, collection ?? knowhow.config.collection, caller);
	return await toJob(knowhow, await knowhow.ingestJobs.begin({ ...wanted, collection: id, owner, access }));
}

/** Names of collections are the project’s, so that only who reads everything makes one by naming it. Throws `not_found`. */
async function collectionFor(knowhow: Knowhow, wanted: string, caller: Caller): Promise<string> {
	const found = await knowhow.collectionAccess.find(wanted, caller.access);
	if (found !== null) return found.id;
	if (caller.access !== 'everything') return (await findCollection(knowhow, wanted, caller)).id;
	return (await knowhow.createCollection(wanted)).id;
}

/**
 * What lies on the server’s computer is for who reads everything, and so are sitemaps: they may list pages that are documents
 * of others already. Throws `forbidden`, `invalid_argument`.
 */
function demandSources(sources: readonly string[], sitemaps: readonly string[], { access }: Caller): void {
	if (sources.length + sitemaps.length === 0) {
		throw wrongParameter(
			'invalid_argument',
			'sources',
			'There is nothing to read.',
			'Name a page, a path or a sitemap.',
		);
	}
	if (sources.includes('-')) {
		throw wrongParameter('invalid_argument', 'sources', 'The server has no standard input.', 'Upload a file instead.');
	}
	if (access === 'everything' || (sitemaps.length === 0 && sources.every(isUrl))) return;
	throw new KnowhowError('forbidden', 'Sitemaps, and paths of the server’s computer, need the scope "admin".', {
		hint: 'Give URLs of pages, or upload the files.',
		details: { param: 'sources' },
	});
}
