import { z } from 'zod';
import type { Knowhow } from '../../project/knowhow.ts';
import { defineRoute, type Route } from '../route.ts';
import { searchedText } from '../searched.ts';
import { unknownModel } from './named-model.ts';

/** UTF-16 units of all documents together: each of their words is looked at. */
const mostCharacters = 2_000_000;

const text = z.string().max(200_000);

const request = z.object({
	model: z.string().min(1).default('linear').describe('`linear`: both legs of the search and the linear reranker.'),
	query: searchedText,
	documents: z
		.array(z.union([text, z.object({ text })]))
		.min(1)
		.max(1000)
		.refine(
			(documents) => charactersOf(documents) <= mostCharacters,
			`More than ${mostCharacters} characters together`,
		),
	top_n: z.int().min(1).nullish().describe('The most results; all when absent.'),
	return_documents: z.boolean().nullish(),
});

const answer = z.object({
	id: z.string(),
	model: z.string(),
	results: z.array(
		z.object({
			index: z.int(),
			relevance_score: z.number().min(0).max(1),
			document: z.object({ text: z.string() }).optional(),
		}),
	),
});

export function rerankRoutes(knowhow: Knowhow): Route[] {
	return [
		defineRoute({
			method: 'POST',
			path: '/v1/rerank',
			summary: 'Order texts by how well they fit a query (as Cohere and Jina do)',
			scope: 'read',
			body: request,
			answer,
			handle: async ({ body, signal }) => {
				const { model, query, documents, top_n, return_documents } = body;
				if (model !== 'linear') throw unknownModel(model, 'There is: linear.');
				const texts = documents.map(textOf);
				const scores = await knowhow.rerank(query, texts, signal);
				const results = scores
					.map((relevance_score, index) => ({
						index,
						relevance_score,
						...(return_documents === true ? { document: { text: texts[index]! } } : {}),
					}))
					.sort((a, b) => b.relevance_score - a.relevance_score || a.index - b.index);
				return { id: `rerank-${crypto.randomUUID()}`, model, results: results.slice(0, top_n ?? results.length) };
			},
		}),
	];
}

type Given = string | { readonly text: string };

function textOf(document: Given): string {
	return typeof document === 'string' ? document : document.text;
}

function charactersOf(documents: readonly Given[]): number {
	return documents.reduce((sum, document) => sum + textOf(document).length, 0);
}
