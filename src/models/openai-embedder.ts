import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Embedder } from '../core/embedder.ts';
import { KnowhowError } from '../core/error.ts';
import { probeText, spaceOf } from './fingerprint.ts';
import { backoffMs, checkedKey, longestWaitMs, messageIn, retryAfterMs } from './service.ts';

export type OpenAIEmbedderOptions = {
	/** Base URL of an OpenAI-compatible server, for instance `http://localhost:11434/v1`. */
	readonly url: string;
	readonly model: string;
	/** Shorten vectors to this many dimensions, where the model can; without it the model's own length. */
	readonly dimensions?: number | undefined;
	/** Sent as a bearer token; never part of an error, an id or a space. */
	readonly key?: string | undefined;
	/** Texts in one request; 64 when absent. */
	readonly batch?: number | undefined;
	/** Spaces in which vectors exist already: a server whose probe matches one of them gets that space's name. */
	readonly knownSpaces?: readonly string[] | undefined;
	/** Milliseconds that one request may take; 60,000 when absent. */
	readonly timeoutMs?: number | undefined;
	/** Attempts after the first; 4 when absent. */
	readonly retries?: number | undefined;
	readonly signal?: AbortSignal | undefined;
	readonly fetch?: typeof fetch | undefined;
	/** Waits between attempts. */
	readonly sleep?: ((ms: number, signal?: AbortSignal) => Promise<void>) | undefined;
	/** Milliseconds since the epoch, for a `Retry-After` that names a date. */
	readonly now?: (() => number) | undefined;
	/** 0 to 1, spreads the waits of many clients. */
	readonly random?: (() => number) | undefined;
};

const responseSchema = z.object({
	data: z.array(z.object({ index: z.int().min(0), embedding: z.union([z.string(), z.array(z.number())]) })),
});

/**
 * An embedder on any server with OpenAI's `POST /embeddings`. Asks for base64 (little-endian float32) and takes arrays
 * of numbers too; retries 408, 409, 429, 5xx and lost connections; returns unit vectors.
 *
 * Creating it embeds one fixed text. That tells the dimensions, and gives `space` a fingerprint of the model that
 * answered, so that a server that changes its model under the same name is noticed. The space does not depend on the
 * URL: the same model elsewhere makes comparable vectors. Throws `embedder_failed`, `invalid_config`, `cancelled`.
 */
export async function createOpenAIEmbedder(options: OpenAIEmbedderOptions): Promise<Embedder> {
	const client = createClient(options);
	const [probe] = await client.embedBatch([probeText], options.signal);
	const { model } = options;
	const dimensions = (probe as Float32Array).length;
	if (options.dimensions !== undefined && options.dimensions !== dimensions) {
		throw client.failure(`returned ${dimensions} dimensions where ${options.dimensions} were asked for`, {
			hint: 'Set embedder.dimensions to what the model makes, or leave it out.',
		});
	}
	const space = spaceOf(model, probe as Float32Array, options.knownSpaces);
	const batch = options.batch ?? 64;
	return {
		id: model,
		space,
		dimensions,
		embed: async (texts, _kind, signal) => {
			const vectors: Float32Array[] = [];
			for (let at = 0; at < texts.length; at += batch) {
				vectors.push(...(await client.embedBatch(texts.slice(at, at + batch), signal)));
			}
			const odd = vectors.find((vector) => vector.length !== dimensions);
			if (odd) throw client.failure(`returned ${odd.length} dimensions, and ${dimensions} before`);
			return vectors;
		},
	};
}

type Client = {
	readonly embedBatch: (texts: readonly string[], signal?: AbortSignal) => Promise<Float32Array[]>;
	readonly failure: (what: string, options?: { hint?: string; cause?: unknown }) => KnowhowError;
};

