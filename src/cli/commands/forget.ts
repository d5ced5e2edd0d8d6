import { defineCommand } from '../command.ts';
import { misuse } from '../parse.ts';
import { openProject } from '../project.ts';

export const forget = defineCommand({
	describe:
		'Erases every kept answer and conversation of one caller: the ID that was given with --caller when asking; and the examples that were made of them. When it returns they are gone from disk. Documents stay.',
	arguments: [],
	options: { caller: { type: 'string', value: 'ID', describe: 'Who is to be forgotten.' } },
	collections: 'none',
	examples: [{ command: 'knowhow forget --caller ann@example.com', describe: 'Erase what one person asked' }],
	run: async (call) => {
		const { caller } = call.options;
		if (caller === undefined) throw misuse('Say who is to be forgotten with --caller ID.');
		await using knowhow = await openProject(call);
		const receipt = await knowhow.forget(caller);
		const text = `Erased ${receipt.interactions} answers and ${receipt.conversations} conversations of ${caller}.`;
		const examples = receipt.datasets.map(
			({ dataset, examples: { length } }) => `\nErased ${length} examples of ${dataset}.`,
		);
		return { json: receipt, text: text + examples.join('') };
	},
});
