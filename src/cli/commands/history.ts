import { KnowhowError } from '../../core/error.ts';
import type { Interaction } from '../../core/interaction.ts';
import { defineCommand } from '../command.ts';
import { misuse } from '../parse.ts';
import { openProject } from '../project.ts';
import { type Style, oneLine } from '../style.ts';

const defaultLimit = 20;

export const history = defineCommand({
	describe:
		'Prints the answers that were kept, newest first, with the id that `knowhow show` takes. They are kept for as long as the setting "interactions.days" says; "interactions.keep": false keeps none.',
	arguments: [],
	options: {
		caller: { type: 'string', value: 'ID', describe: 'Only what this caller asked.' },
		conversation: { type: 'string', value: 'ID', describe: 'Only this conversation.' },
		since: {
			type: 'string',
			value: 'DATE',
			describe: 'Only from this day (2026-03-01) or time (2026-03-01T12:00Z) on.',
		},
		abstained: { type: 'boolean', describe: 'Only where the documents did not say.' },
		after: { type: 'string', value: 'ANSWER', describe: 'Only those older than this one: the next page.' },
		limit: {
			type: 'number',
			short: 'n',
			value: 'N',
			describe: `The most to print, 1 to 1000 (default ${defaultLimit}).`,
		},
	},
	collections: 'none',
	examples: [
		{ command: 'knowhow history', describe: 'What was asked lately' },
		{
			command: 'knowhow history --abstained --since 2026-03-01',
			describe: 'What the documents did not say since then',
		},
	],
	run: async (call) => {
		const { caller, conversation, since, abstained, after, limit = defaultLimit } = call.options;
		if (!Number.isInteger(limit) || limit < 1 || limit > 1000) throw misuse('--limit takes a number from 1 to 1000.');
		const from = since === undefined ? undefined : timeOf(since);
		await using knowhow = await openProject(call);
		const interactions = await knowhow.interactions({
			caller,
			conversation,
			since: from,
			abstained: abstained ? true : undefined,
			after,
			limit,
		});
		const text = interactions.map((interaction) => interactionText(interaction, call.terminal.style)).join('\n');
		return { json: { interactions }, text: text || 'No answer is kept.' };
	},
});

function timeOf(text: string): number {
	const at = Date.parse(text);
	if (!Number.isNaN(at)) return at;
	throw new KnowhowError('invalid_argument', `--since ${text} is not a date.`, { hint: 'Write it as 2026-03-01.' });
}

/** Characters of an answer that a list shows. */
const shown = 100;

function interactionText({ id, at, caller, question, answer, abstained }: Interaction, style: Style): string {
	const when = new Date(at).toISOString().slice(0, 16).replace('T', ' ');
	const said = answer === null ? '(erased)' : oneLine(answer);
	const short = said.length > shown ? `${said.slice(0, shown)}…` : said;
	return [
		`${style.dim(id)}  ${when}${caller === null ? '' : `  ${oneLine(caller)}`}`,
		`  ${style.bold(oneLine(question))}`,
		`  ${abstained ? style.yellow(short) : short}`,
	].join('\n');
}
