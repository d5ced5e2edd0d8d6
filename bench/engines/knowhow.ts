import { join } from 'node:path';
import type { Embedder } from '../../src/core/embedder.ts';
import type { Filter } from '../../src/core/filter.ts';
import type { Collection } from '../../src/core/collection.ts';
import type { DocumentWrite, Store } from '../../src/core/store.ts';
import { fuse } from '../../src/search/fuse.ts';
import type { Candidate } from '../../src/search/memory-index.ts';
import { search } from '../../src/search/search.ts';
import { Searcher } from '../../src/search/searcher.ts';
import { openStore } from '../../src/store/store.ts';
import { type CorpusDocument, dimensions, readDocuments, readVectors, type Tag } from '../corpus.ts';
import type { Engine, OpenEngine } from './engine.ts';

export const space = { space: 'bench', embedder: 'bench', dimensions };
/** What `search()` asks of each leg for 10 hits. */
const candidates = 60;
const vectorWeight = 0.5;

export const engine: Engine = { name: 'Knowhow', limit: Infinity, isPersistent: true, build, open };

async function build(corpus: string, folder: string): Promise<{ insertMs: number; indexMs: number }> {
	const vectors = readVectors(corpus, 'chunks');
	await using store = await openStore(folder);
	const collection = await store.corpus.createCollection('default');
	await store.corpus.addVectors(collection.id, space, []);
	await store.corpus.activate(collection.id, space.space);
	let began = performance.now();
	for (const document of readDocuments(corpus)) {
		const own = vectors.slice(document.first, document.first + document.chunks.length);
		await store.corpus.replace(toWrite(collection, document, own));
	}
	await store.settle();
	const insertMs = performance.now() - began;
	began = performance.now();
	const searcher = await Searcher.open(store.corpus, 'default', snapshots(folder));
	await searcher.save();
	return { insertMs, indexMs: performance.now() - began };
}

/** The folder of snapshots within a project's folder. */
export function snapshots(folder: string): string {
	return join(folder, 'index');
}

export function toWrite(
	collection: Collection,
	{ source, title, tags, first, chunks }: CorpusDocument,
	vectors: readonly Float32Array[],
): DocumentWrite {
	let at = 0;
	const placed = chunks.map((text, i) => {
		const start = at;
		at += text.length + 2;
		// The page carries the chunk's number, so that a hit tells which chunk it is.
		return { start, end: start + text.length, text, headings: [], page: first + i };
	});
	return {
		id: null,
		expected: 0,
		collection: collection.id,
		source,
		title,
		text: chunks.join('\n\n'),
		hash: source,
		format: 'text',
		language: 'en',
		date: null,
		attributes: Object.fromEntries(tags.map((tag) => [tag, true])),
		readers: 'everyone',
		pages: [],
		chunks: placed,
		vectors: [{ space, rows: vectors }],
		keepVersion: false,
	};
}

async function open(folder: string): Promise<OpenEngine> {
	const store = await openStore(folder);
	return searching(store, await Searcher.open(store.corpus, 'default', snapshots(folder)));
}

function searching(store: Store, searcher: Searcher): OpenEngine {
	const legs = async (text: string | null, vector: Float32Array | null, k: number, tag: Tag | null = null) => {
		const filter: Filter | null = tag === null ? null : { type: 'eq', key: tag, value: true };
		const asked = { text, vector, k: candidates, filter, access: 'everything' } as const;
		return best((await searcher.search(asked, space.space)).candidates, k);
	};
	return {
		keyword: async (text: string, k: number, tag: Tag | null) => legs(text, null, k, tag),
		vector: async (vector: Float32Array, k: number, tag: Tag | null) => legs(null, vector, k, tag),
		hybrid: async (text: string, vector: Float32Array, k: number) => legs(text, vector, k),
		texts: async (text: string, vector: Float32Array, k: number) => {
			const parts = { searchers: [searcher], corpus: store.corpus, embedder: giving(vector) };
			const { hits } = await search(text, parts, {
				k,
				mode: 'hybrid',
				access: 'everything',
				fusion: 'weighted',
				vectorWeight,
				rerank: true,
			});
			return hits.map((hit) => ({ chunk: hit.page!, text: hit.text }));
		},
		close: async () => store[Symbol.asyncDispose](),
	};
}

/** The fused ranking. Chunks were stored in order, so row 1 is chunk 0. */
function best(found: readonly Candidate[], k: number): number[] {
	const scores = fuse(found, 'weighted', vectorWeight);
	return found
		.map(({ row }, i) => ({ row, score: scores[i]! }))
		.sort((a, b) => b.score - a.score || a.row - b.row)
		.slice(0, k)
		.map(({ row }) => row - 1);
}

function giving(vector: Float32Array): Embedder {
	return { id: 'bench', space: 'bench', dimensions, embed: async () => [vector] };
}
