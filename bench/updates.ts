import type { Collection } from '../src/core/collection.ts';
import type { Store } from '../src/core/store.ts';
import { Searcher } from '../src/search/searcher.ts';
import { openStore } from '../src/store/store.ts';
import { type CorpusDocument, readDocuments, readQueries, readVectors } from './corpus.ts';
import { snapshots, space, toWrite } from './engines/knowhow.ts';

/** Milliseconds. */
export type Updates = {
	/** Committing one document, and the first search after it, whose catch-up that includes. */
	readonly commitMs: number;
	readonly nextSearchMs: number;
	/** A search when nothing changed, for comparison. */
	readonly searchMs: number;
	/** Committing 1 % more chunks, and the first search after. */
	readonly batchMs: number;
	readonly batchChunks: number;
	readonly searchAfterBatchMs: number;
	readonly searchWithTailMs: number;
	/** Compacting and writing the snapshot. */
	readonly saveMs: number;
};

const single = 20;

/** What Knowhow's index costs after commits. Changes the store in `folder`: give it a copy. */
export async function measureUpdates(corpus: string, folder: string): Promise<Updates> {
	await using store = await openStore(folder);
	const collection = (await store.corpus.collection('default'))!;
	const searcher = await Searcher.open(store.corpus, 'default', snapshots(folder));
	const vectors = readVectors(corpus, 'spare');
	const queryVectors = readVectors(corpus, 'queries');
	const queries = readQueries(corpus);
	const documents = [...readDocuments(corpus, 'spare')];
	const offset = documents[0]!.first;
	const search = async (i: number): Promise<number> => {
		const began = performance.now();
		const asked = {
			text: queries[i]!.text,
			vector: queryVectors[i]!,
			k: 60,
			filter: null,
			access: 'everything',
		} as const;
		await searcher.search(asked, space.space);
		return performance.now() - began;
	};
	const commit = async (document: CorpusDocument): Promise<number> =>
		add(store, collection, { document, vectors: own(document, vectors, offset) });

	for (let i = 0; i < 100; i++) await search(i);
	const commits: number[] = [];
	const next: number[] = [];
	for (let i = 0; i < single; i++) {
		commits.push(await commit(documents[i]!));
		next.push(await search(i));
	}
	const quiet = await repeated(search);
	const began = performance.now();
	let batchChunks = 0;
	for (const document of documents.slice(single)) {
		if (batchChunks >= queries.length * 2) break;
		batchChunks += document.chunks.length;
		await commit(document);
	}
	const batchMs = performance.now() - began;
	const searchAfterBatchMs = await search(0);
	const withTail = await repeated(search);
	const saving = performance.now();
	await searcher.save();
	const saveMs = performance.now() - saving;
	return {
		commitMs: median(commits),
		nextSearchMs: median(next),
		searchMs: quiet,
		batchMs,
		batchChunks,
		searchAfterBatchMs,
		searchWithTailMs: withTail,
		saveMs,
	};
}

async function repeated(search: (i: number) => Promise<number>): Promise<number> {
	const times: number[] = [];
	for (let i = 0; i < 100; i++) times.push(await search(i));
	return median(times);
}

async function add(
	store: Store,
	collection: Collection,
	{ document, vectors }: { document: CorpusDocument; vectors: readonly Float32Array[] },
): Promise<number> {
	const began = performance.now();
	await store.corpus.replace(toWrite(collection, document, vectors));
	return performance.now() - began;
}

function own(document: CorpusDocument, vectors: readonly Float32Array[], offset: number): Float32Array[] {
	return vectors.slice(document.first - offset, document.first - offset + document.chunks.length);
}

function median(values: readonly number[]): number {
	return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
