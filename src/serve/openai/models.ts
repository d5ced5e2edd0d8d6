import { z } from 'zod';
import type { Knowhow } from '../../project/knowhow.ts';
import { defineRoute, type Route } from '../route.ts';
import { unknownModel } from './named-model.ts';

const model = z
	.object({
		id: z.string(),
		object: z.literal('model'),
		created: z.int(),
		owned_by: z.enum(['system', 'generator', 'embedder', 'reranker']).describe('What it is.'),
	})
	.meta({ id: 'Model' });

type Model = z.output<typeof model>;

export function modelRoutes(knowhow: Knowhow): Route[] {
	return [
		defineRoute({
			method: 'GET',
			path: '/v1/models',
			summary: 'List systems, the language model, the embedder and the reranker',
			scope: 'read',
			answer: z.object({ object: z.literal('list'), data: z.array(model) }),
			handle: async () => ({ object: 'list', data: await allModels(knowhow) }),
		}),
		defineRoute({
			method: 'GET',
			path: '/v1/models/:model',
			summary: 'Show one of the models',
			scope: 'read',
			answer: model,
			handle: async ({ params: { model: id = '' } }) => {
				const found = (await allModels(knowhow)).find((each) => each.id === id);
				if (found) return found;
				throw unknownModel(id);
			},
		}),
	];
}

async function allModels(knowhow: Knowhow): Promise<Model[]> {
	const [generator, embedder, saved] = [await knowhow.generator(), await knowhow.embedder(), await knowhow.systems()];
	const systems = saved.flatMap(({ name, version }) => [name, `${name}@${version}`]);
	const builtIn = generator === null ? ['rag'] : ['rag', 'base'];
	const ids = [
		...[...new Set([...builtIn, ...systems])].map((id) => [id, 'system'] as const),
		...(generator === null ? [] : [[generator.id, 'generator'] as const]),
		...(embedder === null ? [] : [['default', 'embedder'] as const, [embedder.id, 'embedder'] as const]),
		['linear', 'reranker'] as const,
	];
	return ids.map(([id, owned_by]) => ({ id, object: 'model', created: 0, owned_by }));
}
