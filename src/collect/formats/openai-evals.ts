import { z } from 'zod';
import { isFaulty, readBy, type RowFormat } from './format.ts';
import { messageSchema, toTurn } from './openai.ts';
import { questionAnswer } from './question-answer.ts';
import { fromTurns, toTurns } from './turns.ts';
import { isObject } from '../difference.ts';
import { toContent } from '../example.ts';

const ideal = z.union([z.string(), z.array(z.string()).min(1)]).nullish();
const rowSchema = z.looseObject({ input: z.union([z.string(), z.array(messageSchema)]), ideal });

/** Samples of the openai/evals repository, and rows of the Evals API, `{"item": {…}}`, whose item is a question with its answer. */
export const openaiEvals: RowFormat = {
	name: 'openai-evals',
	describe: 'OpenAI Evals: {"input": [messages], "ideal"} or {"item": {"question", "answer"}}',
	matches: (row) => ('input' in row && 'ideal' in row) || isObject(row['item']),
	read: (row) => {
		if (isObject(row['item'])) return questionAnswer.read(row['item']);
		return readBy(rowSchema, row, ({ input, ideal: wanted }) => {
			const answer = (Array.isArray(wanted) ? wanted[0] : wanted) ?? null;
			if (typeof input === 'string') return toContent({ query: input, answer });
			const content = fromTurns(input.map(toTurn));
			return isFaulty(content) ? content : { ...content, answer };
		});
	},
	write: (content) => {
		const input = toTurns({ ...content, answer: null }).map(({ role, content: text }) => ({ role, content: text }));
		return { input, ...(content.answer === null ? {} : { ideal: content.answer }) };
	},
};
