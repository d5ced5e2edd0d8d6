import type { Answer, AnswerEvent, Citation } from '../../core/answer.ts';
import type { KeptCitation } from '../../core/interaction.ts';
import { fileOfSource } from '../../project/uploads/stored-file.ts';

/** An answer as it was written to a client, and where in it the answer begins. */
export type Written = { readonly answer: Answer; readonly text: string; readonly offset: number };

/**
 * The pieces of an answer's text, and at last what was written. When verification leaves another answer than the one that was
 * streamed, that one follows, a paragraph below: what a client has cannot be taken back.
 */
export async function* writtenPieces(events: AsyncIterable<AnswerEvent>): AsyncGenerator<string, Written> {
	let text = '';
	for await (const event of events) {
		if (event.type === 'text-delta') {
			text += event.text;
			yield event.text;
		}
		if (event.type !== 'answer-end') continue;
		const { answer } = event;
		const isSame = answer.answer.startsWith(text);
		const rest = isSame ? answer.answer.slice(text.length) : `\n\n${answer.answer}`;
		if (rest !== '') yield rest;
		text += rest;
		return { answer, text, offset: text.length - answer.answer.length };
	}
	throw new Error('The answer ended without its last event.');
}

/** What a citation names as its file: the uploaded one, or the document when it came from elsewhere. */
export function fileOf({ source, documentId }: Pick<Citation, 'source' | 'documentId'>): { id: string; name: string } {
	return fileOfSource(source) ?? { id: documentId, name: source };
}

/** What OpenAI's shape has no room for, in keys of our own. Offsets are UTF-16 units. */
export function quoteOf(citation: KeptCitation, offset: number) {
	const { quote, chunk, documentId, version, start, end, page, supported, marker } = citation;
	return {
		quote,
		marker,
		chunk_id: chunk,
		document_id: documentId,
		version,
		quote_start: start,
		quote_end: end,
		page,
		supported,
		start_index: citation.answerStart + offset,
		end_index: citation.answerEnd + offset,
	};
}

type About = Pick<Answer, 'interaction' | 'abstained' | 'confidence' | 'conflicts' | 'standalone' | 'system' | 'model'>;

/** The whole of what is known of an answer, beside its text. */
export function aboutAnswer({
	interaction,
	abstained,
	confidence,
	conflicts,
	standalone,
	system,
	model,
}: About): About {
	return { interaction, abstained, confidence, conflicts, standalone, system, model };
}
