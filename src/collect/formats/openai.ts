import { z } from 'zod';
import type { Turn } from '../../core/dataset.ts';
import type { RowFormat } from './format.ts';
import { readBy } from './format.ts';
import { fromTurns, toTurns } from './turns.ts';

const roles = {
	system: 'system',
	developer: 'system',
	user: 'user',
	assistant: 'assistant',
	tool: 'tool',
	function: 'tool',
} as const satisfies Record<string, Turn['role']>;

const part = z.looseObject({ type: z.string(), text: z.string().optional() });

/** A message of OpenAI's chat API as training files have it. What is not text (names, weights, images) is not read. */
export const messageSchema = z
	.looseObject({
		role: z.enum(Object.keys(roles) as (keyof typeof roles)[]),
		content: z.union([z.string(), z.array(part)]).nullish(),
		weight: z.union([z.literal(0), z.literal(1)]).optional(),
		tool_calls: z.array(z.looseObject({ function: z.looseObject({ name: z.string() }) })).optional(),
	})
	.refine((message) => message.content != null || message.tool_calls !== undefined, { path: ['content'] });
export type ChatMessage = z.output<typeof messageSchema>;

/** A call of tools reads as the calls in JSON. */
export function toTurn({ role, content, tool_calls: calls }: ChatMessage): Turn {
	const text =
		typeof content === 'string'
			? content
			: content != null
				? content.map((piece) => piece.text ?? '').join('')
				: JSON.stringify((calls ?? []).map((call) => call.function));
	return { role: roles[role], content: text };
}

const rowSchema = z.looseObject({ messages: z.array(messageSchema) });

/** https://platform.openai.com/docs/guides/supervised-fine-tuning; also TRL's and Axolotl's conversational format. */
export const openai: RowFormat = {
	name: 'openai',
	describe: 'chats for fine-tuning: {"messages": [{"role", "content"}, …]}',
	matches: (row) => Array.isArray(row['messages']),
	read: (row) => readBy(rowSchema, row, ({ messages }) => fromTurns(messages.map(toTurn))),
	write: (content) =>
		content.answer === null
			? null
			: { messages: toTurns(content).map(({ role, content: text }) => ({ role, content: text })) },
};
