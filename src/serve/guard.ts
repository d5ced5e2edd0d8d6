import { KnowhowError } from '../core/error.ts';

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

/** Whether an address to bind to is reached from this computer only. */
export function isLoopback(host: string): boolean {
	return host === 'localhost' || host === '::1' || host === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/**
 * Keeps web pages from using a server that trusts this computer: the name must be a loopback one (a page may let its own name
 * point to 127.0.0.1), and a request that a browser sends for another origin is refused. A locked server has whatever name it is
 * given, since a page has no key of it. A link from elsewhere may be followed: the page that has it learns nothing. Throws `forbidden`.
 */
export function refuseForeign({ headers, method }: Request, { isLocked }: { readonly isLocked: boolean }): void {
	const host = headers.get('host') ?? '';
	if (!isLocked && !loopbackNames.includes(host.replace(/:\d+$/, ''))) {
		throw new KnowhowError('forbidden', 'The name in the Host header is not one of this server.', {
			hint: `Use ${loopbackNames.join(', ')}.`,
		});
	}
	const origin = headers.get('origin');
	const own = isLocked ? [`http://${host}`, `https://${host}`] : [`http://${host}`];
	const isForeign = origin !== null && !own.includes(origin);
	const isFollowed = method === 'GET' && headers.get('sec-fetch-dest') === 'document';
	if (!isForeign && (isFollowed || !/^(?:cross-site|same-site)$/.test(headers.get('sec-fetch-site') ?? ''))) return;
	throw new KnowhowError('forbidden', 'Other web pages may not use this server.');
}

/** What every response carries. Pages of other origins can neither read, frame nor guess the type of one. */
export const securityHeaders: Readonly<Record<string, string>> = {
	'cache-control': 'no-store',
	'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
	'cross-origin-resource-policy': 'same-origin',
	'referrer-policy': 'no-referrer',
	'x-content-type-options': 'nosniff',
};
