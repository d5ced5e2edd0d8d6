import { z } from 'zod';
import type { Turn } from '../../core/dataset.ts';
import { readBy, type RowFormat } from './format.ts';
import { fromTurns, toTurns } from './turns.ts';

/** Speakers as files of this format name them. */
const roles = {
	system: 'system',
	human: 'user',
	user: 'user',
	gpt: 'assistant',
	assistant: 'assistant',
	chatgpt: 'assistant',
	bing: 'assistant',
	bard: 'assistant',
	model: 'assistant',
	function_call: 'assistant',
	tool: 'tool',
	observation: 'tool',
	function_response: 'tool',
} as const satisfies Record<string, Turn['role']>;

const speakers = { system: 'system', user: 'human', assistant: 'gpt', tool: 'tool' } as const;

const rowSchema = z.looseObject({
	conversations: z.array(
		z.looseObject({ from: z.enum(Object.keys(roles) as (keyof typeof roles)[]), value: z.string() }),
	),
	system: z.string().optional(),
});

/** The format of FastChat's ShareGPT files, as Axolotl and LLaMA-Factory read it; `system` may stand beside the turns. */
export const sharegpt: RowFormat = {
	name: 'sharegpt',
	describe: 'ShareGPT chats: {"conversations": [{"from": "human", "value"}, {"from": "gpt", "value"}]}',
	matches: (row) => Array.isArray(row['conversations']),
	read: (row) =>
		readBy(rowSchema, row, ({ conversations, system }) => {
			const turns = conversations.map(({ from, value }): Turn => ({ role: roles[from], content: value }));
			return fromTurns(system === undefined ? turns : [{ role: 'system', content: system }, ...turns]);
		}),
	write: (content) =>
		content.answer === null
			? null
			: { conversations: toTurns(content).map(({ role, content: value }) => ({ from: speakers[role], value })) },
};
