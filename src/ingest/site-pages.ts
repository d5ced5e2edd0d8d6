import { createHash } from 'node:crypto';
import { KnowhowError } from '../core/error.ts';
import type { Records } from '../core/store.ts';
import { pageSource, type Walk } from './source.ts';
import type { Validators, Web } from './web.ts';

type Kept = Validators & {
	/** Of the document made from the page. */
	readonly hash: string;
	/** What its text depends on beside the page. */
	readonly recipe: string;
};

type SiteOptions = {
	readonly collection: string;
	readonly sitemaps?: readonly string[];
	readonly records?: Pick<Records, 'get' | 'put' | 'remove'>;
	readonly signal?: AbortSignal;
};

/**
 * What is remembered of pages between runs: what servers said of their state, so that an unchanged page costs one
 * question, and what each sitemap listed, so that a page it no longer lists can be told from one it never had. Without
 * `records` nothing is remembered.
 */
export class SitePages {
	/** Pages that a sitemap listed before and does not now. Of a sitemap that failed or is empty, none. */
	readonly vanished: string[] = [];
	/** URLs that sitemaps listed for other hosts. */
	foreign = 0;
	readonly #options: SiteOptions;
	readonly #lists = new Map<string, { readonly before: readonly string[]; readonly now: readonly string[] }>();

	constructor(options: SiteOptions) {
		this.#options = options;
	}

	/** The walk with the pages of the sitemaps; a sitemap that cannot be read is in its `failed`. */
	async list(walk: Walk, web: Web): Promise<Walk> {
		const { sitemaps = [], signal } = this.#options;
		const sources = new Map(walk.sources.map((source) => [source.source, source]));
		const failed = [...walk.failed];
		for (const sitemap of sitemaps) {
			try {
				for (const url of await this.#pagesOf(sitemap, web)) {
					sources.set(url, pageSource(url, { web, ...(signal === undefined ? {} : { signal }) }));
				}
			} catch (error) {
				if (!(error instanceof KnowhowError)) throw error;
				failed.push({ source: sitemap, error });
			}
		}
		return { ...walk, sources: [...sources.values()], failed };
	}

	/** What to ask the server with; null when the document is not what the page made of it would be. */
	async validatorsOf(url: string, hash: string | undefined, recipe: string): Promise<Validators | null> {
		if (hash === undefined || !/^https?:/.test(url)) return null;
		const kept = await this.#get<Kept>('page', url);
		return kept?.hash === hash && kept.recipe === recipe ? kept : null;
	}

	async keep(url: string, page: Kept): Promise<void> {
		await this.#put('page', url, page);
	}

	async forget(url: string): Promise<void> {
		await this.#options.records?.remove('page', this.#idOf(url));
	}

	/** `isSynced`: what vanished has been removed and can be forgotten. */
	async keepLists(isSynced: boolean): Promise<void> {
		for (const [sitemap, { before, now }] of this.#lists) {
			await this.#put('sitemap', sitemap, { pages: isSynced ? now : [...new Set([...before, ...now])] });
		}
	}

	async #pagesOf(sitemap: string, web: Web): Promise<readonly string[]> {
		const { readSitemap } = await import('./sitemap.ts');
		const { pages, foreign } = await readSitemap(sitemap, web, this.#options.signal);
		this.foreign += foreign;
		if (pages.length === 0) {
			throw new KnowhowError('not_found', `${sitemap} lists no pages of its host; documents from it are kept.`, {
				hint: 'Open the sitemap in a browser and check its URLs.',
			});
		}
		const before = (await this.#get<{ pages: string[] }>('sitemap', sitemap))?.pages ?? [];
		const listed = new Set(pages);
		this.vanished.push(...before.filter((url) => !listed.has(url)));
		this.#lists.set(sitemap, { before, now: pages });
		return pages;
	}

	async #get<T>(kind: string, url: string): Promise<T | null> {
		return ((await this.#options.records?.get(kind, this.#idOf(url)))?.value ?? null) as T | null;
	}

	async #put(kind: string, url: string, value: object): Promise<void> {
		await this.#options.records?.put({ kind, id: this.#idOf(url), value });
	}

	/** URLs can be longer than a key should be. */
	#idOf(url: string): string {
		return `${this.#options.collection}:${createHash('sha256').update(url).digest('hex')}`;
	}
}
