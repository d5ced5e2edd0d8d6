import { z } from 'zod';
import type { Turn } from '../../core/dataset.ts';
import { toContent } from '../example.ts';
import { readBy, type RowFormat } from './format.ts';

const rowSchema = z.looseObject({
	instruction: z.string(),
	input: z.string().optional(),
	output: z.string().nullish(),
	system: z.string().optional(),
	history: z.array(z.tuple([z.string(), z.string()])).optional(),
});

/**
 * Stanford Alpaca's format with LLaMA-Factory's `system` and `history`. An `input` is read as the second paragraph of the
 * query, as the prompt of LLaMA-Factory has it.
 */
export const alpaca: RowFormat = {
	name: 'alpaca',
	describe: 'instructions: {"instruction", "input", "output"}, also with "system" and "history"',
	matches: (row) => 'instruction' in row && !('vars' in row),
	read: (row) =>
		readBy(rowSchema, row, ({ instruction, input, output, system, history = [] }) =>
			toContent({
				query: input === undefined || input === '' ? instruction : `${instruction}\n\n${input}`,
				answer: output ?? null,
				earlier: [
					...(system === undefined ? [] : [{ role: 'system', content: system } as const]),
					...history.flatMap(([asked, said]): Turn[] => [
						{ role: 'user', content: asked },
						{ role: 'assistant', content: said },
					]),
				],
			}),
		),
	write: ({ query, earlier, answer, steps }) => {
		const [first, ...others] = earlier;
		const turns = first?.role === 'system' ? others : earlier;
		if (answer === null || steps.length > 0 || !alternates(turns)) return null;
		const history: [string, string][] = [];
		for (let at = 0; at < turns.length; at += 2) history.push([turns[at]!.content, turns[at + 1]!.content]);
		return {
			instruction: query,
			input: '',
			output: answer,
			...(first?.role === 'system' ? { system: first.content } : {}),
			...(history.length === 0 ? {} : { history }),
		};
	},
};

function alternates(turns: readonly Turn[]): boolean {
	return turns.length % 2 === 0 && turns.every(({ role }, at) => role === (at % 2 === 0 ? 'user' : 'assistant'));
}
