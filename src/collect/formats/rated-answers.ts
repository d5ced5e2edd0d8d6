import { z } from 'zod';
import type { Passage } from '../../core/dataset.ts';
import { toContent, toPassage } from '../example.ts';
import { readBy, type RowFormat } from './format.ts';

const citation = z.looseObject({
	quote: z.string(),
	source: z.string().nullish(),
	version: z.int().nullish(),
});
const citations = z.array(citation).nullish();

const rowSchema = z.looseObject({
	question: z.string(),
	answer: z.string().nullable(),
	rating: z.enum(['up', 'down']).nullable(),
	correction: z.looseObject({ answer: z.string(), citations }).nullish(),
	acceptedCitations: citations,
});

/**
 * The log of an assistant with what people said of its answers. A thumb up makes the answer right, and the citations that were
 * accepted; a correction is the answer, and what it replaces the worse one. Other rows teach nothing. A `source` names a
 * document; `collect` finds it in the project.
 */
export const ratedAnswers: RowFormat = {
	name: 'rated-answers',
	describe: 'logs: {"question", "answer", "rating": "up", "acceptedCitations": [{"source", "quote"}], "correction"}',
	matches: (row) => 'question' in row && 'rating' in row,
	read: (row) =>
		readBy(rowSchema, row, ({ question, answer, rating, correction, acceptedCitations }) => {
			if (correction != null) {
				const positives = passagesOf(correction.citations);
				return toContent({ query: question, answer: correction.answer, rejected: answer, positives });
			}
			if (rating !== 'up') return toContent({ query: question });
			return toContent({ query: question, answer, positives: passagesOf(acceptedCitations) });
		}),
	write: ({ query, answer, rejected, positives }) => {
		const cited = positives.map(({ text, document, version }) => ({
			quote: text,
			...(document === null ? {} : { source: document }),
			...(version === null ? {} : { version }),
		}));
		if (rejected === null) {
			const accepted = cited.length === 0 ? {} : { acceptedCitations: cited };
			return answer === null ? null : { question: query, answer, rating: 'up', ...accepted };
		}
		if (answer === null) return null;
		return { question: query, answer: rejected, rating: 'down', correction: { answer, citations: cited } };
	},
};

function passagesOf(cited: z.output<typeof citations>): Passage[] {
	return (cited ?? []).map(({ quote, source, version }) =>
		toPassage(quote, { document: source ?? null, version: version ?? null }),
	);
}
