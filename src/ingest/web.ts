import { lookup as lookUp } from 'node:dns/promises';
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { KnowhowError, type ErrorCode } from '../core/error.ts';

export type WebOptions = {
	/** Which IP addresses may be visited: `isPublic`, or more. */
	readonly allows: (address: string) => boolean;
	readonly maxBytes: number;
	/** The addresses of a host; the system's resolver when absent. */
	readonly resolve?: (host: string) => Promise<readonly string[]>;
	/** For one page with its redirects. */
	readonly timeoutMs?: number;
};

/** What a server said a page's state is; sent back to learn whether it is still so (RFC 9110, 13.1). */
export type Validators = { readonly etag: string | null; readonly lastModified: string | null };

export type Page = Validators & {
	/** Where redirects led. */
	readonly url: string;
	readonly bytes: Uint8Array;
	/** In lower case, without parameters; null when the server said nothing. */
	readonly type: string | null;
};

const maxRedirects = 5;
const defaultTimeoutMs = 30_000;

/** Types that documents come in; anything binary may be one, its content decides. */
const readable =
	/^(?:text\/|application\/(?:pdf|json|xhtml\+xml|xml|gzip|x-gzip|x-ndjson|jsonl|octet-stream|epub\+zip|rtf|vnd\.openxmlformats|vnd\.oasis)|message\/rfc822)/;

/**
 * Fetches pages over HTTP and HTTPS from the addresses allowed alone, so that nobody's link makes this machine read what
 * only it can reach. Every host is resolved here, all its addresses must be allowed, and the connection goes to one of
 * those: a second answer of the name server cannot move it. Each redirect is checked like the first URL. Proxies
 * named in the environment are not used. A class because it keeps connections; dispose it.
 */
export class Web implements Disposable {
	readonly #options: WebOptions;
	readonly #http = new HttpAgent({ keepAlive: true, maxSockets: 2 });
	readonly #https = new HttpsAgent({ keepAlive: true, maxSockets: 2 });

	constructor(options: WebOptions) {
		this.#options = options;
	}

	/**
	 * A page; null when it is what `validators` stood for. Throws `forbidden_url`, `fetch_failed`, `not_found` (404 and
	 * 410), `file_too_large`, `unsupported_format`, and the signal's reason.
	 */
	async fetch(url: string, validators: Validators | null = null, signal?: AbortSignal): Promise<Page | null> {
		const timeoutMs = this.#options.timeoutMs ?? defaultTimeoutMs;
		const timeout = AbortSignal.timeout(timeoutMs);
		try {
			return await this.#follow(url, validators, signal ? AbortSignal.any([signal, timeout]) : timeout);
		} catch (error) {
			signal?.throwIfAborted();
			if (error instanceof KnowhowError) throw error;
			if (timeout.aborted) throw failed('fetch_failed', `${url} was not delivered within ${timeoutMs / 1000} seconds.`);
			throw failed('fetch_failed', `${url} could not be fetched (${reasonOf(error)}).`, error);
		}
	}

	[Symbol.dispose](): void {
		this.#http.destroy();
		this.#https.destroy();
	}

