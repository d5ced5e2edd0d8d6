import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import type { MiddlewareHandler } from 'hono';
import { compress } from 'hono/compress';

/** The built web app: beside the code, in a clone and in the package. */
const root = join(import.meta.dirname, '../../web/dist');

/** Paths that the app itself makes pages of. */
const pages = /^\/(?:documents(?:\/[^/]*)?)?$/;

/** Paths that answer to programs, also when a person goes there. */
const programs = /^\/(?:api|v1)(?:\/|$)/;

const reads = ['GET', 'HEAD'];

/** Nothing from elsewhere. Inline styles are what the components position themselves with; blobs are files being shown. */
const policy = [
	"default-src 'self'",
	"img-src 'self' data: blob:",
	"style-src 'self' 'unsafe-inline'",
	"script-src 'self' 'wasm-unsafe-eval'",
	"worker-src 'self'",
	"object-src 'none'",
	"base-uri 'none'",
	"form-action 'none'",
	"frame-ancestors 'none'",
].join('; ');

/**
 * Serves the web app to GET and HEAD requests that no route takes. Whatever is no file and no page of it is not found: the app says so to
 * those who go there with a browser, the next handler to programs.
 * Files with a hash in their name are kept for a year, the page itself is asked for each time.
 */
export function webApp(): readonly MiddlewareHandler[] {
	if (!existsSync(join(root, 'index.html'))) return [notBuilt];
	const files = serveStatic({ root, rewriteRequestPath: (path) => (pages.test(path) ? '/index.html' : path) });
	const app = serveStatic({ root, path: 'index.html' });
	const handle: MiddlewareHandler = async (context, next) => {
		const { method, path } = context.req;
		if (!reads.includes(method)) return await next();
		const found = await files(context, none);
		if (found instanceof Response) return withHeaders(found, path.startsWith('/assets/'));
		if (programs.test(path) || !isForPerson(context.req.raw)) return await next();
		const page = await app(context, next);
		if (!(page instanceof Response)) return;
		return withHeaders(new Response(page.body, { status: 404, headers: page.headers }), false);
	};
	return [compress(), handle];
}

const none = async (): Promise<void> => {};

/** Whether a browser goes there to show what it gets. */
function isForPerson({ headers }: Request): boolean {
	return /\btext\/html\b/i.test(headers.get('accept') ?? '');
}

function withHeaders(response: Response, isHashed: boolean): Response {
	response.headers.set('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
	response.headers.set('content-security-policy', policy);
	return response;
}

const notBuilt: MiddlewareHandler = async (context, next) => {
	if (!reads.includes(context.req.method) || context.req.path !== '/') return await next();
	return context.text('The API is served here. The pages have not been built: npm run build:web\n', 404);
};
