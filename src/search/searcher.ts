import { mkdir } from 'node:fs/promises';
import type { Collection } from '../core/collection.ts';
import type { Corpus } from '../core/store.ts';
import { MemoryIndex, type Candidate, type IndexQuery, type IndexResult } from './memory-index.ts';
import { collectionOf } from './named-collection.ts';
import type { SearchedCollection } from './searchers.ts';
import { snapshotPath } from './snapshot-path.ts';
import { readSnapshot, writeSnapshot } from './snapshot.ts';

/** Documents read from the store at a time. */
const page = 500;
const vectorPage = 5_000;
/** Of the candidates asked for, the share whose cosines are made exact. `search` asks for at least four times its hits. */
const rescoredShare = 0.5;
/** Vectors that searches read stay in memory up to so many floats (16 MB), before the memory starts over. */
const mostFloats = 2 ** 22;

/**
 * The index of one named collection, kept equal to the store: opened from its snapshot, caught up with every commit of any
 * process before a search. One for each process and collection.
 */
export class Searcher implements SearchedCollection {
	readonly #corpus: Corpus;
	readonly #name: string;
	/** Folder of snapshots; null keeps none. */
	readonly #folder: string | null;
	#collection: Collection;
	#index = new MemoryIndex();
	#sequence = 0;
	#space: string | null = null;
	/** Stored vectors by row; another map after every change, so that no search mixes two states. */
	#vectors = new Map<number, Float32Array>();
	#pulse: number | null = null;
	/** The sequence that the snapshot on disk covers; null when there is none. */
	#saved: number | null = null;
	#refreshing: Promise<void> | null = null;

	private constructor(corpus: Corpus, collection: Collection, folder: string | null) {
		this.#corpus = corpus;
		this.#name = collection.name;
		this.#folder = folder;
		this.#collection = collection;
	}

	/** Opens the index of a collection by name. Throws `not_found`. */
	static async open(corpus: Corpus, name: string, folder: string | null): Promise<Searcher> {
		const searcher = new Searcher(corpus, await collectionOf(corpus, name), folder);
		await searcher.refresh();
		return searcher;
	}

	get collection(): Collection {
		return this.#collection;
	}

	/** The vector space of the index; null: keywords only. */
	get space(): string | null {
		return this.#space;
	}

