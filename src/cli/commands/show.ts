import { KnowhowError } from '../../core/error.ts';
import type { Feedback } from '../../core/interaction.ts';
import type { InteractionSource, ShownInteraction } from '../../project/interactions/interaction-sources.ts';
import { defineCommand } from '../command.ts';
import { openProject } from '../project.ts';
import { type Style, oneLine, printable } from '../style.ts';

export const show = defineCommand({
	describe:
		'Prints a kept answer with the quotes it was made from, word for word as they stood in the documents then, and says of each document whether it has changed or gone since.',
	arguments: [{ name: 'ANSWER', describe: 'The id of an answer, as `knowhow history` prints it.' }],
	options: {},
	collections: 'none',
	examples: [{ command: 'knowhow show int_01hzy3v9k2m4n6p8q0r2s4t6v8', describe: 'Where an answer came from' }],
	run: async (call) => {
		const id = call.arguments[0] as string;
		await using knowhow = await openProject(call);
		const found = await knowhow.interaction(id);
		if (found !== null) return { json: found, text: shownText(found, call.terminal.style) };
		throw new KnowhowError('not_found', `No answer ${id} is kept.`, { hint: 'List them with `knowhow history`.' });
	},
});

function shownText({ interaction, sources }: ShownInteraction, style: Style): string {
	const { at, caller, conversation, question, standalone, answer, system, model, tookMs, feedback } = interaction;
	const facts = [
		new Date(at).toISOString(),
		system,
		model,
		`${Math.round(tookMs)} ms`,
		...(caller === null ? [] : [`asked by ${oneLine(caller)}`]),
		...(conversation === null ? [] : [`in ${conversation}`]),
	];
	const parts = [
		`${style.bold(oneLine(question))}${standalone === null ? '' : `\n${style.dim(`Read as: ${oneLine(standalone)}`)}`}`,
		answer === null ? style.yellow('The answer was erased with a document it quoted.') : printable(answer),
		sources.map((source) => sourceText(source, style)).join('\n'),
		feedback === null ? '' : feedbackText(feedback),
		style.dim(facts.join(' · ')),
	];
	return parts.filter((part) => part !== '').join('\n\n');
}

function feedbackText({ rating, correction, accepted }: Feedback): string {
	return [
		...(rating === null ? [] : [`Rated ${rating}.`]),
		...(accepted.length === 0 ? [] : [`Accepted ${accepted.join(' ')}.`]),
		...(correction === null ? [] : [`Corrected: ${printable(correction)}`]),
	].join(' ');
}

function sourceText({ citation, state, versionNow, sourceNow }: InteractionSource, style: Style): string {
	const { marker, quote, source, page, version, date } = citation;
	const place = [
		...(source === '' ? [] : [source]),
		...(page === null ? [] : [`page ${page}`]),
		`version ${version}`,
		...(date === null ? [] : [date]),
	];
	const notes = {
		same: '',
		changed: `now version ${versionNow}, which still says so`,
		'no-longer-says': `now version ${versionNow}, which no longer says so`,
		gone: 'the document is gone',
	};
	const moved = sourceNow !== null && sourceNow !== source && source !== '' ? `now at ${oneLine(sourceNow)}` : '';
	const note = [notes[state], moved].filter((part) => part !== '').join(', ');
	const quoted = quote === null ? '(erased)' : `“${oneLine(quote)}”`;
	return `${marker} ${quoted}\n    ${style.cyan(place.map(oneLine).join(' · '))}${note === '' ? '' : style.yellow(` (${note})`)}`;
}
