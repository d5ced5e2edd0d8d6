import { z } from 'zod';
import { isFaulty, readBy, type RowFormat } from './format.ts';
import { messageSchema, toTurn } from './openai.ts';
import { fromTurns, toTurns } from './turns.ts';

const rowSchema = z.looseObject({
	input: z.looseObject({ messages: z.array(messageSchema) }),
	preferred_output: z.tuple([messageSchema]),
	non_preferred_output: z.tuple([messageSchema]),
});

/** https://platform.openai.com/docs/guides/direct-preference-optimization */
export const openaiPreference: RowFormat = {
	name: 'openai-preference',
	describe: 'OpenAI preference pairs: {"input": {"messages"}, "preferred_output", "non_preferred_output"}',
	matches: (row) => 'preferred_output' in row || 'non_preferred_output' in row,
	read: (row) =>
		readBy(rowSchema, row, ({ input, preferred_output: [better], non_preferred_output: [worse] }) => {
			const content = fromTurns([...input.messages.map(toTurn), toTurn(better)]);
			return isFaulty(content) ? content : { ...content, rejected: toTurn(worse).content };
		}),
	write: (content) => {
		const { answer, rejected } = content;
		if (answer === null || rejected === null) return null;
		const messages = toTurns({ ...content, answer: null }).map(({ role, content: text }) => ({ role, content: text }));
		return {
			input: { messages },
			preferred_output: [{ role: 'assistant', content: answer }],
			non_preferred_output: [{ role: 'assistant', content: rejected }],
		};
	},
};
