import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import type { z } from 'zod';
import { KnowhowError } from '../core/error.ts';
import type { Trace } from './access/trail.ts';
import { readForm, readJson } from './body.ts';
import { type Authenticate, demandScope, owner } from './caller.ts';
import { toFailure } from './errors.ts';
import { refuseForeign, securityHeaders } from './guard.ts';
import type { Answered, Idempotency } from './idempotency.ts';
import type { Route } from './route.ts';

/** One request, for the log: never what was asked or answered. */
export type LogLine = {
	readonly at: string;
	readonly request: string;
	readonly method: string;
	/** The route's path, with the names of its parts in place of their values; null when there is no such route. */
	readonly route: string | null;
	readonly status: number;
	readonly ms: number;
	/** The code of an error. */
	readonly code?: string;
	/** What an unexpected error says: where it happened, for whoever mends it. */
	readonly stack?: string;
};

export type AppOptions = {
	readonly routes: readonly Route[];
	readonly idempotency: Idempotency;
	/** Everybody is the owner of this computer when absent. */
	readonly authenticate?: Authenticate | undefined;
	/** Whether keys are demanded; they are not when absent. */
	readonly isLocked?: (() => Promise<boolean>) | undefined;
	/** Gets each request of a route once it is answered, before the answer goes out. */
	readonly trail?: ((trace: Trace) => Promise<void>) | undefined;
	/** The most bytes of a JSON body, and of a form. */
	readonly maxJsonBytes: number;
	readonly maxFormBytes: number;
	/** Aborted when the server no longer waits for what it does. */
	readonly signal: AbortSignal;
	readonly log: (line: LogLine) => void;
};

/** What `app.request` and the server call for each request. */
export type App = { readonly fetch: (request: Request) => Promise<Response> };

/** The routes behind one door: who asks, what they may, what they sent; and one shape for all that fails. */
export function createApp(options: AppOptions): App {
	const router: Router = new Hono();
	for (const route of options.routes) {
		router.on(route.method, route.path, (context) =>
			traced(route, context.req.param() as Record<string, string>, {
				...options,
				...context.env,
				sent: context.req.raw,
			}),
		);
	}
	for (const [path, methods] of methodsByPath(options.routes)) {
		router.all(path, (context) => {
			throw new KnowhowError('method_not_allowed', `${path} takes ${methods.join(', ')}, not ${context.req.method}.`);
		});
	}
	router.notFound(() => {
		throw new KnowhowError('not_found', 'There is no such route.', { hint: 'See /openapi.json.' });
	});
	router.onError((error) => {
		throw error;
	});
	return { fetch: (request) => guarded(request, router, options) };
}

type Router = Hono<{ Bindings: { readonly id: string } }>;

/** The outermost layer: what every request and every response has. */
async function guarded(request: Request, router: Router, { routes, log, isLocked }: AppOptions): Promise<Response> {
	const began = performance.now();
	const id = `req_${randomUUID().replaceAll('-', '')}`;
	const { response, failed } = await caught(async () => {
		refuseForeign(request.headers, { isLocked: (await isLocked?.()) ?? false });
		return await router.fetch(request, { id });
	});
	const ms = Math.round((performance.now() - began) * 10) / 10;
	const headers = new Headers(response.headers);
	for (const [name, value] of Object.entries(securityHeaders)) if (!headers.has(name)) headers.set(name, value);
	headers.set('x-request-id', id);
	headers.set('openai-processing-ms', String(Math.round(ms)));
	const { pathname } = new URL(request.url);
	const route = matching(routes, request.method, pathname)?.path ?? null;
	const { status } = response;
	log({ at: new Date().toISOString(), request: id, method: request.method, route, status, ms, ...failed });
	return new Response(response.body, { status, headers });
}

async function caught(
	run: () => Promise<Response>,
): Promise<{ response: Response; failed: { code?: string; stack?: string } }> {
	try {
		return { response: await run(), failed: {} };
	} catch (error) {
		const { status, body, headers } = toFailure(error);
		const isUnexpected = !(error instanceof KnowhowError);
		const stack = error instanceof Error ? error.stack : String(error);
		const failed = { code: body.error.code, ...(isUnexpected && stack ? { stack } : {}) };
		return { response: Response.json(body, { status, headers }), failed };
	}
}

type Sent = AppOptions & { readonly sent: Request; readonly id: string };

async function traced(route: Route, params: Record<string, string>, sent: Sent): Promise<Response> {
	const trace: Trace = { route, params, request: sent.id, caller: null, value: null, status: 500 };
	try {
		const answered = await answer(trace, sent);
		trace.status = answered.status;
		if (answered instanceof Response) return answered;
		trace.value = answered.value;
		return Response.json(answered.value, { status: answered.status });
	} catch (error) {
		trace.status = toFailure(error).status;
		throw error;
	} finally {
		await sent.trail?.(trace);
	}
}

async function answer(trace: Trace, { sent: request, ...options }: Sent): Promise<Answered> {
	const { route, params } = trace;
	const caller = route.scope === null ? owner : await (options.authenticate ?? (async () => owner))(request);
	trace.caller = caller;
	if (route.scope !== null) demandScope(caller, route.scope);
	const url = new URL(request.url);
	const query = checked(route.query, Object.fromEntries(url.searchParams));
	const raw = route.body === undefined ? undefined : await readBody(route, request, options);
	const body = checked(route.body, raw);
	const signal = AbortSignal.any([request.signal, options.signal]);
	const run = async (): Promise<Answered> => {
		const value = await route.handle({ caller, params, query, body, origin: url.origin, signal });
		return value instanceof Response ? value : { status: 200, value };
	};
	const key = route.creates === true ? request.headers.get('idempotency-key') : null;
	if (key === null) return await run();
	return await options.idempotency.once({ key, caller, route, params, body: raw }, run);
}

async function readBody(route: Route, request: Request, options: AppOptions): Promise<unknown> {
	if (route.bodyType === 'multipart') return await readForm(request, options.maxFormBytes);
	return await readJson(request, options.maxJsonBytes);
}

/** Throws `invalid_argument` with the parameter that is wrong. */
function checked(schema: z.ZodType | undefined, value: unknown): unknown {
	if (schema === undefined) return undefined;
	const parsed = schema.safeParse(value);
	if (parsed.success) return parsed.data;
	const [first] = parsed.error.issues;
	const param = first?.path.join('.') ?? '';
	throw new KnowhowError(
		'invalid_argument',
		`${param === '' ? 'The request' : param}: ${first?.message ?? 'is wrong'}.`,
		{
			details: { param },
		},
	);
}

function methodsByPath(routes: readonly Route[]): Map<string, string[]> {
	const found = new Map<string, string[]>();
	for (const { method, path } of routes) found.set(path, [...(found.get(path) ?? []), method]);
	return found;
}

/** For the log: the route that a path belongs to. */
function matching(routes: readonly Route[], method: string, pathname: string): Route | undefined {
	const parts = pathname.split('/');
	return routes.find((route) => {
		const wanted = route.path.split('/');
		if (route.method !== method || wanted.length !== parts.length) return false;
		return wanted.every((part, at) => part.startsWith(':') || part === parts[at]);
	});
}
