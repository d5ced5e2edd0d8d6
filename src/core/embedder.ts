/** Turns text into vectors. Vectors of equal `space` are comparable; the index refuses an unequal one. */
export interface Embedder {
	/** Names the model and its version, for people and reports. */
	readonly id: string;
	/** Names the vector space: model, dimensions and weights hash. */
	readonly space: string;
	readonly dimensions: number;
	/** One unit-length vector of `dimensions` floats for each text, in order. Throws `embedder_failed`. */
	embed(texts: readonly string[], kind: 'query' | 'passage', signal?: AbortSignal): Promise<Float32Array[]>;
}
