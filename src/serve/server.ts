import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { KnowhowError } from '../core/error.ts';
import type { Knowhow } from '../project/knowhow.ts';
import { lockServing } from '../project/serving-lock.ts';
import { version } from '../project/version.ts';
import { createDoor } from './access/door.ts';
import { enter } from './access/trail.ts';
import { createApp, type LogLine } from './app.ts';
import type { Authenticate } from './caller.ts';
import { isLoopback } from './guard.ts';
import { Idempotency } from './idempotency.ts';
import { allRoutes } from './routes.ts';
import { webApp } from './web.ts';

export type ServeOptions = {
	/** The address to bind to; `127.0.0.1` when absent. Without keys only loopback ones are served. */
	readonly host?: string | undefined;
	/** 0 takes any that is free; 3210 when absent. */
	readonly port?: number | undefined;
	/** The keys of the project decide when absent. */
	readonly authenticate?: Authenticate | undefined;
	readonly log?: ((line: LogLine) => void) | undefined;
	/** Gets what failed beside the requests. */
	readonly report?: ((problem: Problem) => void) | undefined;
	/** Milliseconds that a shutdown waits for requests to end; 30,000 when absent. */
	readonly graceMs?: number | undefined;
};

/** A line for the log. */
export type Problem = {
	readonly at: string;
	/** What has expired could not be removed; it is tried again. */
	readonly event: 'expiry-failed';
	readonly code: string;
	/** What an unexpected error says: where it happened, for whoever mends it. */
	readonly stack?: string;
};

export type Serving = AsyncDisposable & {
	/** `http://127.0.0.1:3210` */
	readonly url: string;
	/** Takes no new requests, finishes those there are (streams too), and those left after the grace period not. */
	close(): Promise<void>;
};

type Hosted = ServeOptions & { readonly host: string };

const defaultPort = 3210;
const maxJsonBytes = 16e6;
/** A form has a little beside its file. */
const formMargin = 1e6;
/** A client has so long for its headers, and for the whole of its request. */
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 120_000;

/**
 * Serves an open project over HTTP. Throws `keys_required` for an address that others can reach, and `conflict` when it cannot be
 * had or another server serves the project.
 */
export async function serve(knowhow: Knowhow, options: ServeOptions = {}): Promise<Serving> {
	const { host = '127.0.0.1' } = options;
	if (!isLoopback(host) && !(await knowhow.keys.areUsable())) throw keysRequired(host);
	using starting = new DisposableStack();
	starting.use(lockServing(knowhow.folder));
	const serving = await start(knowhow, { ...options, host });
	const lock = starting.move();
	const close = once(async () => {
		try {
			await serving.close();
		} finally {
			lock.dispose();
		}
	});
	return { url: serving.url, close, [Symbol.asyncDispose]: close };
}

async function start(
	knowhow: Knowhow,
	{ host, port = defaultPort, log = () => {}, report = () => {}, graceMs = 30_000, authenticate }: Hosted,
): Promise<Omit<Serving, keyof AsyncDisposable>> {
	await knowhow.files.resume();
	await knowhow.expiry.start((error) => report(problem(error)));
	await knowhow.ingestJobs.resume();
	const stop = new AbortController();
	const state = { isStopping: false };
	const door = createDoor(knowhow, Date.now);
	const app = createApp({
		routes: allRoutes(knowhow, { isReady: () => !state.isStopping, version: await version() }),
		idempotency: new Idempotency(Date.now),
		web: webApp(),
		authenticate: async (request) => {
			const caller = await (authenticate ?? door.admit)(request);
			await knowhow.expiry.sweepDue();
			return caller;
		},
		isLocked: door.isLocked,
		trail: (trace) => enter(knowhow.audit, trace),
		maxJsonBytes,
		maxFormBytes: knowhow.config.ingest.maxFileMb * 1e6 + formMargin,
		signal: stop.signal,
		log,
	});
	const server = createAdaptorServer({
		fetch: app.fetch,
		overrideGlobalObjects: false,
		serverOptions: {
			headersTimeout: headersTimeoutMs,
			requestTimeout: requestTimeoutMs,
			connectionsCheckingInterval: 5_000,
		},
	}) as Server;
	server.on('request', (_, response) => {
		response.once('close', () => {
			if (state.isStopping) setImmediate(() => server.closeIdleConnections());
		});
	});
	await listen(server, host.replace(/^\[|\]$/g, ''), port);
	const close = async (): Promise<void> => {
		state.isStopping = true;
		const ingestsEnded = knowhow.ingestJobs.close();
		const closed = new Promise<void>((resolve) => server.close(() => resolve()));
		const timer = setTimeout(() => {
			stop.abort(new KnowhowError('stopping', 'The server is shutting down.'));
			server.closeAllConnections();
		}, graceMs);
		await closed;
		clearTimeout(timer);
		await ingestsEnded;
		await knowhow.expiry.close();
		await knowhow.files.inCollections.close();
		await knowhow.audit.flush();
	};
	return { url: urlOf(server), close };
}

function problem(error: unknown): Problem {
	const at = new Date().toISOString();
	if (error instanceof KnowhowError) return { at, event: 'expiry-failed', code: error.code };
	const stack = error instanceof Error ? error.stack : String(error);
	return { at, event: 'expiry-failed', code: 'unexpected', ...(stack === undefined ? {} : { stack }) };
}

function keysRequired(host: string): KnowhowError {
	return new KnowhowError(
		'keys_required',
		`${host} can be reached by others, and there is no valid key that says who may do what.`,
		{
			hint: 'Make one with `knowhow keys create NAME`, or serve on 127.0.0.1.',
		},
	);
}

async function listen(server: Server, host: string, port: number): Promise<void> {
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	server.once('error', (error: NodeJS.ErrnoException) =>
		reject(
			error.code === 'EADDRINUSE' || error.code === 'EACCES'
				? new KnowhowError('conflict', `Port ${port} of ${host} cannot be had (${error.code}).`, {
						hint: 'Name another with --port; 0 takes any that is free.',
					})
				: error,
		),
	);
	server.listen(port, host, resolve);
	await promise;
}

function urlOf(server: Server): string {
	const { address, port, family } = server.address() as AddressInfo;
	return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

function once(run: () => Promise<void>): () => Promise<void> {
	let running: Promise<void> | null = null;
	return async () => await (running ??= run());
}
