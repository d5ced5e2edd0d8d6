import type { Chunk } from '../core/document.ts';
import type { Passage } from '../core/dataset.ts';
import type { Interaction, KeptCitation } from '../core/interaction.ts';
import { toContent, toExample, toPassage } from './example.ts';
import type { Row } from './read-examples.ts';

/** Which rated answers make examples: those that were right, those that were corrected, or all of both. */
export const ratedKinds = ['good', 'up', 'corrected'] as const;
export type RatedKind = (typeof ratedKinds)[number];

/** Which answers are taken, and where the passages of their citations are looked up. */
export type InteractionOptions = {
	readonly kind?: RatedKind | undefined;
	/** The chunk as it is now; null when it is gone. */
	readonly chunk: (id: string) => Promise<Pick<Chunk, 'text'> | null>;
};

/**
 * Examples from rated answers. A thumb up makes the answer right, and the passages that it cites; a correction is the
 * answer, and what it replaces the worse one; citations that were accepted are the passages. An answer that was only
 * rejected teaches nothing by itself, and one that was not rated is not taken.
 */
export async function fromInteractions(
	interactions: readonly Interaction[],
	options: InteractionOptions,
): Promise<Row[]> {
	const rows: Row[] = [];
	for (const interaction of interactions) {
		if (isTaken(interaction, options.kind ?? 'good')) rows.push(await toRow(interaction, options));
	}
	return rows;
}

function isTaken({ feedback, erasedAt }: Interaction, kind: RatedKind): boolean {
	if (!feedback || erasedAt !== null) return false;
	const isUp = feedback.rating === 'up';
	const isCorrected = feedback.correction !== null;
	if (kind === 'up') return isUp;
	if (kind === 'corrected') return isCorrected;
	return isUp || isCorrected || feedback.accepted.length > 0;
}

async function toRow(interaction: Interaction, { chunk }: InteractionOptions): Promise<Row> {
	const { id, question, standalone, abstained, answer, feedback, citations } = interaction;
	const correction = feedback?.correction ?? null;
	const isUp = feedback?.rating === 'up';
	const cited = citations.filter(({ marker, supported }) =>
		feedback && feedback.accepted.length > 0
			? feedback.accepted.includes(marker)
			: isUp && correction === null && supported,
	);
	const given = answer === null || abstained ? null : withoutMarkers(answer, citations);
	const content = toContent({
		query: standalone ?? question,
		answer: correction ?? (isUp ? given : null),
		// Who repeats an answer confirms it.
		rejected: correction === null || correction === given ? null : given,
		positives: await passagesOf(cited, chunk),
	});
	const example = toExample(content, {
		origin: { kind: 'interaction', of: id },
		sources: sourcesOf(interaction),
	});
	return { file: id, line: null, example };
}

/** What a language model had before it; of sentences taken from documents those that are cited. */
function sourcesOf({ model, hits, citations }: Interaction): { document: string; version: number }[] {
	const cited = citations.map(({ documentId, version }) => ({ document: documentId, version }));
	return model === 'extractive' ? cited : [...cited, ...hits.map(({ document, version }) => ({ document, version }))];
}

/** The chunk where it is still there, else the quote; each once. */
async function passagesOf(citations: readonly KeptCitation[], chunk: InteractionOptions['chunk']): Promise<Passage[]> {
	const passages = new Map<string, Passage>();
	for (const { chunk: id, quote, documentId: document, version } of citations) {
		const text = (await chunk(id))?.text ?? quote;
		if (text !== null && !passages.has(text)) passages.set(text, toPassage(text, { document, version, chunk: id }));
	}
	return [...passages.values()];
}

/** Markers such as [1] belong to one answer's list of sources. */
function withoutMarkers(answer: string, citations: readonly KeptCitation[]): string {
	const markers = new Set(citations.map(({ marker }) => marker));
	return answer.replaceAll(/ ?(\[\d+\])/g, (found, marker: string) => (markers.has(marker) ? '' : found)).trim();
}