	async #follow(given: string, validators: Validators | null, signal: AbortSignal): Promise<Page | null> {
		let url = toUrl(given);
		for (let redirects = 0; redirects <= maxRedirects; redirects++) {
			const response = await this.#request(url, validators, signal);
			const { statusCode = 0, headers } = response;
			if (statusCode === 200) return await this.#page(url, response);
			response.resume();
			if (statusCode === 304 && validators !== null) return null;
			const isRedirect = [301, 302, 303, 307, 308].includes(statusCode);
			if (!isRedirect || headers.location === undefined) throw refused(given, statusCode);
			url = toUrl(headers.location, url);
		}
		throw failed('fetch_failed', `${given} redirects more than ${maxRedirects} times.`);
	}

	async #request(url: URL, validators: Validators | null, signal: AbortSignal): Promise<IncomingMessage> {
		// An address in the URL is connected to without a look-up. `URL` has made 2130706433 and 0177.1 plain by now.
		const host = url.hostname.replace(/^\[|\]$/g, '');
		if (isIP(host) !== 0) this.#check(host, host);
		const isHttps = url.protocol === 'https:';
		const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
		const request = (isHttps ? requestHttps : requestHttp)(url, {
			agent: isHttps ? this.#https : this.#http,
			lookup: this.#lookup,
			signal,
			headers: {
				'user-agent': 'knowhow',
				accept: 'text/html,application/xhtml+xml,text/markdown,text/plain,application/pdf,*/*;q=0.5',
				'accept-encoding': 'gzip, deflate, br',
				...(validators?.etag ? { 'if-none-match': validators.etag } : {}),
				...(validators?.lastModified ? { 'if-modified-since': validators.lastModified } : {}),
			},
		});
		request.once('response', resolve).once('error', reject).end();
		const response = await promise;
		// What the look-up promised, once more from the connection itself.
		this.#check(response.socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/, '') ?? '', host);
		return response;
	}

	/** Gives a connection the addresses that were checked, and no others. */
	readonly #lookup: LookupFunction = (host, { all }, callback) => void this.#lookUp(host, all === true, callback);

	async #lookUp(host: string, isAll: boolean, callback: Parameters<LookupFunction>[2]): Promise<void> {
		let addresses: { address: string; family: 4 | 6 }[];
		try {
			addresses = await this.#addresses(host);
		} catch (error) {
			callback(error as NodeJS.ErrnoException, []);
			return;
		}
		if (isAll) callback(null, addresses);
		else callback(null, addresses[0]?.address ?? '', addresses[0]?.family);
	}

	async #addresses(host: string): Promise<{ address: string; family: 4 | 6 }[]> {
		const addresses = await (this.#options.resolve ?? resolveHost)(host);
		for (const address of addresses) this.#check(address, host);
		if (addresses.length === 0) throw failed('fetch_failed', `${host} has no address.`);
		return addresses.map((address) => ({ address, family: isIP(address) === 6 ? 6 : 4 }));
	}

	#check(address: string, host: string): void {
		if (this.#options.allows(address)) return;
		throw new KnowhowError('forbidden_url', `${host} leads to ${address || 'nowhere'}, which is no public address.`, {
			hint: 'To read pages of your own network, give --allow-private or set ingest.allowPrivate.',
		});
	}

	async #page(url: URL, response: IncomingMessage): Promise<Page> {
		const { headers } = response;
		const [type, ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
		try {
			if (type !== undefined && type.trim() !== '' && !readable.test(type.trim())) {
				throw new KnowhowError('unsupported_format', `${url.href} is ${type.trim()}, which no parser reads.`, {
					hint: 'Name a page, or a document in a format that is read.',
				});
			}
			const bytes = await this.#body(url, response);
			const charset = /charset=["']?([\w:.-]+)/.exec(parameters.join(';'))?.[1];
			return {
				url: url.href,
				bytes: type?.startsWith('text/') === true ? toUtf8(bytes, charset) : bytes,
				type: type?.trim() || null,
				etag: headers.etag ?? null,
				lastModified: headers['last-modified'] ?? null,
			};
		} finally {
			if (!response.complete) response.destroy();
		}
	}

	/** The body, unpacked; at most `maxBytes` of it are ever held. */
	async #body(url: URL, response: IncomingMessage): Promise<Uint8Array> {
		const { maxBytes } = this.#options;
		const parts: Buffer[] = [];
		let size = Number(response.headers['content-length'] ?? 0);
		if (size > maxBytes) throw tooLarge(url, maxBytes);
		size = 0;
		for await (const part of unpacked(response) as AsyncIterable<Buffer>) {
			size += part.byteLength;
			if (size > maxBytes) throw tooLarge(url, maxBytes);
			parts.push(part);
		}
		return Buffer.concat(parts);
	}
}

function unpacked(response: IncomingMessage): Readable {
	const encoding = (response.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
	if (encoding === 'identity' || encoding === '') return response;
	const makers = { gzip: createGunzip, 'x-gzip': createGunzip, deflate: createInflate, br: createBrotliDecompress };
	const make = Object.hasOwn(makers, encoding) ? makers[encoding as keyof typeof makers] : undefined;
	if (make === undefined) throw failed('fetch_failed', `A page came in the unknown encoding ${encoding}.`);
	// Its reader meets the error.
	return pipeline(response, make(), () => {});
}

async function resolveHost(host: string): Promise<string[]> {
	return (await lookUp(host, { all: true })).map(({ address }) => address);
}

/** http and https without a password. Throws `forbidden_url`. */
export function toUrl(given: string, base?: URL): URL {
	const url = URL.parse(given, base?.href);
	const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:';
	if (url !== null && isWeb && url.username === '' && url.password === '') {
		url.hash = '';
		return url;
	}
	const why = url === null ? 'no URL' : isWeb ? 'a URL with a password in it' : 'no page of the web';
	// Never the whole of it, since it may hold a password.
	throw new KnowhowError('forbidden_url', `${url === null ? given : `${url.protocol}//${url.host}`} is ${why}.`, {
		hint: 'Give a URL that begins with https:// or http://; name files by their path.',
	});
}

/** Text in another encoding that the server names, as UTF-8; as it is when the name is unknown. */
function toUtf8(bytes: Uint8Array, charset: string | undefined): Uint8Array {
	if (charset === undefined || /^utf-?8$/.test(charset)) return bytes;
	try {
		return Buffer.from(new TextDecoder(charset).decode(bytes));
	} catch {
		// An encoding that nobody knows: the parsers guess.
		return bytes;
	}
}

function refused(url: string, status: number): KnowhowError {
	if (status === 404 || status === 410) {
		return new KnowhowError('not_found', `There is no page at ${url} (${status}).`, {
			hint: 'Check the URL. A document ingested from it before is kept.',
			details: { status },
		});
	}
	const hint =
		status === 401 || status === 403
			? 'Pages behind a login are not read. Save the page and ingest the file.'
			: 'Try again later. A document ingested from it before is kept.';
	return new KnowhowError('fetch_failed', `${url} was refused with status ${status}.`, { hint, details: { status } });
}

function tooLarge(url: URL, maxBytes: number): KnowhowError {
	return new KnowhowError('file_too_large', `${url.href} is larger than ${Math.round(maxBytes / 1e6)} MB.`, {
		hint: 'Raise ingest.maxFileMb in knowhow.json.',
	});
}

function failed(code: ErrorCode, message: string, cause?: unknown): KnowhowError {
	const hint = 'Open the URL in a browser; when that works, try again later. Documents ingested before are kept.';
	return new KnowhowError(code, message, { hint, ...(cause === undefined ? {} : { cause }) });
}

function reasonOf(error: unknown): string {
	if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
	if (error instanceof Error && 'code' in error) return String(error.code);
	return error instanceof Error ? error.message : 'unknown reason';
}
