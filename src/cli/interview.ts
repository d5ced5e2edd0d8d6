import { createInterface } from 'node:readline';
import type { SituationInput } from '../advise/situation.ts';
import { KnowhowError } from '../core/error.ts';
import type { Terminal } from './command.ts';
import { type Input, inputs, readInput } from './situation-options.ts';

/**
 * Asks for the situation, one question a line on standard error; answers come from standard input, typed or piped. An
 * empty line means “I do not know”, `/done` or the end of input leaves the rest open. Only what was answered is returned.
 * Throws when aborted.
 */
export async function interview({ stdin, writeError, style }: Terminal, signal: AbortSignal): Promise<SituationInput> {
	const told: Record<string, unknown> = {};
	const questions = inputs.filter(({ question }) => question !== null);
	writeError('A few questions. Enter means “I do not know”, and what stands in brackets is assumed; /done ends.\n\n');
	let next = 0;
	const ask = (): void => {
		while (questions[next]?.field === 'behaviours' && told['problem'] === 'facts') next++;
		const input = questions[next];
		if (input) writeError(`${style.bold(input.question ?? '')}${style.dim(hint(input))} `);
	};
	const reader = createInterface({ input: stdin, terminal: false, signal });
	ask();
	for await (const line of reader) {
		const input = questions[next] as Input;
		if (line.trim() === '/done') break;
		try {
			if (line.trim() !== '') told[input.field] = readInput(input, line);
			next++;
		} catch (error) {
			if (!(error instanceof KnowhowError)) throw error;
			writeError(`${error.message} ${error.hint ?? ''}\n`);
		}
		if (next >= questions.length) break;
		ask();
	}
	reader.close();
	signal.throwIfAborted();
	writeError('\n');
	return told;
}

function hint({ choices, assumed }: Input): string {
	return `${choices.length === 0 ? '' : ` ${choices.join(' | ')}`} [${assumed}]`;
}
