import { z } from 'zod';
import type { Answer, AnswerEvent, Citation } from '../../core/answer.ts';
import type { Hit } from '../../core/hit.ts';
import { keptCitationSchema } from '../../core/interaction.ts';

const score = z.number().nullable().describe('Null: did not run.');

const hit = z
	.object({
		rank: z.int().describe('1 is best.'),
		score: z.number(),
		parts: z.object({ keyword: score, vector: score, rerank: score }),
		chunk: z.string(),
		text: z.string(),
		start: z.int(),
		end: z.int(),
		page: z.int().nullable(),
		headings: z.array(z.string()),
		document: z.object({
			id: z.string(),
			source: z.string(),
			title: z.string(),
			version: z.int(),
			date: z.string().nullable(),
		}),
	})
	.meta({ id: 'Hit' }) satisfies z.ZodType<Hit>;

const citation = z
	.object({
		...keptCitationSchema.unwrap().shape,
		quote: z.string().describe('Verbatim: from `start` to `end` of the document’s text.'),
	})
	.meta({ id: 'Citation' }) satisfies z.ZodType<Citation>;

const reason = z.object({
	kind: z.enum([
		'number',
		'date',
		'identifier',
		'unit',
		'negation',
		'exchanged',
		'entity',
		'unsupported-words',
		'unsaid',
		'unfinished',
	]),
	text: z.string(),
});

/** What `/api/ask` answers with. */
export const answerSchema = z
	.object({
		interaction: z.string(),
		question: z.string(),
		standalone: z.string().nullable().describe('The question as it was searched; null when it stands alone.'),
		answer: z.string(),
		abstained: z.boolean().describe('The documents do not say.'),
		confidence: z.number(),
		conflicts: z.array(z.object({ markers: z.array(z.string()), values: z.array(z.string()) })),
		citations: z.array(citation),
		unsupported: z.array(z.object({ start: z.int(), end: z.int(), reasons: z.array(reason) })).exactOptional(),
		unknownMarkers: z.array(z.string()).exactOptional(),
		hits: z.array(hit),
		system: z.string(),
		model: z.string(),
		usage: z.object({ inputTokens: z.number(), outputTokens: z.number() }),
		costUsd: z.number().nullable(),
		tookMs: z.number(),
	})
	.meta({ id: 'Answer' }) satisfies z.ZodType<Answer>;

const route = z.object({ label: z.string(), probability: z.number(), outOfScope: z.boolean() });

/** What it streams, one an event. */
export const answerEventSchema = z.discriminatedUnion('type', [
	z.object({ type: z.literal('route-end'), route, system: z.string() }),
	z.object({ type: z.literal('search-end'), hits: z.array(hit) }),
	z.object({ type: z.literal('text-delta'), text: z.string() }),
	z.object({ type: z.literal('citation'), citation }),
	z.object({ type: z.literal('answer-end'), answer: answerSchema }),
]) satisfies z.ZodType<AnswerEvent>;
