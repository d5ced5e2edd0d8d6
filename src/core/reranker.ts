/** Judges passages against a query by reading both together: slower and finer than comparing their vectors. */
export interface Reranker {
	readonly id: string;
	/** One score for each passage, in order; larger is better, comparable within one call. Throws `cancelled`. */
	score(query: string, passages: readonly string[], signal?: AbortSignal): Promise<number[]>;
}
