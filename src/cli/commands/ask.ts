import { isWritten, tellAnswer } from '../answer-text.ts';
import { defineCommand } from '../command.ts';
import { parseFilterOption } from '../filter-option.ts';
import { modelOption } from '../model-option.ts';
import { openProject } from '../project.ts';
import { warn } from '../warning.ts';

export const ask = defineCommand({
	describe:
		'Answers from the documents alone. Every sentence is tied to a verbatim quote with source, page and version; when sources contradict each other all are shown with their dates; when the documents do not say, it says so and names the closest passage (that is an answer too: exit code 0). On a terminal what a language model writes is shown as it comes, and its quotes after it.',
	arguments: [{ name: 'QUESTION', describe: 'The question; put it in quotes.' }],
	options: {
		system: {
			type: 'string',
			value: 'NAME',
			describe: 'Which system answers: rag (default), base, few-shot, or one of `knowhow systems`; NAME@VERSION too.',
		},
		model: modelOption,
		filter: { type: 'string', value: 'JSON', describe: 'Answer only from documents whose metadata match.' },
		caller: { type: 'string', value: 'ID', describe: 'Who asks, as `knowhow history` shall say (default: nobody).' },
	},
	collections: 'many',
	examples: [{ command: 'knowhow ask "What is the refund window?"', describe: 'A quoted answer' }],
	run: async (call) => {
		const {
			arguments: [question = ''],
			options,
			terminal,
			collections,
			signal,
		} = call;
		await using knowhow = await openProject(call);
		const filter = parseFilterOption(options.filter);
		const asked = knowhow.ask(question, {
			collections,
			filter,
			system: options.system,
			caller: options.caller,
			signal,
			onWarning: (warning) => warn(terminal, warning),
		});
		const isStreamed = terminal.isTerminal && !call.isJson && (await isWritten(knowhow, options.system));
		const { answer, rest } = await tellAnswer(asked, terminal, isStreamed);
		return { json: answer, text: rest };
	},
});
