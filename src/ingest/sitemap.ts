import { gunzipSync } from 'node:zlib';
import { KnowhowError } from '../core/error.ts';
import { toUrl, type Web } from './web.ts';

/** The protocol's own limits: 50,000 URLs and 50 MB for a file (sitemaps.org/protocol.html). */
const maxFileBytes = 50e6;
const maxFiles = 500;
const maxPages = 100_000;

export type Sitemap = {
	/** In the order listed, each once. */
	readonly pages: readonly string[];
	/** URLs of other hosts, which a sitemap cannot speak for. */
	readonly foreign: number;
};

/**
 * The pages that a sitemap lists, those of the sitemaps in an index included. Only pages of the host it comes from are
 * taken, `www.` apart. XML and lists of one URL a line are read, packed or not. Throws what `Web.fetch` throws, and
 * `unreadable_file` for what is no sitemap.
 */
export async function readSitemap(url: string, web: Web, signal?: AbortSignal): Promise<Sitemap> {
	const waiting = [toUrl(url).href];
	const seen = new Set(waiting);
	const pages = new Set<string>();
	const hosts = new Set<string>();
	let foreign = 0;
	for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
		const found = await web.fetch(next, null, signal);
		if (found === null) throw notASitemap(next);
		if (hosts.size === 0) for (const each of [next, found.url]) hosts.add(hostOf(each));
		const { isIndex, urls } = parseSitemap(found.bytes, next);
		for (const each of urls) {
			const absolute = URL.parse(each, found.url);
			if (absolute === null || !hosts.has(hostOf(absolute.href))) foreign++;
			else if (!isIndex) pages.add(toUrl(absolute.href).href);
			else if (!seen.has(absolute.href)) {
				seen.add(absolute.href);
				waiting.push(absolute.href);
			}
		}
		if (pages.size > maxPages || seen.size > maxFiles) {
			throw new KnowhowError('file_too_large', `${url} lists more than ${maxPages} pages or ${maxFiles} sitemaps.`, {
				hint: 'Name one of the sitemaps that it lists.',
			});
		}
	}
	return { pages: [...pages], foreign };
}

function parseSitemap(bytes: Uint8Array, url: string): { isIndex: boolean; urls: string[] } {
	const text = new TextDecoder().decode(unpacked(bytes, url));
	const head = text.slice(0, 10_000);
	const isIndex = /<sitemapindex[\s>]/.test(head);
	if (!isIndex && !/<urlset[\s>]/.test(head)) {
		const lines = text.split('\n', maxPages + 1).map((line) => line.trim());
		if (lines.some((line) => line !== '' && !/^https?:\/\//i.test(line))) throw notASitemap(url);
		return { isIndex, urls: lines.filter((line) => line !== '') };
	}
	const urls: string[] = [];
	for (const [, location = ''] of text.matchAll(/<loc>(?:\s*<!\[CDATA\[)?([^<\]]*)/g)) {
		urls.push(decodeEntities(location.trim()));
	}
	return { isIndex, urls };
}

function unpacked(bytes: Uint8Array, url: string): Uint8Array {
	if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
	try {
		return gunzipSync(bytes, { maxOutputLength: maxFileBytes });
	} catch (error) {
		throw notASitemap(url, error);
	}
}

function decodeEntities(text: string): string {
	const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
	return text.replaceAll(/&(amp|lt|gt|quot|apos);/g, (whole, name: string) => named[name] ?? whole);
}

function hostOf(url: string): string {
	return new URL(url).host.replace(/^www\./, '');
}

function notASitemap(url: string, cause?: unknown): KnowhowError {
	return new KnowhowError('unreadable_file', `${url} is no sitemap.`, {
		hint: 'Give the URL of a sitemap.xml (robots.txt of the site names it), or a page without --sitemap.',
		...(cause === undefined ? {} : { cause }),
	});
}
