import { setImmediate as turn } from 'node:timers/promises';
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
	let unread = 0;
	for (const [i, text] of passages.entries()) {
		index.put(bareSummary(String(i), '', null), [bareChunk(String(i), text, i + 1)], () => vectors[i] ?? null);
		unread = await rested(unread + text.length);
	}
	signal?.throwIfAborted();
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
	for (const [i, { row, keyword, vector: cosine }] of candidates.entries()) {
		const chunk = { text: passages[row - 1]!, headings: [] };
		const seen = { fused: fused[i]!, keyword, vector: cosine };
		scores[row - 1] = sigmoid(rerankScore(features(terms, occurrencesInText(terms, chunk, nameless), seen)));
		unread = await rested(unread + chunk.text.length + terms.length * costOfTerm);
	}
	return scores;
}

/** UTF-16 units that are read before others have their turn, and what looking for a term of the query counts as. */
const turnLength = 50_000;
const costOfTerm = 10;

async function rested(length: number): Promise<number> {
	if (length < turnLength) return length;
	await turn();
	return 0;
}

/** Passages come without a document. */
const nameless = { title: '', source: '', language: null };

function sigmoid(logOdds: number): number {
	return 1 / (1 + Math.exp(-logOdds));
}