function createClient(options: OpenAIEmbedderOptions): Client {
	const endpoint = endpointOf(options.url);
	/** Without the query, which may hold a key. */
	const shown = endpoint.split('?')[0] as string;
	const key = checkedKey(options.key, { of: 'the embedder', variable: 'that embedder.keyVariable names' });
	const send = options.fetch ?? fetch;
	const sleep = options.sleep ?? (async (ms, signal) => await delay(ms, undefined, { signal }));
	const retries = options.retries ?? 4;
	const failure: Client['failure'] = (what, { hint, cause } = {}) =>
		new KnowhowError('embedder_failed', `The embedding service at ${shown} ${what}.`, {
			...(hint === undefined ? {} : { hint }),
			...(cause === undefined ? {} : { cause }),
			details: { url: shown, model: options.model },
		});

	const request = async (texts: readonly string[], signal: AbortSignal | undefined): Promise<Response> => {
		const timeout = AbortSignal.timeout(options.timeoutMs ?? 60_000);
		return await send(endpoint, {
			method: 'POST',
			headers: { 'content-type': 'application/json', ...(key ? { authorization: `Bearer ${key}` } : {}) },
			// Another host was not named: nothing follows there.
			redirect: 'error',
			body: JSON.stringify({
				model: options.model,
				input: texts,
				encoding_format: 'base64',
				...(options.dimensions === undefined ? {} : { dimensions: options.dimensions }),
			}),
			signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
		});
	};

	/** One attempt: vectors, or the error with the wait after which another attempt makes sense (null: none does). */
	const attempt = async (texts: readonly string[], signal: AbortSignal | undefined): Promise<Attempt> => {
		try {
			const response = await request(texts, signal);
			if (response.ok) return { vectors: toVectors(await response.json(), texts.length, failure) };
			const message = await messageOf(response, key);
			const error = failure(`answered ${response.status}${message}`, hintFor(response.status));
			const isWorthAnother = [408, 409, 429].includes(response.status) || response.status >= 500;
			const waitMs = retryAfterMs(response.headers.get('retry-after'), options.now ?? Date.now);
			return { error, waitMs: isWorthAnother ? waitMs : null };
		} catch (cause) {
			if (signal?.aborted) throw new KnowhowError('cancelled', 'Embedding was cancelled.', { cause });
			if (cause instanceof KnowhowError) return { error: cause, waitMs: null };
			const what = isTimeout(cause) ? 'did not answer in time' : 'could not be reached or broke off';
			return { error: failure(what, { cause, hint: 'Is the server running, and embedder.url right?' }), waitMs: 0 };
		}
	};

	return {
		failure,
		embedBatch: async (texts, signal) => {
			for (let tries = 0; ; tries++) {
				const result = await attempt(texts, signal);
				if ('vectors' in result) return result.vectors;
				if (result.waitMs === null || result.waitMs > longestWaitMs || tries >= retries) throw result.error;
				await sleep(Math.max(result.waitMs, backoffMs(tries, options.random ?? Math.random)), signal);
			}
		},
	};
}

type Attempt = { readonly vectors: Float32Array[] } | { readonly error: KnowhowError; readonly waitMs: number | null };

function endpointOf(url: string): string {
	const parsed = new URL(url);
	if (parsed.username || parsed.password) {
		throw new KnowhowError('invalid_config', 'embedder.url holds a user name or password.', {
			hint: 'Put the key into the environment variable that embedder.keyVariable names.',
		});
	}
	return `${parsed.origin}${parsed.pathname.replace(/\/+$/, '')}/embeddings${parsed.search}`;
}

function toVectors(body: unknown, count: number, failure: Client['failure']): Float32Array[] {
	const parsed = responseSchema.safeParse(body);
	if (!parsed.success) throw failure('answered in a shape that is not OpenAI’s', { cause: parsed.error });
	const { data } = parsed.data;
	const vectors = Array.from<Float32Array | undefined>({ length: count });
	for (const { index, embedding } of data) {
		if (index < count) vectors[index] = toUnitLength(decode(embedding), failure);
	}
	if (data.length !== count || vectors.includes(undefined)) {
		throw failure(`returned ${data.length} embeddings for ${count} texts`);
	}
	return vectors as Float32Array[];
}

/** Base64 of little-endian float32, or an array of numbers. */
function decode(embedding: string | readonly number[]): Float32Array {
	if (typeof embedding !== 'string') return Float32Array.from(embedding);
	const bytes = Buffer.from(embedding, 'base64');
	const vector = new Float32Array(bytes.length >> 2);
	for (let at = 0; at < vector.length; at++) vector[at] = bytes.readFloatLE(at * 4);
	return vector;
}

function toUnitLength(vector: Float32Array, failure: Client['failure']): Float32Array {
	let sum = 0;
	for (const value of vector) sum += value * value;
	if (!(sum > 0 && sum < Infinity)) throw failure('returned a vector that is empty, zero or not finite');
	const length = Math.sqrt(sum);
	return vector.map((value) => value / length);
}

/** What the server says about a refusal: short, on one line, without the key. Nothing of a 401 or 403, which quote keys. */
async function messageOf(response: Response, key: string | undefined): Promise<string> {
	const body = await response.text().catch(() => '');
	if (response.status === 401 || response.status === 403) return '';
	const message = messageIn(body, key);
	return message === '' ? '' : ` (${message})`;
}

function hintFor(status: number): { hint?: string } {
	if (status === 401 || status === 403) {
		return { hint: 'The key is missing or wrong: look at the environment variable that embedder.keyVariable names.' };
	}
	if (status === 404) return { hint: 'Check embedder.url (it usually ends in /v1) and embedder.model.' };
	if (status === 429) return { hint: 'The service limits its callers: wait, or lower embedder.batch.' };
	return {};
}

function isTimeout(error: unknown): boolean {
	return error instanceof Error && error.name === 'TimeoutError';
}
