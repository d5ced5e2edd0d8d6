/** For words of a query, as written and in small letters, the words that documents have for the same thing. */
export type Meanings = ReadonlyMap<string, readonly string[]>;

/** Turns text into vectors. Vectors of equal `space` are comparable; the index refuses an unequal one. */
export interface Embedder {
	/** Names the model and its version, for people and reports. */
	readonly id: string;
	/** Names the vector space: model, dimensions and weights hash. */
	readonly space: string;
	readonly dimensions: number;
	/** One unit-length vector of `dimensions` floats for each text, in order. Throws `embedder_failed`. */
	embed(texts: readonly string[], kind: 'query' | 'passage', signal?: AbortSignal): Promise<Float32Array[]>;
	/** What one that learned the words of a house makes of a query; searches by keywords look for both. Absent: it learned none. */
	meanings?(query: string): Meanings;
}
