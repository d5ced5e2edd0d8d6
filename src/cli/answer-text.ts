import type { Answer, Citation } from '../core/answer.ts';
import type { AnswerStream } from '../project/answer-stream.ts';
import type { Knowhow } from '../project/knowhow.ts';
import type { Terminal } from './command.ts';
import { oneLine, printable, type Style } from './style.ts';

/** Whether a language model may write the answers of a system (`rag` when absent): sentences of documents come all at once. */
export async function isWritten(knowhow: Pick<Knowhow, 'system'>, system = 'rag'): Promise<boolean> {
	const { spec } = await knowhow.system(system);
	return spec.kind === 'routed' || spec.generator !== null;
}

/** An answer, and what is still to be shown of it. */
export type Told = { readonly answer: Answer; readonly rest: string };

/** Shows an answer as it comes when `isStreamed`. `rest` is its evidence then, or all of it again where it was corrected at the end. */
export async function tellAnswer(
	stream: AnswerStream,
	{ writeOut, style }: Pick<Terminal, 'writeOut' | 'style'>,
	isStreamed: boolean,
): Promise<Told> {
	let shown = '';
	try {
		if (isStreamed) {
			for await (const event of stream) {
				if (event.type !== 'text-delta') continue;
				shown += event.text;
				writeOut(style.bold(printable(event.text)));
			}
		}
	} finally {
		if (shown !== '') writeOut('\n');
	}
	const answer = await stream;
	const rest =
		shown === answer.answer
			? paragraphs([standaloneText(answer, style), evidenceText(answer, style)])
			: answerText(answer, style);
	return { answer, rest: shown === '' || rest === '' ? rest : `\n${rest}` };
}

/** An answer for people: what was read, said, quoted. */
export function answerText(answer: Answer, style: Style): string {
	const text = answer.abstained ? style.yellow(printable(answer.answer)) : style.bold(printable(answer.answer));
	return paragraphs([standaloneText(answer, style), text, evidenceText(answer, style)]);
}

/** What stands below an answer: what is doubtful about it, and its quotes. */
function evidenceText(answer: Answer, style: Style): string {
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
	return paragraphs([
		...unsupported,
		...conflicts,
		answer.citations.map((citation) => citationText(citation, answer, style)).join('\n'),
		closest ? style.dim(`Closest: ${closest.document.source}`) : '',
	]);
}

/** How a follow-up was read; empty when the question stands alone. */
function standaloneText({ standalone }: Answer, style: Style): string {
	return standalone === null ? '' : style.dim(`Read as: ${oneLine(standalone)}`);
}

function paragraphs(parts: readonly string[]): string {
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
