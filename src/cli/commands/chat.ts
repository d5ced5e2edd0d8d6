import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Answer } from '../../core/answer.ts';
import { KnowhowError } from '../../core/error.ts';
import type { Message } from '../../core/generator.ts';
import type { AskOptions, Knowhow } from '../../project/knowhow.ts';
import { defineCommand, type Terminal } from '../command.ts';
import { isWritten, tellAnswer, type Told } from '../answer-text.ts';
import { parseFilterOption } from '../filter-option.ts';
import { misuse } from '../parse.ts';
import { modelOption } from '../model-option.ts';
import { openProject } from '../project.ts';
import { oneLine } from '../style.ts';
import { warn } from '../warning.ts';

export const chat = defineCommand({
	describe:
		'Asks one question after another, one a line, until /exit or the end of input. What a question leaves unsaid (a pronoun, a product named before, “and for the other one?”) is taken from the turns before it, and the answer shows how it was read. The conversation is stored with its answers, so that it can go on later.',
	arguments: [],
	options: {
		continue: { type: 'boolean', short: 'c', describe: 'Go on with the last conversation (of this --caller).' },
		conversation: { type: 'string', value: 'ID', describe: 'Go on with this conversation.' },
		model: modelOption,
		filter: { type: 'string', value: 'JSON', describe: 'Answer only from documents whose metadata match.' },
		caller: { type: 'string', value: 'ID', describe: 'Who asks, as `knowhow history` shall say (default: nobody).' },
	},
	collections: 'many',
	examples: [
		{ command: 'knowhow chat', describe: 'Talk to the documents' },
		{ command: 'knowhow chat --continue', describe: 'Go on where you left off' },
		{
			command: `printf 'What is the refund window?\\nand when does it begin?\\n' | knowhow chat`,
			describe: 'In a script',
		},
	],
	run: async (call) => {
		const { options, terminal, collections, signal } = call;
		await using knowhow = await openProject(call);
		const conversation = await conversationOf(knowhow, options);
		const onWarning = (warning: string) => warn(terminal, warning);
		const filter = parseFilterOption(options.filter);
		const { caller } = options;
		const answers = await talk(knowhow, terminal, {
			isQuiet: call.isJson,
			options: { collections, filter, caller, conversation, signal, onWarning },
		});
		return { json: { conversation, answers }, text: '' };
	},
});

type Wanted = {
	readonly continue: boolean;
	readonly conversation: string | undefined;
	readonly caller: string | undefined;
};

/** The id of the conversation to go on with, or of a new one. */
async function conversationOf(knowhow: Knowhow, wanted: Wanted): Promise<string> {
	const isOld = wanted.continue || wanted.conversation !== undefined;
	if (!isOld) return knowhow.startConversation();
	if (wanted.continue && wanted.conversation !== undefined)
		throw misuse('Give --continue or --conversation, not both.');
	if (!knowhow.config.interactions.keep) {
		throw misuse('No conversation is stored.', 'The setting "interactions.keep" is false.');
	}
	const { conversation: id, caller } = wanted;
	const found = id === undefined ? await knowhow.latestConversation(caller) : await knowhow.conversation(id);
	if (found !== null && found.caller === (caller ?? null)) return found.id;
	throw new KnowhowError(
		'not_found',
		id === undefined ? 'There is no conversation yet.' : `There is no conversation ${id}.`,
		{
			hint: id === undefined ? 'Begin one with `knowhow chat`.' : 'It may be another caller’s: see --caller.',
		},
	);
}

type Talk = { readonly isQuiet: boolean; readonly options: AskOptions };

const commandsOfChat = '/exit, /quit or Ctrl-D ends it, /help says this; every other line is a question.';

async function talk(knowhow: Knowhow, terminal: Terminal, { isQuiet, options }: Talk): Promise<Answer[]> {
	const isTyped = (terminal.stdin as { isTTY?: boolean }).isTTY === true;
	const lines = openLines(terminal, isTyped);
	if (isTyped) terminal.writeError(`Conversation ${options.conversation}. ${commandsOfChat}\n`);
	const isStreamed = terminal.isTerminal && !isQuiet && (await isWritten(knowhow));
	const answers: Answer[] = [];
	try {
		for await (const line of lines.prompted()) {
			const question = line.trim();
			if (question === '/exit' || question === '/quit') break;
			if (question === '') continue;
			if (/^\/\w*$/.test(question)) {
				terminal.writeError(`${question === '/help' ? '' : `There is no command ${question}. `}${commandsOfChat}\n`);
				continue;
			}
			const asked = knowhow.config.interactions.keep ? question : toMessages(answers, question);
			const told = await untilCancelled({ lines, isTyped, signal: options.signal }, async (signal) => {
				return await tellAnswer(knowhow.ask(asked, { ...options, signal }), terminal, isStreamed);
			});
			if (told === null) continue;
			answers.push(told.answer);
			if (!isQuiet) terminal.writeOut(`${told.rest}\n\n`);
		}
	} finally {
		lines.close();
	}
	return answers;
}

/** Where answers are not kept, the conversation lives here. */
function toMessages(answers: readonly Answer[], question: string): Message[] {
	const said = answers.flatMap(({ question: earlier, answer, abstained }): Message[] => [
		{ role: 'user', content: earlier },
		...(abstained ? [] : [{ role: 'assistant', content: answer } as const]),
	]);
	return [...said, { role: 'user', content: question }];
}

type Typing = { readonly lines: Lines; readonly isTyped: boolean; readonly signal: AbortSignal | undefined };

/** Null when it was typed and Ctrl-C stopped it: the conversation goes on. */
async function untilCancelled(
	{ lines, isTyped, signal }: Typing,
	tell: (signal: AbortSignal) => Promise<Told>,
): Promise<Told | null> {
	const interrupt = new AbortController();
	const signals = [interrupt.signal, ...(signal ? [signal] : [])];
	lines.onInterrupt = () => interrupt.abort();
	try {
		return await tell(AbortSignal.any(signals));
	} catch (error) {
		if (isTyped && error instanceof KnowhowError && error.code === 'cancelled') return null;
		throw error;
	} finally {
		lines.onInterrupt = null;
	}
}

/** Lines of standard input; on a terminal with a prompt and history. */
type Lines = {
	readonly prompted: () => AsyncIterable<string>;
	/** What Ctrl-C does while a question is being answered; at the prompt it ends the conversation. */
	onInterrupt: (() => void) | null;
	readonly close: () => void;
};

function openLines(terminal: Terminal, isTyped: boolean): Lines {
	const reader: Interface = createInterface({
		input: terminal.stdin,
		// The prompt goes where progress goes, so that standard output has answers alone.
		...(isTyped ? { output: errorStream(terminal), terminal: true, prompt: '› ' } : { terminal: false }),
	});
	const lines: Lines = {
		prompted: async function* () {
			if (isTyped) reader.prompt();
			for await (const line of reader) {
				yield oneLine(line);
				if (isTyped) reader.prompt();
			}
		},
		onInterrupt: null,
		close: () => reader.close(),
	};
	reader.on('SIGINT', () => (lines.onInterrupt ? lines.onInterrupt() : reader.close()));
	return lines;
}

function errorStream({ writeError, columns }: Terminal): Writable {
	const stream = new Writable({
		write: (chunk: Buffer, _encoding, done) => {
			writeError(chunk.toString());
			done();
		},
	});
	return Object.assign(stream, { columns });
}