	/** Catches up with all commits made before this call. Cheap when there were none. */
	async refresh(): Promise<void> {
		// One catch-up at a time; a caller whose commit came after the running one began waits for the next.
		while (this.#refreshing !== null) await this.#refreshing;
		const pulse = this.#corpus.pulse();
		if (pulse === this.#pulse) return;
		this.#refreshing = this.#catchUp();
		try {
			await this.#refreshing;
			this.#pulse = pulse;
		} finally {
			this.#refreshing = null;
		}
	}

	/**
	 * What the index finds in the state of the last commit before this call. `space` is that of `query.vector`; when another
	 * one is active by now the vector leg is left out, and so are meanings.
	 */
	async search(query: IndexQuery, space: string | null): Promise<IndexResult> {
		await this.refresh();
		if (query.vector === null || space === null || space !== this.#space) {
			return this.#index.search({ ...query, vector: null, meanings: undefined });
		}
		const found = this.#index.search(query);
		return { ...found, candidates: await this.#rescore(found.candidates, { query: query.vector, k: query.k, space }) };
	}

	/** Writes the snapshot when it is behind. After a deletion this is what removes the last traces of the deleted words. */
	async save(): Promise<void> {
		if (this.#folder === null || this.#saved === this.#sequence) return;
		await mkdir(this.#folder, { recursive: true });
		const path = snapshotPath(this.#folder, this.#collection.id);
		const sequence = this.#sequence;
		await writeSnapshot(path, {
			collection: this.#collection.id,
			epoch: this.#corpus.epoch,
			sequence,
			space: this.#space,
			state: this.#index.state(),
		});
		this.#saved = sequence;
	}

	/**
	 * The index knows cosines to about 0.01. The best of them, half of `k`, become those of the stored vectors, so that the order
	 * among the hits is exact (docs/decisions/0004-vector-scan.md).
	 */
	async #rescore(
		candidates: readonly Candidate[],
		{ query, k, space }: { query: Float32Array; k: number; space: string },
	): Promise<Candidate[]> {
		const best = candidates
			.map((candidate, i) => ({ i, row: candidate.row, vector: candidate.vector ?? -Infinity }))
			.sort((a, b) => b.vector - a.vector)
			.slice(0, Math.ceil(k * rescoredShare));
		const vectors = await this.#vectorsIn(
			space,
			best.map(({ row }) => row),
		);
		const rescored = [...candidates];
		for (const { i, row } of best) {
			const vector = vectors.get(row);
			if (vector !== undefined) rescored[i] = { ...candidates[i]!, vector: dot(query, vector) };
		}
		return rescored;
	}

	/** The stored vectors of these rows, and of others. */
	async #vectorsIn(space: string, rows: readonly number[]): Promise<ReadonlyMap<number, Float32Array>> {
		if (this.#vectors.size * (this.#index.dimensions ?? 0) > mostFloats) this.#vectors = new Map();
		const known = this.#vectors;
		const missing = rows.filter((row) => !known.has(row));
		if (missing.length === 0) return known;
		const read = await this.#corpus.vectors(space, missing);
		read.forEach((vector, i) => {
			if (vector !== null) known.set(missing[i]!, vector);
		});
		return known;
	}

	async #catchUp(): Promise<void> {
		const collection = await collectionOf(this.#corpus, this.#name);
		// A swap gives the name to another collection: begin again with that one's snapshot.
		if (collection.id !== this.#collection.id || this.#pulse === null) await this.#load(collection);
		if (collection.id !== this.#collection.id || collection.sequence !== this.#sequence) this.#vectors = new Map();
		this.#collection = collection;
		if (collection.space !== this.#space) await this.#loadVectors(collection);
		for (let done = this.#sequence >= collection.sequence; !done;) {
			const changes = await this.#corpus.changes(collection.id, this.#sequence, page);
			for (const id of changes.removed) this.#index.remove(id);
			const vectors = await this.#vectorsOf(changes.documents.flatMap(({ chunks }) => chunks.map(({ row }) => row)));
			for (const { summary, chunks } of changes.documents) {
				this.#index.put(summary, chunks, (row) => vectors.get(row) ?? null);
			}
			this.#sequence = changes.sequence;
			done = changes.done;
		}
		this.#index.compactIfWasteful();
	}

	async #load(collection: Collection): Promise<void> {
		const { epoch } = this.#corpus;
		const usable =
			this.#folder === null
				? null
				: await readSnapshot(snapshotPath(this.#folder, collection.id), { collection: collection.id, epoch });
		this.#index = usable === null ? new MemoryIndex() : MemoryIndex.fromState(usable.state);
		this.#sequence = usable?.sequence ?? 0;
		this.#saved = usable?.sequence ?? null;
		this.#space = usable?.space ?? null;
	}

	async #loadVectors(collection: Collection): Promise<void> {
		this.#space = collection.space;
		this.#saved = null;
		if (collection.space === null) {
			this.#index.resetVectors(null);
			return;
		}
		const spaces = await this.#corpus.spaces(collection.id);
		this.#index.resetVectors(spaces.find(({ space }) => space === collection.space)?.dimensions ?? null);
		const vectors = new Map<number, Float32Array>();
		for (let after = 0; ;) {
			const rows = await this.#corpus.allVectors(collection.id, collection.space, after, vectorPage);
			if (rows.length === 0) break;
			for (const { row, vector } of rows) vectors.set(row, vector);
			after = rows.at(-1)!.row;
		}
		this.#index.setVectors((row) => vectors.get(row) ?? null);
	}

	async #vectorsOf(rows: readonly number[]): Promise<Map<number, Float32Array>> {
		const found = new Map<number, Float32Array>();
		if (this.#space === null || rows.length === 0) return found;
		const vectors = await this.#corpus.vectors(this.#space, rows);
		vectors.forEach((vector, i) => {
			if (vector !== null) found.set(rows[i]!, vector);
		});
		return found;
	}
}

function dot(a: Float32Array, b: Float32Array): number {
	let sum = 0;
	for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
	return sum;
}
