import { z } from 'zod';

/** The one schema of `knowhow.json`: types, defaults, help texts and the JSON Schema all come from here. */
export const configSchema = z.strictObject({
	$schema: z.string().optional().describe('Where editors find this schema.'),
	collection: z.string().default('default').describe('The collection used when a command names none.'),
	model: z
		.string()
		.min(1)
		.nullable()
		.default(null)
		.describe(
			'The language model that writes answers, for instance openai/gpt-5.6-luna or http://localhost:11434/v1#llama3.2; null or "extractive" answers in the sentences of the documents, and sends nothing.',
		),
	modelKeyVariable: z
		.string()
		.min(1)
		.optional()
		.describe('Environment variable that holds the key of a model named by a URL; without it none is sent.'),
	modelContextTokens: z
		.int()
		.min(512)
		.max(10_000_000)
		.optional()
		.describe(
			'Tokens that the model reads and writes together; by its name when absent, 4096 for a server reached by http:.',
		),
	modelTimeoutSeconds: z
		.number()
		.positive()
		.max(3600)
		.default(120)
		.describe('How long the model may stay silent, before its first word and between two.'),
	embedder: z
		.strictObject({
			url: z
				.string()
				.refine((url) => url === 'built-in' || URL.canParse(url), 'Neither "built-in" nor a URL')
				.default('built-in')
				.describe(
					'"built-in", the model that Knowhow brings; the base URL of an OpenAI-compatible server, for instance http://localhost:11434/v1; or a model in a folder: static:/FOLDER, onnx:/FOLDER.',
				),
			model: z
				.string()
				.min(1)
				.optional()
				.describe('Model name as the server knows it; for a folder, what to call it (its own name when absent).'),
			dimensions: z
				.int()
				.min(8)
				.max(8192)
				.optional()
				.describe('Shorten vectors to this many dimensions, where the model can.'),
			keyVariable: z
				.string()
				.default('OPENAI_API_KEY')
				.describe('Environment variable that holds the API key; the key itself is never stored.'),
			batch: z.int().min(1).max(2048).default(64).describe('Texts sent in one request.'),
		})
		.refine(({ url, model }) => model !== undefined || !/^https?:/i.test(url), {
			path: ['model'],
			error: 'A server needs it',
		})
		.refine(({ url, model }) => model === undefined || url !== 'built-in', {
			path: ['url'],
			error: 'A model needs the server or folder that it is at',
		})
		.nullable()
		.prefault({})
		.describe('What turns text into vectors; null searches by keywords only.'),
	ingest: z
		.strictObject({
			chunkTokens: z.int().min(32).max(2000).default(256).describe('The most tokens a chunk should have.'),
			html: z.enum(['main', 'full']).default('main').describe('Take the main content of an HTML page, or all of it.'),
			maxFileMb: z.number().positive().default(100).describe('Files larger than this are refused.'),
			timeoutSeconds: z.number().positive().default(60).describe('A file that takes longer to parse is given up.'),
			memoryMb: z
				.int()
				.min(128)
				.default(4096)
				.describe('A file that takes more memory to parse is given up; one parsing process holds at most this.'),
			concurrency: z
				.int()
				.min(1)
				.max(64)
				.optional()
				.describe('Files parsed at the same time; by default one fewer than the machine has processors, at least one.'),
			ignore: z.array(z.string()).default([]).describe('Glob patterns of paths that a folder ingest skips.'),
			allowPrivate: z
				.boolean()
				.default(false)
				.describe('Fetch URLs that lead to private or local addresses, too: those of your own network.'),
			keepVersions: z.boolean().default(false).describe('Keep the text of replaced versions.'),
		})
		.prefault({})
		.describe('How files become chunks.'),
	search: z
		.strictObject({
			k: z.int().min(1).max(1000).default(10).describe('Hits returned.'),
			mode: z
				.enum(['keyword', 'vector', 'hybrid'])
				.default('hybrid')
				.describe('Which legs run; without an embedder hybrid means keyword.'),
			fusion: z
				.enum(['weighted', 'rrf'])
				.default('weighted')
				.describe('How the two rankings become one: normalised scores with a weight, or reciprocal ranks.'),
			vectorWeight: z
				.number()
				.min(0)
				.max(1)
				.optional()
				.describe(
					'Share of the vector leg in weighted fusion; by default what `train fusion` learned for the collection, else what suits the embedder: learned for the built-in one, 0.3 for others.',
				),
			rerank: z.boolean().default(true).describe('Rerank the best hits by title, proximity and identifier match.'),
		})
		.prefault({})
		.describe('Which chunks matter.'),
	ask: z
		.strictObject({
			hits: z.int().min(1).max(50).default(5).describe('Chunks that an answer may draw on.'),
			threshold: z
				.number()
				.min(0)
				.max(1)
				.optional()
				.describe('Refuse below this probability that the evidence answers; the shipped scorer brings a default.'),
			passages: z.int().min(1).max(50).default(4).describe('Of these chunks, the best that a language model reads.'),
			contextTokens: z
				.int()
				.min(128)
				.max(1_000_000)
				.default(2048)
				.describe('Tokens of passages that a language model reads at most; fewer where its context is smaller.'),
			answerTokens: z
				.int()
				.min(16)
				.max(100_000)
				.default(2048)
				.describe('Tokens that a language model may write, its thinking included; at most half of its context.'),
			unsupported: z
				.enum(['mark', 'drop'])
				.default('mark')
				.describe('Mark the sentences of a language model that no quote supports, or leave them out.'),
			veto: z.boolean().default(false).describe('Refuse below the threshold before a language model is asked, too.'),
		})
		.prefault({})
		.describe('What may be said, and from where.'),
	interactions: z
		.strictObject({
			keep: z.boolean().default(true).describe('Keep every answer with its sources, in the database only.'),
			days: z.int().min(1).max(36_500).default(90).describe('Days after which a kept answer is removed.'),
		})
		.prefault({})
		.describe('What is remembered of questions and answers.'),
});

/** The effective settings of a project. */
export type Config = z.output<typeof configSchema>;
