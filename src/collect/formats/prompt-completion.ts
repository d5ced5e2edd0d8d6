import { z } from 'zod';
import { toContent } from '../example.ts';
import { readBy, type RowFormat } from './format.ts';
import { messageSchema, toTurn } from './openai.ts';
import { fromTurns } from './turns.ts';

const plainSchema = z.looseObject({ prompt: z.string(), completion: z.string().nullish() });
const chatSchema = z.looseObject({ prompt: z.array(messageSchema), completion: z.array(messageSchema) });

/** OpenAI's older format, and TRL's, in which both may be messages. */
export const promptCompletion: RowFormat = {
	name: 'prompt-completion',
	describe: 'pairs: {"prompt", "completion"}, each a text or messages',
	matches: (row) => 'prompt' in row && 'completion' in row,
	read: (row) =>
		Array.isArray(row['prompt'])
			? readBy(chatSchema, row, ({ prompt, completion }) => fromTurns([...prompt, ...completion].map(toTurn)))
			: readBy(plainSchema, row, ({ prompt, completion }) => toContent({ query: prompt, answer: completion ?? null })),
	write: ({ query, earlier, steps, answer }) => {
		if (answer === null) return null;
		if (earlier.length === 0 && steps.length === 0) return { prompt: query, completion: answer };
		const before = [...earlier, { role: 'user', content: query } as const, ...steps];
		return {
			prompt: before.map(({ role, content }) => ({ role, content })),
			completion: [{ role: 'assistant', content: answer }],
		};
	},
};
