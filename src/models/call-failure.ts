import { KnowhowError } from '../core/error.ts';
import { messageIn, retryAfterMs } from './service.ts';

/** What went wrong with a call, and what may be done about it. */
export type CallFailure =
	| {
			readonly kind: 'error';
			readonly error: KnowhowError;
			/** Null: another attempt would end the same. */ readonly waitMs: number | null;
	  }
	/** The model takes no temperature but its own; the same call without one may work. */
	| { readonly kind: 'temperature'; readonly error: KnowhowError }
	/** A filter in front of the model declined the prompt. */
	| { readonly kind: 'refusal' };

/** Thrown when a model stays silent for longer than it may. */
export class Silence extends Error {
	readonly limitMs: number;

	constructor(limitMs: number) {
		super(`silent for ${limitMs} ms`);
		this.limitMs = limitMs;
	}
}

/** Whose call it was, for messages; `key` is taken out of them. */
export type Callee = {
	readonly id: string;
	readonly contextTokens: number;
	readonly keyVariable: string | null;
	readonly key: string | undefined;
	readonly now: () => number;
};

/**
 * Reads what an AI SDK model threw or streamed as an error. Works on the shape, not the class: a program may hold another
 * copy or version of the SDK. What the SDK throws holds the whole prompt, so it never becomes the cause of what is made here.
 */
export function failureOf(thrown: unknown, callee: Callee): CallFailure {
	if (thrown instanceof KnowhowError) return { kind: 'error', error: thrown, waitMs: null };
	const facts = factsOf(thrown);
	const { status, words } = facts;
	if (thrown instanceof Silence) {
		const seconds = thrown.limitMs / 1000;
		return final(callee, 'generator_failed', `was silent for ${seconds} s`, {
			hint: 'Is it loading or overloaded? Try again, or raise the setting modelTimeoutSeconds.',
		});
	}
	const said = messageIn(facts.body, callee.key);
	const what = `answered ${status ?? 'with an error'}${said === '' || isAboutKeys(status) ? '' : ` (${said})`}`;
	if (status !== 429 && saysTooLong.test(words)) {
		return final(callee, 'context_too_long', `cannot read a prompt this long${said === '' ? '' : ` (${said})`}`, {
			hint: `Knowhow counts on ${callee.contextTokens} tokens; set modelContextTokens to what the model really reads.`,
		});
	}
	if (status === 400 && /\btemperature\b/.test(words)) {
		return { kind: 'temperature', error: error(callee, 'generator_failed', what, {}) };
	}
	if (/content_filter|content_policy|content management policy/.test(words)) return { kind: 'refusal' };
	if (isAboutKeys(status)) return final(callee, 'generator_failed', what, { hint: keyHint(callee) });
	if (status === 402 || /insufficient_quota/.test(words)) {
		return final(callee, 'generator_limited', what, { hint: 'The account has no credit or quota left.' });
	}
	if (status === 404) {
		return final(callee, 'generator_failed', what, {
			hint: 'Does the provider have a model of this name, and does the URL usually end in /v1? Local servers load a model first.',
		});
	}
	const waitMs = retryAfterMs(facts.retryAfter, callee.now);
	if (status === 429) {
		const failed = error(callee, 'generator_limited', what, {
			hint: 'The provider limits its callers: wait and try again.',
			details: { retryAfterMs: waitMs },
		});
		return { kind: 'error', error: failed, waitMs };
	}
	if (status !== null && (status >= 500 || status === 408 || status === 409)) {
		const failed = error(callee, 'generator_failed', what, { hint: 'The provider has trouble: try again later.' });
		return { kind: 'error', error: failed, waitMs };
	}
	if (facts.network) return networkFailure(callee, facts.network);
	if (status !== null || said !== '') return final(callee, 'generator_failed', what, {});
	return final(callee, 'generator_failed', 'broke off or answered in a shape that is not its provider’s', {
		hint: 'Is it the address of an OpenAI-compatible API? It usually ends in /v1.',
	});
}

