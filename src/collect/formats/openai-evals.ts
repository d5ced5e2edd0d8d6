import { z } from 'zod';
import { isFaulty, readBy, type RowFormat } from './format.ts';
import { messageSchema, toTurn } from './openai.ts';
import { questionAnswer } from './question-answer.ts';
import { fromTurns, toTurns } from './turns.ts';
import { isObject } from '../difference.ts';
import { toContent } from '../example.ts';

const ideal = z.union([z.string(), z.array(z.string()).min(1)]).nullish();
const plainSchema = z.looseObject({ input: z.string(), ideal });
const chatSchema = z.looseObject({ input: z.array(messageSchema), ideal });

/** Samples of the openai/evals repository, and rows of the Evals API, `{"item": {…}}`, whose item is a question with its answer. */
export const openaiEvals: RowFormat = {
	name: 'openai-evals',
	describe: 'OpenAI Evals: {"input": [messages], "ideal"} or {"item": {"question", "answer"}}',
	matches: (row) => ('input' in row && 'ideal' in row) || isObject(row['item']),
	read: (row) => {
		if (isObject(row['item'])) return questionAnswer.read(row['item']);
		if (!Array.isArray(row['input'])) {
			return readBy(plainSchema, row, ({ input, ideal: wanted }) => toContent({ query: input, answer: first(wanted) }));
		}
		return readBy(chatSchema, row, ({ input, ideal: wanted }) => {
			const content = fromTurns(input.map(toTurn));
			return isFaulty(content) ? content : { ...content, answer: first(wanted) };
		});
	},
	write: (content) => {
		const input = toTurns({ ...content, answer: null }).map(({ role, content: text }) => ({ role, content: text }));
		return { input, ...(content.answer === null ? {} : { ideal: content.answer }) };
	},
};

/** Any of the ideal answers will do; the others stay beside the example. */
function first(wanted: z.output<typeof ideal>): string | null {
	return (Array.isArray(wanted) ? wanted[0] : wanted) ?? null;
}
