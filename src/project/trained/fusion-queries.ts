import type { LabelledQuery, Positive } from '../../collect/labelled-queries.ts';
import type { Chunk } from '../../core/document.ts';
import type { Embedder } from '../../core/embedder.ts';
import type { Corpus } from '../../core/store.ts';
import type { Candidate } from '../../search/memory-index.ts';
import type { Searcher } from '../../search/searcher.ts';
import type { FusionQuery } from '../../train/fusion.ts';

/** As many as a search takes from each leg. */
const candidatesOfLeg = 60;

export type FusionParts = {
	readonly searcher: Searcher;
	readonly corpus: Corpus;
	readonly embedder: Embedder;
	readonly signal?: AbortSignal | undefined;
};

/**
 * What both legs find in a collection for each query, and which of it is known to answer. Where a query's answers are documents its
 * ranking is one of documents (each by its best chunk), where they are quotes one of chunks.
 */
export async function gatherFusionQueries(
	labelled: readonly LabelledQuery[],
	{ searcher, corpus, embedder, signal }: FusionParts,
): Promise<FusionQuery[]> {
	const queries: FusionQuery[] = [];
	for (const { query, positives } of labelled) {
		const [vector] = await embedder.embed([query], 'query', signal);
		const meanings = embedder.meanings?.(query);
		const asked = {
			text: query,
			meanings,
			vector: vector!,
			k: candidatesOfLeg,
			filter: null,
			access: 'everything',
		} as const;
		const { candidates } = await searcher.search(asked, embedder.space);
		const hasQuotes = positives.some(({ quote }) => quote !== null);
		const rows = candidates.map(({ row }) => row);
		const chunks = hasQuotes ? await corpus.chunks(rows, 'everything') : rows.map(() => null);
		const units = candidates.map(({ row, document }) => (hasQuotes ? `${row}` : document.id));
		queries.push({ candidates, units, judgements: judge(positives, { candidates, units, chunks }) });
	}
	return queries;
}

type Found = {
	readonly candidates: readonly Candidate[];
	readonly units: readonly string[];
	readonly chunks: readonly (Chunk | null)[];
};

/** What answers and was not found by either leg is judged too, so that no ranking is ideal without it. */
function judge(positives: readonly Positive[], { candidates, units, chunks }: Found): Map<string, number> {
	const judgements = new Map<string, number>();
	positives.forEach((positive, i) => {
		const found = units.filter((_, at) => answers(positive, candidates[at]!, chunks[at]!));
		for (const unit of found.length === 0 ? [`not found ${i}`] : found) {
			judgements.set(unit, Math.max(positive.grade, judgements.get(unit) ?? 0));
		}
	});
	return judgements;
}

/** Whether a chunk is what answers. */
export function answers(
	{ document, quote }: Pick<Positive, 'document' | 'quote'>,
	candidate: { readonly document: Pick<Candidate['document'], 'id' | 'source'> },
	chunk: Pick<Chunk, 'text'> | null,
): boolean {
	const { id, source } = candidate.document;
	const isNamed = document === null || document === id || source === document || endsWith(source, document);
	if (!isNamed || quote === null) return isNamed;
	const text = squash(chunk?.text ?? '');
	const words = squash(quote);
	// A passage that is longer than a chunk has its chunks within it.
	return text !== '' && (text.includes(words) || words.includes(text));
}

/** `guide.md` and `guide` name `docs/guide.md`. */
function endsWith(source: string, name: string): boolean {
	const path = `/${source.replaceAll('\\', '/')}`;
	return path.endsWith(`/${name}`) || path.replace(/\.[^./]+$/, '').endsWith(`/${name}`);
}

/** Without white space and Markdown's marks: quotes may be those of the source file, chunks are those of the converted text. */
function squash(text: string): string {
	return text
		.replace(/[\s*`\\]+/g, ' ')
		.trim()
		.toLowerCase();
}
