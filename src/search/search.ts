import type { Access } from '../core/access.ts';
import type { Chunk, DocumentSummary } from '../core/document.ts';
import type { Embedder } from '../core/embedder.ts';
import { KnowhowError } from '../core/error.ts';
import type { Filter } from '../core/filter.ts';
import type { Hit, ScoreParts } from '../core/hit.ts';
import type { Corpus } from '../core/store.ts';
import { fingerprint, isNearDuplicate, type Fingerprint } from '../text/near-duplicates.ts';
import { features } from './features.ts';
import { fuse, type Fusion } from './fuse.ts';
import type { Candidate, WeightedTerm } from './memory-index.ts';
import { rerankScore, type RerankWeights, type LearnedWeights, weightsFor } from './rerank.ts';
import type { Searcher } from './searcher.ts';
import { vectorWeightOf } from './vector-weight.ts';

export type SearchMode = 'keyword' | 'vector' | 'hybrid';

export type SearchOptions = {
	/** Hits wanted. */
	readonly k: number;
	/** `hybrid` without an embedder means `keyword`. */
	readonly mode: SearchMode;
	readonly access: Access;
	readonly filter?: Filter | null;
	readonly fusion: Fusion;
	/** Share of the vector leg in weighted fusion, 0 to 1; when absent that of `collectionWeights`, else what suits the embedder. */
	readonly vectorWeight?: number | undefined;
	/** Weights that were learned for collections, by id. */
	readonly collectionWeights?: ReadonlyMap<string, number> | undefined;
	readonly rerank: boolean;
	/** Reranks the searches that it learned from; the shipped one all others. */
	readonly reranker?: LearnedWeights | null | undefined;
	readonly signal?: AbortSignal | undefined;
};

export type SearchResult = {
	readonly hits: readonly Hit[];
	/** The query's terms with their weights in the first collection searched. */
	readonly terms: readonly WeightedTerm[];
	/** What did not run as configured, as sentences. */
	readonly warnings: readonly string[];
};

/** Candidates that each leg contributes, as a multiple of k and at least so many. */
const legFactor = 4;
const leastCandidates = 60;
/** Candidates whose text is read and reranked, at least. */
const rerankDepth = 30;

/**
 * Finds the chunks of one or several collections that matter for a query, best first, without near-duplicates.
 * Throws `no_embedder` for mode `vector` without an embedder, `embedder_mismatch` when it cannot search any of the collections.
 */
export async function search(
	query: string,
	parts: { readonly searchers: readonly Searcher[]; readonly corpus: Corpus; readonly embedder: Embedder | null },
	options: SearchOptions,
): Promise<SearchResult> {
	const warnings: string[] = [];
	await Promise.all(parts.searchers.map((searcher) => searcher.refresh()));
	const vector = await queryVector(query, parts, options, warnings);
	const text = options.mode === 'vector' ? null : query;
	const found = await Promise.all(
		parts.searchers.map((searcher) =>
			searchOne(searcher, parts.corpus, { text, vector }, parts.embedder?.space ?? null, options),
		),
	);
	const ranked = found.length === 1 ? found[0]!.ranked : interleave(found.map(({ ranked }) => ranked));
	return { hits: distinct(ranked, options.k).map(toHit), terms: found[0]?.terms ?? [], warnings };
}

/** A candidate whose chunk has been read. */
type Ranked = {
	readonly document: DocumentSummary;
	readonly chunk: Chunk;
	readonly score: number;
	readonly parts: ScoreParts;
};

async function searchOne(
	searcher: Searcher,
	corpus: Corpus,
	query: { text: string | null; vector: Float32Array | null },
	space: string | null,
	options: SearchOptions,
): Promise<{ ranked: Ranked[]; terms: readonly WeightedTerm[] }> {
	const k = Math.max(leastCandidates, legFactor * options.k);
	for (let attempt = 1; ; attempt++) {
		const asked = { ...query, k, filter: options.filter ?? null, access: options.access };
		const { candidates, terms } = await searcher.search(asked, space);
		const own = options.collectionWeights?.get(searcher.collection.id);
		const fused = fuse(candidates, options.fusion, options.vectorWeight ?? own ?? vectorWeightOf(space));
		const order = candidates
			.map((candidate, i) => ({ candidate, fused: fused[i]! }))
			.sort((a, b) => b.fused - a.fused || a.candidate.row - b.candidate.row)
			.slice(0, Math.max(rerankDepth, 2 * options.k));
		const chunks = await corpus.chunks(
			order.map(({ candidate }) => candidate.row),
			options.access,
		);
		// A chunk that went between scan and read means that the index was a commit behind: search again, once.
		if (chunks.includes(null) && attempt === 1) continue;
		const rerank = options.rerank && query.text !== null;
		const ranked = order.flatMap(({ candidate, fused: score }, i) => {
			const chunk = chunks[i];
			return chunk == null ? [] : [{ candidate, chunk, score }];
		});
		const searched = candidates.some(({ vector }) => vector !== null) ? space : null;
		const weights = weightsFor(options.reranker, searched);
		return { ranked: rerank ? reranked(ranked, terms, weights) : ranked.map((one) => toRanked(one, null)), terms };
	}
}

