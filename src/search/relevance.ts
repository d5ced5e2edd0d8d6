import { bareChunk, bareSummary } from '../core/document.ts';
import type { Embedder } from '../core/embedder.ts';
import { features } from './features.ts';
import { fuse } from './fuse.ts';
import { MemoryIndex } from './memory-index.ts';
import { occurrencesInText } from './occurrences.ts';
import { rerankScore } from './rerank.ts';
import { vectorWeightOf } from './vector-weight.ts';

export type RelevanceParts = { readonly embedder: Embedder | null; readonly signal?: AbortSignal | undefined };

/**
 * How well each passage fits a query, 0 to 1, in order: what `search` does with candidates (both legs, fusion, the linear
 * reranker), over these passages alone. Comparable within one call.
 */
export async function relevance(
	query: string,
	passages: readonly string[],
	{ embedder, signal }: RelevanceParts,
): Promise<number[]> {
	if (passages.length === 0) return [];
	const vectors = embedder === null ? [] : await embedder.embed(passages, 'passage', signal);
	const vector = embedder === null ? null : (await embedder.embed([query], 'query', signal))[0]!;
	const index = new MemoryIndex();
	index.resetVectors(embedder?.dimensions ?? null);
	passages.forEach((text, i) =>
		index.put(bareSummary(String(i), '', null), [bareChunk(String(i), text, i + 1)], () => vectors[i] ?? null),
	);
	const { candidates, terms } = index.search({
		text: query,
		meanings: embedder?.meanings?.(query),
		vector,
		k: passages.length,
		filter: null,
		access: 'everything',
	});
	const fused = fuse(candidates, 'weighted', vectorWeightOf(embedder?.space ?? null));
	const scores = passages.map(() => 0);
	candidates.forEach(({ row, keyword, vector: cosine }, i) => {
		const chunk = { text: passages[row - 1]!, headings: [] };
		const seen = { fused: fused[i]!, keyword, vector: cosine };
		scores[row - 1] = sigmoid(rerankScore(features(terms, occurrencesInText(terms, chunk, nameless), seen)));
	});
	return scores;
}

/** Passages come without a document. */
const nameless = { title: '', source: '', language: null };

function sigmoid(logOdds: number): number {
	return 1 / (1 + Math.exp(-logOdds));
}
