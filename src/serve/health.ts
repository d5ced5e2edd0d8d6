import { z } from 'zod';
import { KnowhowError } from '../core/error.ts';
import type { Knowhow } from '../project/knowhow.ts';
import { defineRoute, type Route } from './route.ts';

const state = z.object({ status: z.literal('ok') });

/** `/healthz`: the process answers. `/readyz`: it takes requests, and the database answers. */
export function healthRoutes(knowhow: Knowhow, isReady: () => boolean): Route[] {
	return [
		defineRoute({
			method: 'GET',
			path: '/healthz',
			summary: 'Whether the process is alive',
			scope: null,
			answer: state,
			handle: async () => ({ status: 'ok' }),
		}),
		defineRoute({
			method: 'GET',
			path: '/readyz',
			summary: 'Whether requests are taken and the database answers',
			scope: null,
			answer: state,
			handle: async () => {
				if (!isReady()) throw new KnowhowError('stopping', 'The server is shutting down.');
				await knowhow.collections();
				return { status: 'ok' };
			},
		}),
	];
}