type Read = { readonly candidate: Candidate; readonly chunk: Chunk; readonly score: number };

function reranked(read: readonly Read[], terms: readonly WeightedTerm[], weights: RerankWeights): Ranked[] {
	// Sorting is stable: equal scores keep the order of fusion.
	return read
		.map((one) => {
			const { candidate, chunk, score: fused } = one;
			const scores = { fused, keyword: candidate.keyword, vector: candidate.vector };
			return toRanked(one, rerankScore(features(terms, chunk, candidate.document, scores), weights));
		})
		.sort((a, b) => b.score - a.score);
}

function toRanked({ candidate, chunk, score }: Read, rerank: number | null): Ranked {
	const parts = { keyword: candidate.keyword, vector: candidate.vector, rerank };
	return { document: candidate.document, chunk, score: rerank ?? score, parts };
}

/** Rankings of several collections as one: by rank, since BM25 is comparable only within a collection; ties in the order of collections. */
function interleave(rankings: readonly Ranked[][]): Ranked[] {
	return rankings
		.flatMap((ranking, collection) => ranking.map((ranked, rank) => ({ ranked, rank, collection })))
		.sort((a, b) => a.rank - b.rank || a.collection - b.collection)
		.map(({ ranked }, i) => ({ ...ranked, score: 1 / (i + 1) }));
}

/** The first k that are no near-duplicates of a better one. */
function distinct(ranked: readonly Ranked[], k: number): Ranked[] {
	const kept: { ranked: Ranked; print: Fingerprint }[] = [];
	for (const one of ranked) {
		if (kept.length === k) break;
		const print = fingerprint(one.chunk.text);
		if (!kept.some((better) => isNearDuplicate(better.print, print))) kept.push({ ranked: one, print });
	}
	return kept.map(({ ranked: one }) => one);
}

function toHit({ chunk, document, score, parts }: Ranked, i: number): Hit {
	const { id, source, title, date } = document;
	const { text, start, end, page, headings } = chunk;
	return {
		rank: i + 1,
		score,
		parts,
		chunk: chunk.id,
		text,
		start,
		end,
		page,
		headings,
		document: { id, source, title, version: chunk.version, date },
	};
}

/** The warning for a collection, by name, that an embedder is configured for and that has no vectors. */
export function withoutVectors(name: string): string {
	return `Collection "${name}" has no vectors yet; it was searched by keywords. Run \`knowhow reindex\`.`;
}

/** The query's vector when the mode wants one and a collection can use it; says in `warnings` what cannot run. */
async function queryVector(
	query: string,
	{ searchers, embedder }: { searchers: readonly Searcher[]; embedder: Embedder | null },
	{ mode, signal }: SearchOptions,
	warnings: string[],
): Promise<Float32Array | null> {
	if (mode === 'keyword') return null;
	if (embedder === null) {
		if (mode === 'hybrid') return null;
		throw new KnowhowError('no_embedder', 'A vector search needs an embedder and none is configured.', {
			hint: 'Set "embedder" in knowhow.json, or search with --mode keyword.',
		});
	}
	const stale = searchers.filter((searcher) => searcher.space !== embedder.space);
	for (const { collection } of stale) {
		warnings.push(
			collection.space === null
				? withoutVectors(collection.name)
				: `The vectors of collection "${collection.name}" were made by another embedder than ${embedder.id}; it was searched by keywords. Run \`knowhow reindex\`.`,
		);
	}
	if (stale.length === searchers.length) {
		if (mode === 'hybrid') return null;
		throw new KnowhowError('embedder_mismatch', warnings.join(' '), {
			hint: 'Run `knowhow reindex`, or search with --mode keyword.',
		});
	}
	const [vector] = await embedder.embed([query], 'query', signal);
	return vector!;
}
