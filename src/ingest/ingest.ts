import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { Collection } from '../core/collection.ts';
import type { Config } from '../core/config.ts';
import type { DocumentSummary } from '../core/document.ts';
import { indexedText } from '../core/document.ts';
import type { Embedder } from '../core/embedder.ts';
import { KnowhowError, type ErrorCode } from '../core/error.ts';
import type { Corpus, DocumentWrite, Records } from '../core/store.ts';
import type { ChunkDraft } from './chunk.ts';
import { ParsePool, type ParsedFile } from './parse-pool.ts';
import { parserVersion } from './parse/parse.ts';
import { SitePages } from './site-pages.ts';
import { isGone, isUrl, walk, type Source, type Walk } from './source.ts';
import type { Validators, Web } from './web.ts';

export type IngestOptions = {
	readonly corpus: Corpus;
	/** The id of the collection. */
	readonly collection: string;
	/** Files and folders, relative to `base` or absolute; `-` is standard input; URLs of pages. */
	readonly paths: readonly string[];
	/** The project folder; documents inside it are named relative to it. */
	readonly base: string;
	/** Null: keywords only, vectors of unchanged chunks are kept all the same. */
	readonly embedder: Embedder | null;
	readonly settings: Config['ingest'];
	/**
	 * Stamps of files by path, as the last call left them: a file that still has its stamp is not read again. For calls
	 * that follow each other closely; a stamp can be forged, so the first call reads everything.
	 */
	readonly stamps?: Map<string, Stamped>;
	/** Parses files; one that lives as long as the call when absent. */
	readonly pool?: ParsePool;
	/** URLs of sitemaps, whose pages are read. */
	readonly sitemaps?: readonly string[];
	/** Where it is kept what servers said of their pages, and what sitemaps listed; without it every page is fetched whole. */
	readonly records?: Pick<Records, 'get' | 'put' | 'remove'>;
	/** The addresses of a host; the system's resolver when absent. */
	readonly resolve?: (host: string) => Promise<readonly string[]>;
	/** Also remove documents under `paths` whose files are gone, and pages that `sitemaps` no longer list. */
	readonly sync?: boolean;
	/** What `-` reads, and its name: the document's source is `stdin:NAME`; an extension says its format (default: text). */
	readonly stdin?: AsyncIterable<Uint8Array>;
	readonly stdinName?: string;
	readonly signal?: AbortSignal;
	readonly onEvent?: (event: IngestEvent) => void;
	/** Milliseconds since the epoch, for `tookMs`. */
	readonly now?: () => number;
};

/** A file as it was when it was read last, and what came of it. */
export type Stamped = { readonly stamp: string; readonly hash: string; readonly error: KnowhowError | null };

export type IngestEvent =
	| { readonly type: 'walk-end'; readonly files: number }
	| { readonly type: 'file-start'; readonly path: string; readonly index: number; readonly files: number }
	| {
			readonly type: 'file-end';
			readonly path: string;
			readonly outcome: 'added' | 'updated' | 'moved' | 'unchanged' | 'failed';
			/** Chunks written; 0 unless added or updated. */
			readonly chunks: number;
	  }
	/** Before the `file-end` of a file that failed; alone for a path that is no file, or that cannot be reached. */
	| ({ readonly type: 'file-fail' } & IngestFailure)
	| { readonly type: 'file-remove'; readonly path: string }
	| { readonly type: 'warning'; readonly path: string | null; readonly message: string; readonly hint: string };

export type IngestFailure = {
	readonly path: string;
	readonly code: ErrorCode;
	readonly message: string;
	readonly hint: string | null;
};

/** Counts of documents, and of chunks written. A document whose file was renamed counts as updated. */
export type IngestReport = {
	readonly added: number;
	readonly updated: number;
	readonly removed: number;
	readonly unchanged: number;
	readonly failed: readonly IngestFailure[];
	readonly chunks: number;
	readonly tookMs: number;
};

