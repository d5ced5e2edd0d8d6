import type { Tag } from '../corpus.ts';

/** One search engine under measurement. Chunks are known by their number in the corpus. */
export interface Engine {
	readonly name: string;
	/** The most chunks it is asked to hold; above, the table says so. */
	readonly limit: number;
	/** False: it keeps nothing on disk, so every measuring process builds it anew. */
	readonly isPersistent: boolean;
	/** Fills an empty folder with the corpus. Milliseconds to store the chunks and then to build what searching needs. */
	build(corpus: string, folder: string): Promise<{ insertMs: number; indexMs: number }>;
	/** Ready to search. Engines that are not persistent return what `build` made in this process. */
	open(folder: string): Promise<OpenEngine>;
}

/** Each method gives the numbers of the best `k` chunks, best first. Absent: the engine cannot. */
export type OpenEngine = {
	keyword?: (text: string, k: number, tag: Tag | null) => Promise<number[]>;
	vector?: (vector: Float32Array, k: number, tag: Tag | null) => Promise<number[]>;
	hybrid?: (text: string, vector: Float32Array, k: number) => Promise<number[]>;
	/** As `hybrid`, with the text of the hits read, and reranked where the engine reranks by default. */
	texts?: (text: string, vector: Float32Array, k: number) => Promise<{ chunk: number; text: string }[]>;
	close?: () => Promise<void>;
};
