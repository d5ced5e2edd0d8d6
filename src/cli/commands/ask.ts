import type { Answer, Citation } from '../../core/answer.ts';
import { defineCommand } from '../command.ts';
import { parseFilterOption } from '../filter-option.ts';
import { modelOption } from '../model-option.ts';
import { openProject } from '../project.ts';
import { type Style, oneLine, printable } from '../style.ts';

export const ask = defineCommand({
	describe:
		'Answers from the documents alone. Every sentence is tied to a verbatim quote with source, page and version; when sources contradict each other all are shown with their dates; when the documents do not say, it says so and names the closest passage (that is an answer too: exit code 0).',
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
		const answer = await knowhow.ask(question, {
			collections,
			filter,
			system: options.system,
			caller: options.caller,
			signal,
			onWarning: (warning) => terminal.writeError(`warning: ${warning}\n`),
		});
		return { json: answer, text: answerText(answer, terminal.style) };
	},
});

/** An answer for people: what was read, said, quoted. */
export function answerText(answer: Answer, style: Style): string {
	const dates = new Map(answer.citations.map(({ marker, date }) => [marker, date]));
	const conflicts = answer.conflicts.map(({ markers, values }) => {
		const stated = markers.map((marker, at) => {
			const date = dates.get(marker);
			return `${oneLine(values[at] ?? '')} ${marker}${date ? ` of ${date}` : ''}`;
		});
		return style.yellow(`The sources disagree: ${stated.join(' — ')}.`);
	});
	const unsupported = (answer.unsupported ?? []).map(({ start, end }) =>
		style.red(`No quote supports: “${oneLine(answer.answer.slice(start, end))}”`),
	);
	const closest = answer.abstained && answer.citations.length === 0 ? answer.hits[0] : undefined;
	const parts = [
		answer.standalone === null ? '' : style.dim(`Read as: ${oneLine(answer.standalone)}`),
		answer.abstained ? style.yellow(printable(answer.answer)) : style.bold(printable(answer.answer)),
		...unsupported,
		...conflicts,
		answer.citations.map((citation) => citationText(citation, answer, style)).join('\n'),
		closest ? style.dim(`Closest: ${closest.document.source}`) : '',
	];
	return parts.filter((part) => part !== '').join('\n\n');
}

function citationText(citation: Citation, answer: Answer, style: Style): string {
	const hit = answer.hits.find(({ chunk }) => chunk === citation.chunk);
	const place = [
		citation.source,
		...(hit?.headings.filter((heading) => heading !== citation.title).slice(-1) ?? []),
		...(citation.page === null ? [] : [`page ${citation.page}`]),
		`version ${citation.version}`,
		...(citation.date === null ? [] : [citation.date]),
	];
	const quote = oneLine(citation.quote);
	const isUnsupported = !citation.supported && !answer.abstained;
	return `${citation.marker} “${quote}”\n    ${style.cyan(place.map(oneLine).join(' · '))}${isUnsupported ? style.red(' (not supported)') : ''}`;
}
