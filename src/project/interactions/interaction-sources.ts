import type { Access } from '../../core/access.ts';
import type { Interaction, KeptCitation } from '../../core/interaction.ts';
import type { Corpus } from '../../core/store.ts';
import { withoutDocuments } from './interactions.ts';

/** What has become of a document since an answer quoted it. */
export type SourceState =
	/** The same version. */
	| 'same'
	/** A newer version, which still has the quote word for word. */
	| 'changed'
	/** A newer version without the quote. */
	| 'no-longer-says'
	/** Removed, or not for this reader. */
	| 'gone';

/** A citation of a kept answer with what has become of its document. */
export type InteractionSource = {
	readonly citation: KeptCitation;
	readonly state: SourceState;
	/** The document's version and source now; null when it is gone. */
	readonly versionNow: number | null;
	readonly sourceNow: string | null;
};

/** A kept answer and what has become of its sources, in the order of its citations. */
export type ShownInteraction = {
	readonly interaction: Interaction;
	readonly sources: readonly InteractionSource[];
};

type ShowOptions = {
	readonly corpus: Pick<Corpus, 'document'>;
	readonly access: Access;
	readonly earlier: readonly Interaction[];
};

/**
 * What an answer was made from, and what that is now. With an access other than `'everything'` text of documents that it does
 * not include (those that are gone too) is left out; so is what the question took from `earlier` answers of its conversation,
 * when they were made from such documents.
 */
export async function showInteraction(
	kept: Interaction,
	{ corpus, access, earlier }: ShowOptions,
): Promise<ShownInteraction> {
	const hidden = await hiddenDocuments([kept], corpus, access);
	const hiddenBefore = kept.standalone === null ? hidden : await hiddenDocuments(earlier, corpus, access);
	const shown = hidden.size === 0 ? kept : withoutDocuments(kept, hidden, kept.erasedAt);
	const interaction = hiddenBefore.size === 0 ? shown : { ...shown, standalone: null };
	const sources = interaction.citations.map((citation) => sourceOf(citation, corpus, access));
	return { interaction, sources: await Promise.all(sources) };
}

async function hiddenDocuments(
	interactions: readonly Interaction[],
	corpus: Pick<Corpus, 'document'>,
	access: Access,
): Promise<Set<string>> {
	if (access === 'everything') return new Set();
	const ids = new Set(
		interactions.flatMap(({ hits, citations }) => [
			...hits.map(({ document }) => document),
			...citations.map(({ documentId }) => documentId),
		]),
	);
	for (const id of ids) if ((await corpus.document(id, access)) !== null) ids.delete(id);
	return ids;
}

async function sourceOf(
	citation: KeptCitation,
	corpus: Pick<Corpus, 'document'>,
	access: Access,
): Promise<InteractionSource> {
	const { documentId, version, quote } = citation;
	const document = await corpus.document(documentId, access);
	if (document === null) return { citation, state: 'gone', versionNow: null, sourceNow: null };
	const stillSays = quote !== null && document.text.includes(quote);
	const state = document.version === version ? 'same' : stillSays ? 'changed' : 'no-longer-says';
	return { citation, state, versionNow: document.version, sourceNow: document.source };
}
