/** A set of documents with its own statistics, vector space and settings (OpenAI: a vector store). */
export type Collection = {
	readonly id: string;
	/** Unique in the project; `swap` exchanges the names of two collections. */
	readonly name: string;
	/** The vector space that searches use; null: keywords only. */
	readonly space: string | null;
	readonly documents: number;
	readonly chunks: number;
	/** Grows with every commit to this collection. */
	readonly sequence: number;
	readonly createdAt: number;
};