/**
 * Brings a collection up to date with files. Each file is one commit, so readers see its old version or its new one.
 * A file costs a hash when neither it nor the settings that shape chunks changed. One that cannot be read goes to
 * `failed` and keeps its old version; the others go on. Without an answer from the embedder documents are committed
 * without vectors (`missingVectors` names their chunks) and one warning is sent. A renamed file keeps its document.
 * `sync` removes nothing below a path that is missing, unreadable or suddenly empty. Throws `not_found` for an unknown
 * collection, and `cancelled` (with the report so far as `details.report`) between files; what was committed stays.
 */
export async function ingest(options: IngestOptions): Promise<IngestReport> {
	if (options.pool !== undefined) return await ingestWith(options.pool, options);
	await using pool = new ParsePool(options.settings);
	return await ingestWith(pool, options);
}

async function ingestWith(pool: ParsePool, options: IngestOptions): Promise<IngestReport> {
	using web = await openWeb(options);
	const run = await Ingest.begin(options, pool, web);
	await run.takeFiles();
	if (options.sync === true) await run.removeVanished();
	await run.keepLists();
	return run.report();
}

/** Null when nothing is to be fetched. */
async function openWeb({ paths, sitemaps = [], settings, resolve: resolver }: IngestOptions): Promise<Web | null> {
	if (sitemaps.length === 0 && !paths.some(isUrl)) return null;
	const [{ Web }, { isPublic }] = await Promise.all([import('./web.ts'), import('./address.ts')]);
	const { allowPrivate, maxFileMb } = settings;
	const allows = allowPrivate ? () => true : isPublic;
	return new Web({ allows, maxBytes: maxFileMb * 1e6, ...(resolver === undefined ? {} : { resolve: resolver }) });
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** A file that has been read, and what is to be done about it when its turn comes. */
type Prepared = { readonly path: string; readonly bytes: number } & (
	| { readonly kind: 'unchanged' }
	| { readonly kind: 'move'; readonly document: DocumentSummary }
	| {
			readonly kind: 'parse';
			readonly hash: string;
			readonly file: Promise<ParsedFile>;
			readonly validators: Validators | null;
	  }
	| { readonly kind: 'failed'; readonly error: unknown }
);

/** Files are read ahead of their turn while those waiting for it are fewer than this for each parser, and hold less. */
const aheadPerParser = 8;
const aheadBytes = 16e6;

class Ingest {
	readonly #options: IngestOptions;
	readonly #pool: ParsePool;
	readonly #site: SitePages;
	readonly #walk: Walk;
	/** The space that new chunks are embedded for; null when there is no embedder or it does not fit the collection. */
	#embedder: Embedder | null;
	/** What the collection holds, by source; kept up to date while files are taken. */
	readonly #documents: Map<string, DocumentSummary>;
	readonly #started: number;
	readonly #counts = { added: 0, updated: 0, removed: 0, unchanged: 0, chunks: 0 };
	readonly #failed: IngestFailure[] = [];
	/** A new collection becomes searchable by vectors with its first ones. */
	#activates: boolean;

	static async begin(options: IngestOptions, pool: ParsePool, web: Web | null): Promise<Ingest> {
		const started = (options.now ?? Date.now)();
		const collection = (await options.corpus.collections()).find(({ id }) => id === options.collection);
		if (collection === undefined) throw new KnowhowError('not_found', `There is no collection ${options.collection}.`);
		const documents = await summaries(options.corpus, options.collection);
		if (documents.size === 0) pool.warm();
		const { settings, base, stdin, signal, embedder } = options;
		const found = await walk(options.paths, {
			base: resolve(base),
			ignore: settings.ignore,
			maxBytes: settings.maxFileMb * 1e6,
			...(stdin === undefined ? {} : { stdin }),
			...(signal === undefined ? {} : { signal }),
			...(web === null ? {} : { web }),
		}).catch((error: unknown) => {
			throw signal?.aborted === true ? new KnowhowError('cancelled', 'The ingest was cancelled.') : error;
		});
		const site = new SitePages(options);
		const listed = web === null ? found : await site.list(found, web);
		const run = new Ingest({ ...options, pool, site }, listed, documents, started, collection);
		if (embedder !== null && collection.space !== embedder.space && !run.#activates)
			run.#refuseEmbedder(collection.space);
		run.#reportWalk();
		return run;
	}

	constructor(
		options: IngestOptions & { readonly pool: ParsePool; readonly site: SitePages },
		found: Walk,
		documents: Map<string, DocumentSummary>,
		started: number,
		collection: Pick<Collection, 'space'>,
	) {
		this.#options = options;
		this.#pool = options.pool;
		this.#site = options.site;
		this.#walk = found;
		this.#documents = documents;
		this.#started = started;
		this.#embedder = options.embedder;
		this.#activates = collection.space === null && documents.size === 0;
	}

	report(): IngestReport {
		const tookMs = (this.#options.now ?? Date.now)() - this.#started;
		return { ...this.#counts, failed: this.#failed, tookMs };
	}

	async takeFiles(): Promise<void> {
		const files = this.#walk.sources.length;
		let index = 0;
		for await (const prepared of this.#prepared()) {
			this.#stopIfAborted();
			const { path } = prepared;
			this.#send({ type: 'file-start', path, index: index++, files });
			try {
				const end = await this.#take(prepared);
				this.#send({ type: 'file-end', path, ...end });
			} catch (error) {
				this.#stopIfAborted();
				if (!(error instanceof KnowhowError) || !isOfFile(error.code)) throw error;
				const last = this.#options.stamps?.get(path);
				if (last !== undefined) this.#options.stamps?.set(path, { ...last, error });
				this.#fail(path, error);
				this.#send({ type: 'file-end', path, outcome: 'failed', chunks: 0 });
			}
		}
	}

	/** The files in their order, those that changed already on their way through the parsers. */
	async *#prepared(): AsyncGenerator<Prepared> {
		const most = this.#pool.concurrency * aheadPerParser;
		const ahead: Prepared[] = [];
		let bytes = 0;
		for (const source of this.#walk.sources) {
			this.#stopIfAborted();
			const prepared = await this.#prepare(source);
			ahead.push(prepared);
			bytes += prepared.bytes;
			while (ahead.length > most || bytes > aheadBytes) {
				const next = ahead.shift();
				if (next === undefined) break;
				yield next;
				bytes -= next.bytes;
			}
		}
		yield* ahead;
	}

	async #prepare(source: Source): Promise<Prepared> {
		const path = this.#nameOf(source);
		try {
			const { settings, signal, stamps } = this.#options;
			const previous = this.#documents.get(path);
			const stamp = stamps === undefined ? null : ((await source.stamp?.()) ?? null);
			const last = stamps?.get(path);
			if (stamp !== null && last?.stamp === stamp) {
				if (last.error !== null) return { kind: 'failed', path, bytes: 0, error: last.error };
				if (last.hash === previous?.hash) return { kind: 'unchanged', path, bytes: 0 };
			}
			const content = await source.read(await this.#site.validatorsOf(path, previous?.hash, recipeOf(settings)));
			if (content === null) return { kind: 'unchanged', path, bytes: 0 };
			const { bytes, validators = null } = content;
			const hash = hashOf(bytes, settings);
			if (stamp !== null) stamps?.set(path, { stamp, hash, error: null });
			if (previous?.hash === hash) return { kind: 'unchanged', path, bytes: 0 };
			const moved = previous === undefined ? await this.#vanishedWith(hash) : null;
			if (moved !== null) return { kind: 'move', path, bytes: 0, document: moved };
			const name = content.name === '-' ? path : content.name;
			const order = { bytes, path: name, html: settings.html, chunkTokens: settings.chunkTokens };
			const file = this.#pool.read(order, signal);
			// Its failure is met when its turn comes.
			file.catch(() => {});
			return { kind: 'parse', path, bytes: bytes.byteLength, hash, file, validators };
		} catch (error) {
			return { kind: 'failed', path, bytes: 0, error };
		}
	}

	async removeVanished(): Promise<void> {
		const kept = new Set(this.#walk.sources.map((source) => this.#nameOf(source)));
		for (const root of this.#walk.roots) {
			const under = [...this.#documents.values()].filter(
				({ source }) => isUnder(root.source, source) && !kept.has(source),
			);
			if (root.isFolder && root.entries === 0 && under.length > 0) {
				this.#fail(root.source, emptyFolder(root.source, under.length));
				continue;
			}
			for (const document of under) {
				this.#stopIfAborted();
				if (this.#isBelowFailure(document.source) || !(await this.#isGone(document.source))) continue;
				await this.#remove(document);
			}
		}
		for (const url of this.#site.vanished) {
			const document = this.#documents.get(url);
			if (document === undefined || kept.has(url)) continue;
			await this.#remove(document);
			await this.#site.forget(url);
		}
	}

	/** Last, so that what a stopped run did not remove is removed by the next. */
	async keepLists(): Promise<void> {
		await this.#site.keepLists(this.#options.sync === true);
	}

	async #remove(document: DocumentSummary): Promise<void> {
		await this.#options.corpus.remove([document.id]);
		this.#documents.delete(document.source);
		this.#counts.removed++;
		this.#send({ type: 'file-remove', path: document.source });
	}

	async #take(prepared: Prepared): Promise<{ outcome: 'added' | 'updated' | 'moved' | 'unchanged'; chunks: number }> {
		if (prepared.kind === 'failed') throw prepared.error;
		if (prepared.kind === 'unchanged') {
			this.#counts.unchanged++;
			return { outcome: 'unchanged', chunks: 0 };
		}
		if (prepared.kind === 'move') {
			await this.#move(prepared.document, prepared.path);
			this.#counts.updated++;
			return { outcome: 'moved', chunks: 0 };
		}
		const file = await prepared.file;
		const { path, hash, validators } = prepared;
		const outcome = await this.#commit(path, hash, file);
		if (file.parsed.warning !== undefined) this.#send({ type: 'warning', path, ...file.parsed.warning });
		if (validators !== null)
			await this.#site.keep(path, { ...validators, hash, recipe: recipeOf(this.#options.settings) });
		this.#counts[outcome]++;
		this.#counts.chunks += file.chunks.length;
		return { outcome, chunks: file.chunks.length };
	}

	/** Replaces what is stored; when something else did so first, reads that and tries once more. */
	async #commit(path: string, hash: string, file: ParsedFile): Promise<'added' | 'updated'> {
		const { corpus, collection } = this.#options;
		let previous: DocumentSummary | null = this.#documents.get(path) ?? null;
		for (let attempt = 1; ; attempt++) {
			const write = await this.#writeOf(path, hash, file, previous);
			try {
				const { document, version } = await corpus.replace(write);
				this.#documents.set(path, { ...write, id: document, version, updatedAt: 0 });
				await this.#activateFirst(write);
				return previous === null ? 'added' : 'updated';
			} catch (error) {
				if (!(error instanceof KnowhowError) || error.code !== 'conflict' || attempt === 2) throw error;
				previous = await corpus.documentAt(collection, path, 'everything');
			}
		}
	}

	async #writeOf(
		path: string,
		hash: string,
		{ parsed, chunks, language }: ParsedFile,
		previous: DocumentSummary | null,
	): Promise<DocumentWrite> {
		const { collection, settings } = this.#options;
		return {
			id: previous?.id ?? null,
			expected: previous?.version ?? 0,
			collection,
			source: path,
			title: parsed.title,
			text: parsed.text,
			hash,
			format: parsed.format,
			language,
			date: parsed.date,
			attributes: parsed.attributes,
			readers: previous?.readers ?? 'everyone',
			pages: parsed.pages,
			chunks,
			vectors: await this.#vectorsFor(path, parsed.title, chunks, previous),
			keepVersion: settings.keepVersions,
		};
	}

	/**
	 * Vectors of chunks whose indexed text is that of a chunk of the previous version are taken over, in every space that
	 * thereby is complete; in the embedder's space the rest is embedded.
	 */
	async #vectorsFor(
		path: string,
		title: string,
		chunks: readonly ChunkDraft[],
		previous: DocumentSummary | null,
	): Promise<DocumentWrite['vectors']> {
		const texts = chunks.map((each) => indexedText(title, each));
		const lent = previous === null ? new Map<string, Map<string, Float32Array>>() : await this.#lentBy(previous);
		const found: Mutable<DocumentWrite['vectors'][number]>[] = [];
		for (const [space, byText] of lent) {
			if (space === this.#embedder?.space) continue;
			const rows = texts.flatMap((text) => byText.get(text) ?? []);
			const embedder = (await this.#spaces()).get(space);
			if (rows.length !== texts.length || embedder === undefined) continue;
			found.push({ space: { space, embedder, dimensions: rows[0]?.length ?? 0 }, rows });
		}
		const own = await this.#embed(path, texts, lent);
		if (own !== null) found.push(own);
		return found;
	}

	async #embed(
		path: string,
		texts: readonly string[],
		lent: ReadonlyMap<string, ReadonlyMap<string, Float32Array>>,
	): Promise<DocumentWrite['vectors'][number] | null> {
		const embedder = this.#embedder;
		if (embedder === null) return null;
		const byText = new Map(lent.get(embedder.space));
		const missing = [...new Set(texts)].filter((text) => !byText.has(text));
		try {
			const made = missing.length === 0 ? [] : await embedder.embed(missing, 'passage', this.#options.signal);
			for (const [index, text] of missing.entries()) byText.set(text, made[index] as Float32Array);
		} catch (error) {
			this.#stopIfAborted();
			this.#giveUpEmbedding(path, error);
			return null;
		}
		const { id, space, dimensions } = embedder;
		return { space: { space, embedder: id, dimensions }, rows: texts.map((text) => byText.get(text) as Float32Array) };
	}

	/** By space, the vectors of the previous version's chunks by their indexed text. */
	async #lentBy(previous: DocumentSummary): Promise<Map<string, Map<string, Float32Array>>> {
		const bySpace = new Map<string, Map<string, Float32Array>>();
		for (const { chunk: each, space, vector } of await this.#options.corpus.vectorsOf(previous.id)) {
			const byText = bySpace.get(space) ?? new Map<string, Float32Array>();
			byText.set(indexedText(previous.title, each), vector);
			bySpace.set(space, byText);
		}
		return bySpace;
	}

	#embedderBySpace: Promise<Map<string, string>> | null = null;

	/** The embedders of the collection's spaces; asked once. */
	async #spaces(): Promise<Map<string, string>> {
		this.#embedderBySpace ??= this.#options.corpus
			.spaces(this.#options.collection)
			.then((spaces) => new Map(spaces.map(({ space, embedder }) => [space, embedder])));
		return this.#embedderBySpace;
	}

	/** After one refusal the rest of the run goes without vectors, instead of waiting for each file. */
	#giveUpEmbedding(path: string, error: unknown): void {
		this.#embedder = null;
		const message = error instanceof Error ? error.message : String(error);
		const hint = 'The documents are searchable by keywords. Run `knowhow reindex` once the embedder answers.';
		this.#send({ type: 'warning', path, message: `From here on documents have no vectors: ${message}`, hint });
	}

	#refuseEmbedder(active: string | null): void {
		this.#embedder = null;
		const message =
			active === null
				? 'The collection is searched by keywords only; the embedder was not used.'
				: 'The collection has vectors of another embedder than the one configured; new documents get none.';
		this.#send({ type: 'warning', path: null, message, hint: 'Run `knowhow reindex` to embed the whole collection.' });
	}

	async #activateFirst(write: DocumentWrite): Promise<void> {
		const space = this.#embedder?.space;
		if (!this.#activates || space === undefined || !write.vectors.some((each) => each.space.space === space)) return;
		this.#activates = false;
		await this.#options.corpus.activate(this.#options.collection, space);
	}

	/** Documents of vanished files that a new file was found for. */
	readonly #claimed = new Set<string>();
	#byHash: Map<string, DocumentSummary[]> | null = null;

	/** The document of a vanished file with the same content under the paths ingested, if there is one; each once. */
	async #vanishedWith(hash: string): Promise<DocumentSummary | null> {
		this.#byHash ??= Map.groupBy(this.#documents.values(), (document) => document.hash);
		for (const document of this.#byHash.get(hash) ?? []) {
			if (this.#claimed.has(document.id) || this.#isBelowFailure(document.source)) continue;
			if (!this.#walk.roots.some((root) => isUnder(root.source, document.source))) continue;
			if (!(await this.#isGone(document.source))) continue;
			this.#claimed.add(document.id);
			return document;
		}
		return null;
	}

	async #move(document: DocumentSummary, path: string): Promise<void> {
		await this.#options.corpus.move(document.id, path);
		this.#documents.delete(document.source);
		this.#documents.set(path, { ...document, source: path });
	}

	async #isGone(source: string): Promise<boolean> {
		return isGone(resolve(this.#options.base, source));
	}

	#isBelowFailure(source: string): boolean {
		return this.#walk.failed.some((failure) => isUnder(failure.source, source));
	}

	#nameOf(source: Source): string {
		return source.source === '-' ? `stdin:${this.#options.stdinName ?? ''}` : source.source;
	}

	#reportWalk(): void {
		for (const { source, error } of this.#walk.failed) this.#fail(source, error);
		this.#send({ type: 'walk-end', files: this.#walk.sources.length });
		if (this.#site.foreign > 0) {
			const message = `Left out ${this.#site.foreign} URLs of other hosts than the sitemap's own.`;
			this.#send({ type: 'warning', path: null, message, hint: 'Ingest the sitemap of each host.' });
		}
		if (this.#walk.skipped.size === 0) return;
		const kinds = [...this.#walk.skipped].map(([extension, files]) => `${files} × ${extension || 'no extension'}`);
		const message = `Left out, because no parser reads them: ${kinds.join(', ')}.`;
		this.#send({ type: 'warning', path: null, message, hint: 'Name a file to see what it would take to read it.' });
	}

	#fail(path: string, error: KnowhowError): void {
		const failure = { path, code: error.code, message: error.message, hint: error.hint ?? null };
		this.#failed.push(failure);
		this.#send({ type: 'file-fail', ...failure });
	}

	#stopIfAborted(): void {
		if (this.#options.signal?.aborted !== true) return;
		throw new KnowhowError('cancelled', 'The ingest was cancelled.', {
			hint: 'Run it again to go on; what was done is kept.',
			details: { report: this.report() },
		});
	}

	#send(event: IngestEvent): void {
		this.#options.onEvent?.(event);
	}
}

