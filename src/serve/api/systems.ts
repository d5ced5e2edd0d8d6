import { z } from 'zod';
import type { Knowhow } from '../../project/knowhow.ts';
import { defineRoute, type Route } from '../route.ts';

const system = z
	.object({
		name: z.string().describe('What `system` of /api/ask, and `model` elsewhere, calls it.'),
		version: z.string(),
		answers: z
			.enum(['extractive', 'generator', 'routed'])
			.describe(
				'Who words answers: the documents’ own sentences, a language model, or whichever system a router picks.',
			),
		generator: z.string().nullable().describe('The language model.'),
		retrieves: z.boolean().describe('False: it answers without the documents.'),
	})
	.meta({ id: 'System' });

export function systemRoutes(knowhow: Knowhow): Route[] {
	return [
		defineRoute({
			method: 'GET',
			path: '/api/systems',
			summary: 'List the systems that answer, `rag` first',
			scope: 'read',
			answer: z.object({ data: z.array(system) }),
			handle: async () => {
				const builtIn = (await knowhow.generator()) === null ? ['rag'] : ['rag', 'base'];
				const names = new Set([...builtIn, ...(await knowhow.systems()).map(({ name }) => name)]);
				return { data: await Promise.all([...names].map((name) => toSystem(knowhow, name))) };
			},
		}),
	];
}

async function toSystem(knowhow: Knowhow, wanted: string): Promise<z.output<typeof system>> {
	const { name, version, spec } = await knowhow.system(wanted);
	if (spec.kind === 'routed') return { name, version, answers: 'routed', generator: null, retrieves: true };
	const { generator, retrieval } = spec;
	const answers = generator === null ? 'extractive' : 'generator';
	return { name, version, answers, generator, retrieves: retrieval !== null };
}
