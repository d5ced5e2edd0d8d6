import { z } from 'zod';
import { type ErrorCode, errorCodes } from '../../core/error.ts';
import type { IngestReport } from '../../ingest/ingest.ts';
import type { IngestJobEvent, IngestSpec } from '../../project/jobs/ingest-job.ts';

const code = z.enum(Object.keys(errorCodes) as ErrorCode[]).describe('See docs/errors.md.');

const failure = z.object({ path: z.string(), code, message: z.string(), hint: z.string().nullable() });

/** What an ingest was asked, as its job shows it. */
export const ingestSpec = z.object({
	sources: z.array(z.string()).readonly(),
	sitemaps: z.array(z.string()).readonly(),
	collection: z.string().describe('Its id.'),
	sync: z.boolean(),
}) satisfies z.ZodType<Pick<IngestSpec, 'sources' | 'sitemaps' | 'collection' | 'sync'>>;

/** What came of an ingest: what `knowhow ingest --json` prints. */
export const ingestResult = z.object({
	added: z.int(),
	updated: z.int(),
	removed: z.int(),
	unchanged: z.int(),
	failed: z.array(failure).readonly(),
	chunks: z.int(),
	tookMs: z.number(),
}) satisfies z.ZodType<IngestReport>;

export const ingestProgress = z.object({
	files: z.int().nullable().describe('Null until it is known.'),
	done: z.int(),
	added: z.int(),
	updated: z.int(),
	unchanged: z.int(),
	removed: z.int(),
	failed: z.int(),
});

export const ingestEvent = z.union([
	z.object({
		type: z.literal('file-end'),
		path: z.string(),
		outcome: z.enum(['added', 'updated', 'moved', 'unchanged', 'removed']),
		chunks: z.int().describe('Written; 0 unless added or updated.'),
	}),
	failure.extend({ type: z.literal('file-end'), outcome: z.literal('failed') }),
	z.object({ type: z.literal('warning'), path: z.string().nullable(), message: z.string(), hint: z.string() }),
	ingestProgress.extend({ type: z.literal('progress') }),
]) satisfies z.ZodType<IngestJobEvent>;
