import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configSchema } from '../src/core/config.ts';
import type { Document } from '../src/core/document.ts';
import type { Embedder } from '../src/core/embedder.ts';
import { chunk } from '../src/ingest/chunk.ts';
import { ingest } from '../src/ingest/ingest.ts';
import { search, type SearchResult } from '../src/search/search.ts';
import { Searcher } from '../src/search/searcher.ts';
import { openStore } from '../src/store/store.ts';

/** Documents in a store of their own; `search` runs as in a project without an embedder. */
export type Collection = AsyncDisposable & {
	/** `rerank` false: as fusion ranks them. */
	search(query: string, k: number, rerank?: boolean): Promise<SearchResult>;
	document(id: string): Promise<Document | null>;
	readonly corpus: Corpus;
	readonly searcher: Searcher;
};

const settings = configSchema.parse({});

/** A passage of a data set: one document each. */
export type Passage = { readonly _id: string; readonly title: string; readonly text: string };

/** One document a passage. */
export function openPassages(passages: readonly Passage[]): Promise<Collection> {
	return openCollection(async (corpus, collection) => {
		for (const { _id, title, text } of passages) {
			const shared = { collection, source: _id, title, text, pages: [], format: 'text', language: 'en' } as const;
			await corpus.replace({
				...shared,
				hash: _id,
				date: null,
				attributes: {},
				readers: 'everyone',
				id: null,
				expected: 0,
				chunks: chunk({ text, pages: [] }, { maxTokens: settings.ingest.chunkTokens }),
				vectors: [],
				keepVersion: false,
			});
		}
	});
}

/** Every file of a folder, named relative to it; chunks get vectors when there is an embedder. */
export function openFolder(folder: string, embedder: Embedder | null = null): Promise<Collection> {
	return openCollection(async (corpus, collection) => {
		const report = await ingest({
			corpus,
			collection,
			paths: [folder],
			base: folder,
			embedder,
			settings: settings.ingest,
		});
		if (report.failed.length > 0) throw new Error(`not ingested: ${JSON.stringify(report.failed)}`);
	});
}

type Corpus = Awaited<ReturnType<typeof openStore>>['corpus'];

async function openCollection(fill: (corpus: Corpus, collection: string) => Promise<void>): Promise<Collection> {
	const folder = await mkdtemp(join(tmpdir(), 'knowhow-weights-'));
	const store = await openStore(folder);
	const { id } = await store.corpus.createCollection('default');
	await fill(store.corpus, id);
	const searcher = await Searcher.open(store.corpus, 'default', null);
	const parts = { searchers: [searcher], corpus: store.corpus, embedder: null };
	return {
		corpus: store.corpus,
		searcher,
		search: (query, k, rerank = settings.search.rerank) =>
			search(query, parts, { ...settings.search, rerank, k, access: 'everything' }),
		document: (document) => store.corpus.document(document, 'everything'),
		async [Symbol.asyncDispose]() {
			await store[Symbol.asyncDispose]();
			await rm(folder, { recursive: true, force: true });
		},
	};
}
