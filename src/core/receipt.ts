/** What a deletion removed, after it is gone from disk. */
export type Receipt = {
	readonly documents: number;
	readonly chunks: number;
	readonly vectors: number;
	/** Milliseconds since the epoch. */
	readonly at: number;
};

/** What removing documents left in the answers that were kept, in datasets and in models. */
export type RemovalReceipt = Receipt & {
	/** The ids of the interactions whose answers quote a removed document, oldest first. */
	readonly interactions: readonly string[];
	/** The datasets that hold text of a removed document, and which of their examples. */
	readonly datasets: readonly { readonly dataset: string; readonly examples: readonly string[] }[];
	/** The models that were trained on such a dataset: they learned from the document, and only training anew makes them forget. */
	readonly models: readonly string[];
	/** Whether these answers, quotes and examples were erased too. */
	readonly erased: boolean;
};

/** What forgetting a caller removed, after it is gone from disk. */
export type ForgetReceipt = {
	readonly caller: string;
	readonly interactions: number;
	readonly conversations: number;
	/** The examples that were made of these interactions and went with them, by dataset. */
	readonly datasets: RemovalReceipt['datasets'];
	/** Milliseconds since the epoch. */
	readonly at: number;
};
