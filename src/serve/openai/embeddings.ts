import { z } from 'zod';
import type { Knowhow } from '../../project/knowhow.ts';
import { countTokens } from '../../text/tokens.ts';
import { wrongParameter } from '../errors.ts';
import { defineRoute, type Route } from '../route.ts';
import { embeddingModel } from './named-model.ts';

const text = z
	.string('Must be text: ids of tokens mean nothing here (in LangChain: check_embedding_ctx_length=False)')
	.min(1)
	.max(200_000);
const most = 2048;
/** UTF-16 units of all texts together; OpenAI takes 300,000 tokens. */
const mostCharacters = 2_000_000;

const request = z.object({
	model: z.string().min(1).describe('`default`, or the id of the embedder.'),
	input: z
		.union([text, z.array(text).min(1).max(most)], `Must be a text, or a list of 1 to ${most} texts`)
		.refine((input) => charactersOf(input) <= mostCharacters, `More than ${mostCharacters} characters together`),
	dimensions: z.int().min(1).max(8192).nullish().describe('The first so many of the dimensions, at unit length again.'),
	encoding_format: z.enum(['float', 'base64']).nullish().describe('`base64`: little-endian 32-bit floats.'),
	input_type: z
		.enum(['passage', 'query'])
		.nullish()
		.describe('What the texts are, for embedders that tell them apart.'),
	user: z.string().nullish(),
});

const answer = z.object({
	object: z.literal('list'),
	data: z.array(
		z.object({
			object: z.literal('embedding'),
			index: z.int(),
			embedding: z.union([z.array(z.number()), z.string()]),
		}),
	),
	model: z.string(),
	usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int() }),
});

export function embeddingRoutes(knowhow: Knowhow): Route[] {
	return [
		defineRoute({
			method: 'POST',
			path: '/v1/embeddings',
			summary: 'Turn texts into vectors',
			scope: 'read',
			body: request,
			answer,
			handle: async ({ body, signal }) => await embeddings(knowhow, body, signal),
		}),
	];
}

function charactersOf(input: string | readonly string[]): number {
	return typeof input === 'string' ? input.length : input.reduce((sum, { length }) => sum + length, 0);
}

async function embeddings(
	knowhow: Knowhow,
	{ model, input, dimensions, encoding_format, input_type }: z.output<typeof request>,
	signal: AbortSignal,
): Promise<z.output<typeof answer>> {
	const embedder = await embeddingModel(knowhow, model);
	const wanted = dimensions ?? embedder.dimensions;
	if (wanted > embedder.dimensions) {
		throw wrongParameter('invalid_argument', 'dimensions', `${embedder.id} has ${embedder.dimensions} dimensions.`);
	}
	const texts = typeof input === 'string' ? [input] : input;
	const vectors = await embedder.embed(texts, input_type ?? 'passage', signal);
	const tokens = texts.reduce((sum, each) => sum + countTokens(each), 0);
	return {
		object: 'list',
		data: vectors.map((vector, index) => {
			const shortened = shorten(vector, wanted);
			return {
				object: 'embedding',
				index,
				embedding: encoding_format === 'base64' ? toBase64(shortened) : Array.from(shortened),
			};
		}),
		model: embedder.id,
		usage: { prompt_tokens: tokens, total_tokens: tokens },
	};
}

function shorten(vector: Float32Array, dimensions: number): Float32Array {
	if (dimensions === vector.length) return vector;
	const kept = vector.subarray(0, dimensions);
	const length = Math.hypot(...kept);
	return length === 0 ? kept : kept.map((value) => value / length);
}

function toBase64(vector: Float32Array): string {
	const bytes = Buffer.alloc(vector.length * 4);
	vector.forEach((value, i) => bytes.writeFloatLE(value, i * 4));
	return bytes.toString('base64');
}
