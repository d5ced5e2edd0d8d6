import { z } from 'zod';
import type { Turn } from '../../core/dataset.ts';
import { toContent } from '../example.ts';
import { isFaulty, readBy, type RowFormat, type ShapeFault } from './format.ts';
import { messageSchema, toTurn } from './openai.ts';
import { fromTurns } from './turns.ts';

const messages = z.array(messageSchema).min(1);
const plainSchema = z.looseObject({ prompt: z.string(), chosen: z.string(), rejected: z.string() });
const chatSchema = z.looseObject({ prompt: messages, chosen: messages, rejected: messages });
const wholeSchema = z.looseObject({ chosen: messages, rejected: messages });

/** TRL's preference formats: texts, messages, or two whole chats that differ in their last message. */
export const preference: RowFormat = {
	name: 'preference',
	describe: 'DPO pairs: {"prompt", "chosen", "rejected"}, each a text or messages',
	matches: (row) => 'chosen' in row || ('rejected' in row && 'prompt' in row),
	read: (row) => {
		if (!Array.isArray(row['chosen'])) {
			return readBy(plainSchema, row, ({ prompt, chosen, rejected }) =>
				toContent({ query: prompt, answer: chosen, rejected }),
			);
		}
		if (row['prompt'] !== undefined) {
			return readBy(chatSchema, row, ({ prompt, chosen, rejected }) =>
				fromPair([...prompt, ...chosen].map(toTurn), [...prompt, ...rejected].map(toTurn)),
			);
		}
		return readBy(wholeSchema, row, ({ chosen, rejected }) => fromPair(chosen.map(toTurn), rejected.map(toTurn)));
	},
	write: ({ query, earlier, steps, answer, rejected }) => {
		if (answer === null || rejected === null) return null;
		if (earlier.length === 0 && steps.length === 0) return { prompt: query, chosen: answer, rejected };
		const before = [...earlier, { role: 'user', content: query } as const, ...steps];
		return {
			prompt: before.map(({ role, content }) => ({ role, content })),
			chosen: [{ role: 'assistant', content: answer }],
			rejected: [{ role: 'assistant', content: rejected }],
		};
	},
};

function fromPair(better: readonly Turn[], worse: readonly Turn[]) {
	const before = JSON.stringify(better.slice(0, -1));
	if (JSON.stringify(worse.slice(0, -1)) !== before) {
		const fault: ShapeFault = { code: 'role-order', message: 'chosen and rejected differ before their last message' };
		return [fault];
	}
	const content = fromTurns(better);
	return isFaulty(content) ? content : { ...content, rejected: worse.at(-1)!.content };
}
