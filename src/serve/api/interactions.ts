import { z } from 'zod';
import { KnowhowError } from '../../core/error.ts';
import { interactionSchema } from '../../core/interaction.ts';
import type { Knowhow } from '../../project/knowhow.ts';
import type { ShownInteraction } from '../../project/interactions/interaction-sources.ts';
import { type Caller, owns } from '../caller.ts';
import { defineRoute, type Route } from '../route.ts';

const kept = interactionSchema.meta({ id: 'Interaction' });

const feedback = z.object({
	rating: z.enum(['up', 'down']).optional(),
	correction: z.string().min(1).max(20_000).optional().describe('What the right answer is.'),
	accepted: z.array(z.string()).optional().describe('Markers of the citations that do answer the question.'),
});

const query = z.object({
	limit: z.coerce.number().int().min(1).max(1000).default(20),
	after: z.string().min(1).optional().describe('Only those older than this one, by id.'),
	conversation: z.string().min(1).optional(),
	caller: z.string().min(1).optional(),
});

export function interactionRoutes(knowhow: Knowhow): Route[] {
	return [
		defineRoute({
			method: 'GET',
			path: '/api/interactions',
			summary: 'List kept answers, newest first',
			scope: 'read',
			query,
			answer: z.object({ data: z.array(kept), has_more: z.boolean() }),
			handle: async ({ query: { limit, after, conversation, caller: asked }, caller }) => {
				const whose = caller.access === 'everything' ? asked : (caller.id ?? '');
				const found = await knowhow.interactions({
					limit: limit + 1,
					after,
					conversation,
					caller: whose,
				});
				const data = await Promise.all(
					found.slice(0, limit).map(async ({ id }) => (await find(knowhow, id, caller)).interaction),
				);
				return { data, has_more: found.length > limit };
			},
		}),
		defineRoute({
			method: 'GET',
			path: '/api/interactions/:interaction',
			summary: 'Show a kept answer and what has become of its sources',
			scope: 'read',
			answer: z.looseObject({ interaction: kept }),
			handle: async ({ params, caller }) => await find(knowhow, params['interaction'] ?? '', caller),
		}),
		defineRoute({
			method: 'POST',
			path: '/api/interactions/:interaction/feedback',
			summary: 'Rate or correct an answer, or accept citations of it',
			scope: 'read',
			body: feedback,
			answer: kept,
			handle: async ({ params, caller, body }) => {
				const { interaction } = await find(knowhow, params['interaction'] ?? '', caller);
				await knowhow.feedback(interaction.id, body);
				return (await find(knowhow, interaction.id, caller)).interaction;
			},
		}),
		defineRoute({
			method: 'POST',
			path: '/api/forget',
			summary: 'Erase everything that one caller asked; on return it is gone from disk',
			scope: 'write',
			body: z.object({ caller: z.string().min(1).max(200) }),
			answer: z.looseObject({ caller: z.string(), interactions: z.int(), conversations: z.int() }),
			handle: async ({ body, caller }) => {
				if (owns(caller, body.caller)) return await knowhow.forget(body.caller);
				throw new KnowhowError('forbidden', 'Only what is one’s own can be forgotten.');
			},
		}),
	];
}

/** Throws `not_found`, also for an answer that somebody else was given. */
async function find(knowhow: Knowhow, id: string, caller: Caller): Promise<ShownInteraction> {
	const shown = await knowhow.interaction(id, { access: caller.access });
	if (shown !== null && owns(caller, shown.interaction.caller)) return shown;
	throw new KnowhowError('not_found', `No answer "${id}" is kept.`);
}