const saysTooLong =
	/context_length_exceeded|exceed_context_size|context[ _](length|window|size)|maximum context|(prompt|input) is too long|too many (input )?tokens(?! per)/;

type Facts = {
	readonly status: number | null;
	readonly body: string;
	/** Body and codes in lower case, to look for what the status does not say. */
	readonly words: string;
	readonly retryAfter: string | undefined;
	readonly network: Error | null;
};

type Loose = { readonly [key: string]: unknown };

function factsOf(thrown: unknown): Facts {
	const loose: Loose = typeof thrown === 'object' && thrown !== null ? (thrown as Loose) : { message: String(thrown) };
	const message = typeof loose['message'] === 'string' ? loose['message'] : '';
	const isOfServer = typeof loose['statusCode'] === 'number' || !(thrown instanceof Error);
	const body = typeof loose['responseBody'] === 'string' ? loose['responseBody'] : isOfServer ? asBody(message) : '';
	const codes = [loose['code'], loose['type']].filter((code) => typeof code === 'string').join(' ');
	const headers = loose['responseHeaders'] as Readonly<Record<string, string>> | undefined;
	const words = `${body} ${message} ${codes}`.toLowerCase();
	const network = thrown instanceof Error ? networkErrorIn(thrown, loose) : null;
	return { status: statusOf(loose, codes), body, words, retryAfter: headers?.['retry-after'], network };
}

function asBody(message: string): string {
	return message === '' ? '' : JSON.stringify({ message });
}

/** Of an answer, or of an error within a stream, where the status of the answer was 200 long before. */
function statusOf(loose: Loose, codes: string): number | null {
	const given = [loose['statusCode'], loose['status'], Number(loose['code'])];
	const status = given.find((value) => typeof value === 'number' && value >= 400 && value < 600) as number | undefined;
	if (status !== undefined) return status;
	if (/rate_limit|insufficient_quota/.test(codes)) return 429;
	return /overloaded|server_error|api_error/.test(codes) ? 503 : null;
}

/** The error of a lost or refused connection somewhere in the chain of causes. */
function networkErrorIn(error: Error, { statusCode, isRetryable }: Loose): Error | null {
	if (statusCode === undefined && isRetryable === true) return deepest(error);
	for (let at: unknown = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth++) {
		if (/^(E[A-Z]+|UND_ERR_\w+)$/.test((at as NodeJS.ErrnoException).code ?? '')) return at;
		if (at instanceof TypeError && /fetch failed|terminated/.test(at.message)) return deepest(at);
	}
	return null;
}

function deepest(error: Error): Error {
	return error.cause instanceof Error ? deepest(error.cause) : error;
}

function networkFailure(callee: Callee, cause: Error): CallFailure {
	if (/redirect/.test(cause.message)) {
		return final(callee, 'generator_failed', 'sent the call on to another address, which was not followed', {
			hint: 'Name the address that the server really has.',
		});
	}
	const failed = error(callee, 'generator_failed', 'could not be reached or broke off', {
		cause,
		hint: 'Is the server running, and its address right?',
	});
	return { kind: 'error', error: failed, waitMs: 0 };
}

function isAboutKeys(status: number | null): boolean {
	return status === 401 || status === 403;
}

function keyHint({ keyVariable }: Callee): string {
	if (keyVariable === null) {
		return 'The server wants a key: put it into an environment variable, and its name into the setting modelKeyVariable.';
	}
	return `The key in ${keyVariable} is missing, wrong or not allowed to use this model.`;
}

type Detail = {
	readonly hint?: string;
	readonly cause?: unknown;
	readonly details?: Readonly<Record<string, unknown>>;
};
type Code = 'generator_failed' | 'generator_limited' | 'context_too_long';

function error({ id }: Callee, code: Code, what: string, { details, ...rest }: Detail): KnowhowError {
	return new KnowhowError(code, `The language model ${id} ${what}.`, { ...rest, details: { model: id, ...details } });
}

function final(callee: Callee, code: Code, what: string, detail: Detail): CallFailure {
	return { kind: 'error', error: error(callee, code, what, detail), waitMs: null };
}
