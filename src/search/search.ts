import type { Access } from '../core/access.ts';
import type { Chunk } from '../core/document.ts';
import type { Embedder, Meanings } from '../core/embedder.ts';
import { KnowhowError } from '../core/error.ts';
import type { Filter } from '../core/filter.ts';
import type { Hit } from '../core/hit.ts';
import type { Corpus } from '../core/store.ts';
import { fingerprint, isNearDuplicate, mayBeNearDuplicates, type Fingerprint } from '../text/near-duplicates.ts';
import { sketchIn } from './digests.ts';
import { features } from './features.ts';
import { fuse, type Fusion } from './fuse.ts';
import type { Candidate, IndexResult, WeightedTerm } from './memory-index.ts';
import { occurrencesInDigest } from './occurrences.ts';
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
/** Candidates that are reranked, at least. */
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
	const space = parts.embedder?.space ?? null;
	const meanings = parts.embedder?.meanings?.(query);
	for (let attempt = 1; ; attempt++) {
		const found = await Promise.all(
			parts.searchers.map((searcher) => searchOne(searcher, { text, meanings, vector, space }, options)),
		);
		const ranked = found.length === 1 ? found[0]!.ranked : interleave(found.map(({ ranked }) => ranked));
		const { kept, isStale } = await distinct(ranked, parts.corpus, options);
		// A chunk that went between scan and read means that the index was a commit behind: search again, once.
		if (isStale && attempt === 1) continue;
		return { hits: kept.map(toHit), terms: found[0]?.terms ?? [], warnings };
	}
}

/** A candidate with its place in the ranking. */
type Ranked = { readonly candidate: Candidate; readonly score: number; readonly rerank: number | null };

type Asked = {
	readonly text: string | null;
	readonly meanings: Meanings | undefined;
	readonly vector: Float32Array | null;
	readonly space: string | null;
};

async function searchOne(
	searcher: Searcher,
	{ text, meanings, vector, space }: Asked,
	options: SearchOptions,
): Promise<{ ranked: Ranked[]; terms: readonly WeightedTerm[] }> {
	const k = Math.max(leastCandidates, legFactor * options.k);
	const asked = { text, meanings, vector, k, filter: options.filter ?? null, access: options.access };
	const found = await searcher.search(asked, space);
	const own = options.collectionWeights?.get(searcher.collection.id);
	const fused = fuse(found.candidates, options.fusion, options.vectorWeight ?? own ?? vectorWeightOf(space));
	const best = found.candidates
		.map((candidate, i) => ({ candidate, score: fused[i]!, rerank: null }))
		.sort((a, b) => b.score - a.score || a.candidate.row - b.candidate.row)
		.slice(0, Math.max(rerankDepth, 2 * options.k));
	const isReranked = options.rerank && text !== null;
	const searched = found.candidates.some((candidate) => candidate.vector !== null) ? space : null;
	const ranked = isReranked ? reranked(best, found, weightsFor(options.reranker, searched)) : best;
	return { ranked, terms: found.terms };
}

function reranked(best: readonly Ranked[], { terms, wanted }: IndexResult, weights: RerankWeights): Ranked[] {
	// Sorting is stable: equal scores keep the order of fusion.
	return best
		.map(({ candidate, score: fused }) => {
			const { digest, document, keyword, vector } = candidate;
			const occurrences = occurrencesInDigest(terms, { digest, wanted }, document);
			const score = rerankScore(features(terms, occurrences, { fused, keyword, vector }), weights);
			return { candidate, score, rerank: score };
		})
		.sort((a, b) => b.score - a.score);
}

/** Rankings of several collections as one: by rank, since BM25 is comparable only within a collection; ties in the order of collections. */
function interleave(rankings: readonly Ranked[][]): Ranked[] {
	return rankings
		.flatMap((ranking, collection) => ranking.map((ranked, rank) => ({ ranked, rank, collection })))
		.sort((a, b) => a.rank - b.rank || a.collection - b.collection)
		.map(({ ranked }, i) => ({ ...ranked, score: 1 / (i + 1) }));
}

/** A candidate whose chunk has been read. */
type Read = { readonly ranked: Ranked; readonly chunk: Chunk };

/** The first k that are no near-duplicates of a better one, read without reading others; `isStale` when a chunk is gone. */
async function distinct(
	ranked: readonly Ranked[],
	corpus: Corpus,
	{ k, access }: SearchOptions,
): Promise<{ kept: Read[]; isStale: boolean }> {
	const kept: Read[] = [];
	const prints = new Map<Read, Fingerprint>();
	let isStale = false;
	for (let next = 0; kept.length < k && next < ranked.length;) {
		const some = ranked.slice(next, next + k - kept.length);
		next += some.length;
		const rows = some.map(({ candidate }) => candidate.row);
		const chunks = await corpus.chunks(rows, access);
		chunks.forEach((chunk, i) => {
			if (chunk === null) isStale = true;
			const read = chunk && { ranked: some[i]!, chunk };
			if (read !== null && !kept.some((better) => isSame(better, read, prints))) kept.push(read);
		});
	}
	return { kept, isStale };
}

function isSame(a: Read, b: Read, prints: Map<Read, Fingerprint>): boolean {
	return (
		mayBeNearDuplicates(sketchIn(a.ranked.candidate.digest), sketchIn(b.ranked.candidate.digest)) &&
		isNearDuplicate(printOf(a, prints), printOf(b, prints))
	);
}

function printOf(read: Read, prints: Map<Read, Fingerprint>): Fingerprint {
	const print = prints.get(read) ?? fingerprint(read.chunk.text);
	prints.set(read, print);
	return print;
}

function toHit({ chunk, ranked: { candidate, score, rerank } }: Read, i: number): Hit {
	const { keyword, vector, document } = candidate;
	const { id, source, title, date } = document;
	const { text, start, end, page, headings } = chunk;
	return {
		rank: i + 1,
		score,
		parts: { keyword, vector, rerank },
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
