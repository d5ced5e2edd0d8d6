import { z } from 'zod';
import type { Knowhow } from '../../project/knowhow.ts';
import { defineRoute, type Route } from '../route.ts';

const entry = z.object({
	id: z.string(),
	at: z.int().describe('Milliseconds since the epoch.'),
	who: z.string().nullable().describe('The principal; null: the owner of the project, at this computer.'),
	key: z.string().nullable(),
	action: z.string(),
	object: z.string().nullable(),
	result: z.int().describe('The HTTP status.'),
	request: z.string().nullable(),
});

export function auditRoutes(knowhow: Knowhow): Route[] {
	return [
		defineRoute({
			method: 'GET',
			path: '/api/audit',
			summary: 'Who did what, to which object, when, and how it ended; newest first',
			scope: 'admin',
			query: z.object({
				limit: z.coerce.number().int().min(1).max(1000).default(100),
				after: z
					.string()
					.regex(/^aud_[0-9a-z]+:\d{1,9}$/)
					.optional()
					.describe('Only those before this one, by id.'),
				who: z.string().min(1).optional().describe('Only of this principal.'),
			}),
			answer: z.object({ data: z.array(entry), has_more: z.boolean() }),
			handle: async ({ query: { limit, after, who } }) => {
				const found = await knowhow.audit.list({ limit: limit + 1, after, who });
				return { data: found.slice(0, limit), has_more: found.length > limit };
			},
		}),
	];
}
