/** One turn of what a generator reads. Instructions go first, as one `system` turn; the last turn is the user's. */
export type Message = { readonly role: 'system' | 'user' | 'assistant'; readonly content: string };

/** As the server counted them; thinking counts as output. */
export type Usage = { readonly inputTokens: number; readonly outputTokens: number };

/** What a generator streams: deltas in order, then exactly one `generator-end`. Nothing follows an error. */
export type GeneratorEvent =
	| { readonly type: 'text-delta'; readonly text: string }
	| {
			readonly type: 'generator-end';
			/** `length`: cut at `maxTokens`. `refusal`: the model or its filter declined; what was written may be empty. */
			readonly reason: 'stop' | 'length' | 'refusal';
			/** Null when the server does not tell. */
			readonly usage: Usage | null;
	  };

export type GenerateOptions = {
	/** The most tokens to write, thinking included; 2,048 when absent. */
	readonly maxTokens?: number | undefined;
	/** 0 (the default) for the most likely text. Left out for models that take no temperature. */
	readonly temperature?: number | undefined;
	readonly signal?: AbortSignal | undefined;
};

export const defaultMaxTokens = 2048;

/** A language model. Implementations retry what is worth it, but never after the first delta. */
export interface Generator {
	/** As `--model` names it, for people, reports and prices. */
	readonly id: string;
	/** Tokens that messages and answer may have together. */
	readonly contextTokens: number;
	/**
	 * Calls the model once the iteration begins; leaving it early ends the call. Throws `generator_failed` (also when the
	 * text broke off), `generator_limited` (try later), `context_too_long`, `cancelled`.
	 */
	generate(messages: readonly Message[], options?: GenerateOptions): AsyncIterable<GeneratorEvent>;
}
