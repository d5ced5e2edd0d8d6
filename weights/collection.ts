import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configSchema } from '../src/core/config.ts';
import { type Document, indexedText } from '../src/core/document.ts';
import type { Embedder } from '../src/core/embedder.ts';
import { chunk } from '../src/ingest/chunk.ts';
import { ingest } from '../src/ingest/ingest.ts';
import { builtInFolder, openStaticEmbedder } from '../src/models/static-embedder.ts';
import { search, type SearchOptions, type SearchResult } from '../src/search/search.ts';
import { Searcher } from '../src/search/searcher.ts';
import type { DocumentWrite, VectorSpace } from '../src/core/store.ts';
import { openStore } from '../src/store/store.ts';

/** Documents in a store of their own, searched as a project with this embedder searches. */
export type Collection = AsyncDisposable & {
	/** With the default settings, but for these: `rerank` false gives the order of fusion. */
	search(query: string, k: number, changed?: Changed): Promise<SearchResult>;
	document(id: string): Promise<Document | null>;
	readonly corpus: Corpus;
	readonly searcher: Searcher;
};

type Changed = Partial<Pick<SearchOptions, 'mode' | 'rerank'>>;

const settings = configSchema.parse({});

/** A passage of a data set: one document each. */
export type Passage = { readonly _id: string; readonly title: string; readonly text: string };

let builtIn: Promise<Embedder> | undefined;

/** What a project uses that names no embedder. */
function openBuiltIn(): Promise<Embedder> {
	return (builtIn ??= openStaticEmbedder(builtInFolder, { name: 'built-in' }));
}

/** One document a passage. The embedder is the built-in one; null: keywords only. */
export async function openPassages(passages: readonly Passage[], given?: Embedder | null): Promise<Collection> {
	const embedder = given === undefined ? await openBuiltIn() : given;
	return await openCollection(embedder, async (corpus, collection, vectorsOf) => {
		for (const { _id, title, text } of passages) {
			const shared = { collection, source: _id, title, text, pages: [], format: 'text', language: 'en' } as const;
			const chunks = chunk({ text, pages: [] }, { maxTokens: settings.ingest.chunkTokens });
			await corpus.replace({
				...shared,
				hash: _id,
				date: null,
				attributes: {},
				readers: 'everyone',
				id: null,
				expected: 0,
				chunks,
				vectors: await vectorsOf(chunks.map((each) => indexedText(title, each))),
				keepVersion: false,
			});
		}
	});
}

/** Every file of a folder, named relative to it. The embedder is the built-in one; null: keywords only. */
export async function openFolder(folder: string, given?: Embedder | null): Promise<Collection> {
	const embedder = given === undefined ? await openBuiltIn() : given;
	return await openCollection(embedder, async (corpus, collection) => {
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

type Vectors = DocumentWrite['vectors'];
type Fill = (
	corpus: Corpus,
	collection: string,
	vectorsOf: (texts: readonly string[]) => Promise<Vectors>,
) => Promise<void>;

async function openCollection(embedder: Embedder | null, fill: Fill): Promise<Collection> {
	const folder = await mkdtemp(join(tmpdir(), 'knowhow-weights-'));
	const store = await openStore(folder);
	const { id } = await store.corpus.createCollection('default');
	await fill(store.corpus, id, async (texts) => await vectorsBy(embedder, texts));
	if (embedder !== null) {
		await store.corpus.addVectors(id, spaceOf(embedder), []);
		await store.corpus.activate(id, embedder.space);
	}
	const searcher = await Searcher.open(store.corpus, 'default', null);
	const parts = { searchers: [searcher], corpus: store.corpus, embedder };
	return {
		corpus: store.corpus,
		searcher,
		search: (query, k, changed = {}) =>
			search(query, parts, { ...settings.search, ...changed, k, access: 'everything' }),
		document: (document) => store.corpus.document(document, 'everything'),
		async [Symbol.asyncDispose]() {
			await store[Symbol.asyncDispose]();
			await rm(folder, { recursive: true, force: true });
		},
	};
}

async function vectorsBy(embedder: Embedder | null, texts: readonly string[]): Promise<Vectors> {
	if (embedder === null) return [];
	return [{ space: spaceOf(embedder), rows: await embedder.embed(texts, 'passage') }];
}

function spaceOf({ id, space, dimensions }: Embedder): VectorSpace {
	return { space, embedder: id, dimensions };
}
