import { indexedText } from '../core/document.ts';
import type { Embedder } from '../core/embedder.ts';
import type { Corpus, VectorSpace } from '../core/store.ts';

export type ReindexEvent = { readonly type: 'vectors'; readonly added: number };

/** Chunks embedded and committed at a time: what an interruption can cost. */
const batch = 256;

/**
 * Gives every chunk of a collection (by id) a vector of this embedder's space, then makes that space the one that searches use.
 * Readers search the old space until the swap; the old space stays for a return until it is dropped. Resumable: run it again.
 * Returns how many vectors it made; those of an interrupted run are kept and not counted. Throws `embedder_failed`, and
 * `cancelled` between batches.
 */
export async function reindex(
	collection: string,
	parts: { readonly corpus: Corpus; readonly embedder: Embedder },
	options: { readonly signal?: AbortSignal | undefined; readonly onEvent?: (event: ReindexEvent) => void } = {},
): Promise<number> {
	const { corpus, embedder } = parts;
	const before = await addVectors(collection, parts, options);
	await corpus.activate(collection, embedder.space);
	// Documents that came between the last look and the swap.
	return before + (await fill(collection, parts, options));
}

/** Gives every chunk of a collection a vector of this embedder's space, which searches do not use yet. Resumable, too. */
export async function addVectors(
	collection: string,
	parts: Parameters<typeof reindex>[1],
	options: Parameters<typeof reindex>[2] = {},
): Promise<number> {
	await parts.corpus.addVectors(collection, spaceOf(parts.embedder), []);
	return await fill(collection, parts, options);
}

async function fill(
	collection: string,
	{ corpus, embedder }: Parameters<typeof reindex>[1],
	{ signal, onEvent }: NonNullable<Parameters<typeof reindex>[2]>,
): Promise<number> {
	for (let added = 0, after = 0; ;) {
		const chunks = await corpus.missingVectors(collection, embedder.space, batch, after);
		if (chunks.length === 0) return added;
		const vectors = await embedder.embed(
			chunks.map((chunk) => indexedText(chunk.title, chunk)),
			'passage',
			signal,
		);
		await corpus.addVectors(
			collection,
			spaceOf(embedder),
			chunks.map(({ row }, i) => ({ row, vector: vectors[i]! })),
		);
		added += chunks.length;
		after = chunks.at(-1)!.row;
		onEvent?.({ type: 'vectors', added });
	}
}

function spaceOf({ space, id, dimensions }: Embedder): VectorSpace {
	return { space, embedder: id, dimensions };
}
