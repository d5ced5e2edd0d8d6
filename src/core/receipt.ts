/** What a deletion removed, after it is gone from disk. */
export type Receipt = {
	readonly documents: number;
	readonly chunks: number;
	readonly vectors: number;
	/** Milliseconds since the epoch. */
	readonly at: number;
};

/** What removing documents left in the answers that were kept. */
export type RemovalReceipt = Receipt & {
	/** The ids of the interactions whose answers quote a removed document, oldest first. */
	readonly interactions: readonly string[];
	/** Whether these answers and quotes were erased too. */
	readonly erased: boolean;
};

/** What forgetting a caller removed, after it is gone from disk. */
export type ForgetReceipt = {
	readonly caller: string;
	readonly interactions: number;
	readonly conversations: number;
	/** Milliseconds since the epoch. */
	readonly at: number;
};
