import { randomUUID } from 'node:crypto';
import { Hono, type MiddlewareHandler } from 'hono';
import type { z } from 'zod';
import { KnowhowError } from '../core/error.ts';
import type { Trace } from './access/trail.ts';
import { readForm, readJson } from './body.ts';
import { type Authenticate, demandScope, owner } from './caller.ts';
import { toFailure } from './errors.ts';
import { faultOf } from './fault.ts';
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
	/** Get what no route takes. */
	readonly web?: readonly MiddlewareHandler[];
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
		router.on(route.method, route.path, (context) => {
			context.env.route = route;
			return traced({ options, route, params: context.req.param(), id: context.env.id, request: context.req.raw });
		});
	}
	for (const [path, methods] of methodsByPath(options.routes)) {
		router.all(path, (context) => {
			throw new KnowhowError('method_not_allowed', `${path} takes ${methods.join(', ')}, not ${context.req.method}.`, {
				details: { allow: methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ') },
			});
		});
	}
	if (options.web) router.use(...options.web);
	router.notFound(() => {
		throw new KnowhowError('not_found', 'There is no such route.', { hint: 'See /openapi.json.' });
	});
	router.onError((error) => {
		throw error;
	});
	return { fetch: (request) => guarded(request, router, options) };
}

/** What a request is on its way: its id, and the route that it takes, once it is known. */
type Passage = { readonly id: string; route: Route | null };
type Router = Hono<{ Bindings: Passage }>;

/** The outermost layer: what every request and every response has. */
async function guarded(request: Request, router: Router, { log, isLocked }: AppOptions): Promise<Response> {
	const began = performance.now();
	const passage: Passage = { id: `req_${randomUUID().replaceAll('-', '')}`, route: null };
	const { response, failed } = await caught(request, async () => {
		refuseForeign(request, { isLocked: (await isLocked?.()) ?? false });
		return await router.fetch(request, passage);
	});
	const ms = Math.round((performance.now() - began) * 10) / 10;
	const { status, headers } = response;
	for (const [name, value] of Object.entries(securityHeaders)) if (!headers.has(name)) headers.set(name, value);
	headers.set('x-request-id', passage.id);
	headers.set('openai-processing-ms', String(Math.round(ms)));
	const route = passage.route?.path ?? null;
	log({ at: new Date().toISOString(), request: passage.id, method: request.method, route, status, ms, ...failed });
	return response;
}

async function caught(
	request: Request,
	run: () => Promise<Response>,
): Promise<{ response: Response; failed: { code?: string; stack?: string } }> {
	try {
		return { response: await run(), failed: {} };
	} catch (thrown) {
		const error = request.signal.aborted ? left(thrown) : thrown;
		const { status, body, headers } = toFailure(error);
		const isUnexpected = !(error instanceof KnowhowError);
		const stack = error instanceof Error ? error.stack : String(error);
		const failed = { code: body.error.code, ...(isUnexpected && stack ? { stack } : {}) };
		return { response: Response.json(body, { status, headers }), failed };
	}
}

/** Whatever failed because its client is gone: nobody reads the answer, and the log tells no mistake of the server. */
function left(cause: unknown): unknown {
	if (cause instanceof KnowhowError) return cause;
	return new KnowhowError('cancelled', 'The client left before it had its answer.', { cause });
}

/** A request that has found its route. */
type Sent = Pick<Trace, 'route' | 'params'> & {
	readonly options: AppOptions;
	readonly id: string;
	readonly request: Request;
};

async function traced(sent: Sent): Promise<Response> {
	const { route, params, id, options } = sent;
	const trace: Trace = { route, params, request: id, caller: null, value: null, status: 500 };
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
		await options.trail?.(trace);
	}
}

async function answer(trace: Trace, { route, params, request, options }: Sent): Promise<Answered> {
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
	const { path, message, code } = first
		? faultOf(first)
		: { path: [], message: 'is wrong', code: 'invalid_argument' as const };
	const param = path.join('.');
	throw new KnowhowError(code, `${param === '' ? 'The request' : param}: ${message}.`, { details: { param } });
}

function methodsByPath(routes: readonly Route[]): Map<string, string[]> {
	const found = new Map<string, string[]>();
	for (const { method, path } of routes) found.set(path, [...(found.get(path) ?? []), method]);
	return found;
}