/** What the text and chunks of a document depend on, beside its bytes. */
function recipeOf(settings: Config['ingest']): string {
	return `knowhow ingest ${parserVersion} ${settings.chunkTokens} ${settings.html}`;
}

/** SHA-256 over the recipe and the bytes: a changed setting is a changed document. */
export function hashOf(bytes: Uint8Array, settings: Config['ingest']): string {
	return createHash('sha256').update(recipeOf(settings)).update('\0').update(bytes).digest('hex');
}

async function summaries(corpus: Corpus, collection: string): Promise<Map<string, DocumentSummary>> {
	const found = new Map<string, DocumentSummary>();
	for (let after: string | undefined; ;) {
		const page = await corpus.documents(collection, 'everything', {
			limit: 1000,
			...(after === undefined ? {} : { after }),
		});
		for (const summary of page) found.set(summary.source, summary);
		if (page.length < 1000) return found;
		after = page.at(-1)?.id;
	}
}

/** Whether a source is a root or lies below it. URLs and standard input lie below nothing. */
function isUnder(root: string, source: string): boolean {
	if (/^(?:[a-z][a-z\d+.-]+:\/\/|stdin:)/i.test(source)) return false;
	if (root === '') return !source.startsWith('/') && !/^[a-z]:\//i.test(source);
	return source === root || source.startsWith(root.endsWith('/') ? root : `${root}/`);
}

/** Codes that concern one file; the others concern the store or the machine and stop the run. */
function isOfFile(code: ErrorCode): boolean {
	return (
		code === 'unsupported_format' ||
		code === 'unreadable_file' ||
		code === 'file_too_large' ||
		code === 'password_protected' ||
		code === 'forbidden_url' ||
		code === 'fetch_failed' ||
		code === 'parse_timeout' ||
		code === 'parse_memory' ||
		code === 'empty_document' ||
		code === 'not_found' ||
		code === 'conflict'
	);
}

function emptyFolder(source: string, documents: number): KnowhowError {
	return new KnowhowError(
		'not_found',
		`${source || 'The project folder'} is empty; its ${documents} documents are kept.`,
		{
			hint: `If it is a mounted folder, mount it. To remove the documents, ingest the folder above it with --sync${source === '' ? '' : `, or \`knowhow remove ${source}\``}.`,
		},
	);
}
