import type { Option } from './command.ts';

/** `--model`, of every command that answers. */
export const modelOption = {
	type: 'string',
	value: 'SPEC',
	setting: 'model',
	describe:
		'Language model that writes the answer, for instance http://localhost:11434/v1#llama3.2 or openai/NAME (default: none, sentences of the documents).',
} as const satisfies Option;
