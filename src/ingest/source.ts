import { constants, type Stats } from 'node:fs';
import { lstat, open, readdir, realpath, stat, type FileHandle } from 'node:fs/promises';
import { join, matchesGlob, relative, resolve, sep } from 'node:path';
import { KnowhowError } from '../core/error.ts';
import { isSupported } from './parse/format.ts';
import type { Page, Validators, Web } from './web.ts';

/** What a source holds now. */
export type Content = {
	readonly bytes: Uint8Array;
	/** What parsers are told: its extension says the format where the bytes do not. */
	readonly name: string;
	/** Pages only. */
	readonly validators?: Validators;
};

/** One file or page to ingest. */
export type Source = {
	/** As documents name it: POSIX path relative to the base folder when inside it, else absolute; `-` for standard input; a URL. */
	readonly source: string;
	/**
	 * Reads all of it; null when a page is what `validators` stood for. Throws `file_too_large`, `unreadable_file`,
	 * `not_found`, `conflict` when a file changes meanwhile, and what `Web.fetch` throws.
	 */
	read(validators: Validators | null): Promise<Content | null>;
	/** Files: what changes with the file; null when it changed too recently to tell one state from the next. */
	stamp?(): Promise<string | null>;
};

/** A path given to be walked. */
export type Root = {
	/** As documents name it; empty for the base folder itself. */
	readonly source: string;
	/** Files, folders and symbolic links seen under it, supported or not. */
	readonly entries: number;
	readonly isFolder: boolean;
};

export type Walk = {
	readonly roots: readonly Root[];
	/** In order of the paths given, each folder in order of name; a file reached twice comes once. */
	readonly sources: readonly Source[];
	readonly failed: readonly { readonly source: string; readonly error: KnowhowError }[];
	/** Files in folders whose extension no parser reads, by extension. */
	readonly skipped: ReadonlyMap<string, number>;
};

export type WalkOptions = {
	/** The project folder. */
	readonly base: string;
	/** Globs over paths relative to the base, over paths relative to the folder given, and over names. */
	readonly ignore: readonly string[];
	readonly maxBytes: number;
	/** What `-` reads. */
	readonly stdin?: AsyncIterable<Uint8Array>;
	/** What URLs are fetched with. */
	readonly web?: Web;
	readonly signal?: AbortSignal;
};

/**
 * Finds the files under `paths`. In folders it leaves out what begins with a dot, `node_modules`, what `ignore` matches
 * and what no parser reads; links are followed while they stay below the folder or another path given, folders once. A
 * path that does not exist or cannot be read is in `failed`, and so is a link that leads out; a file given by name is
 * never left out, links that are given by name are followed wherever they lead.
 */
export async function walk(paths: readonly string[], options: WalkOptions): Promise<Walk> {
	const walker = new Walker(options, await realPaths(paths, options.base));
	for (const path of paths) await walker.takeRoot(path);
	return walker.result();
}

/** Whether a path names something by a scheme; `C:\\` does not. */
export function isUrl(path: string): boolean {
	return /^[a-z][a-z\d+.-]+:\/\//i.test(path);
}

/** A page as a source; `url` is one that `toUrl` made. */
export function pageSource(url: string, { web, signal }: Pick<WalkOptions, 'web' | 'signal'>): Source {
	return {
		source: url,
		read: async (validators) => {
			if (web === undefined) throw new KnowhowError('invalid_argument', `Nothing is given to fetch ${url} with.`);
			const page = await web.fetch(url, validators, signal);
			if (page === null) return null;
			const { etag, lastModified } = page;
			return { bytes: page.bytes, name: nameOf(page), validators: { etag, lastModified } };
		},
	};
}

/** The path of a page, with an extension for its type where its own says nothing. */
function nameOf({ url, type }: Page): string {
	const path = url.replace(/[?#].*$/s, '').replace(/\/$/, '');
	const extension = extensions[type ?? ''];
	return isSupported(new URL(path).pathname) && extension !== 'html' ? path : `${path}.${extension ?? 'txt'}`;
}

const extensions: Readonly<Record<string, string>> = {
	'text/html': 'html',
	'application/xhtml+xml': 'html',
	'text/markdown': 'md',
	'text/csv': 'csv',
	'text/tab-separated-values': 'tsv',
	'application/json': 'json',
	'application/x-ndjson': 'jsonl',
	'application/pdf': 'pdf',
	'message/rfc822': 'eml',
};

/** The name a document has for a file: see `Source`. */
export function sourceOf(base: string, path: string): string {
	const absolute = resolve(base, path);
	const inside = relative(base, absolute);
	return (
		inside === '..' || inside.startsWith(`..${sep}`) || resolve(inside) === inside ? absolute : inside
	).replaceAll(sep, '/');
}

class Walker {
	readonly #options: WalkOptions;
	readonly #roots: Root[] = [];
	readonly #sources = new Map<string, Source>();
	readonly #failed: { source: string; error: KnowhowError }[] = [];
	readonly #skipped = new Map<string, number>();
	/** Real paths of the folders entered, against loops of links. */
	readonly #entered = new Set<string>();

	/** Where links may lead: the real paths of what was given. */
	readonly #inside: readonly string[];

	constructor(options: WalkOptions, inside: readonly string[]) {
		this.#options = options;
		this.#inside = inside;
	}

	result(): Walk {
		const sources = [...this.#sources.values()];
		return { roots: this.#roots, sources, failed: this.#failed, skipped: this.#skipped };
	}

	async takeRoot(path: string): Promise<void> {
		const { base, stdin } = this.#options;
		if (path === '-') {
			if (stdin === undefined) throw new KnowhowError('invalid_argument', 'Nothing is connected to standard input.');
			const { maxBytes } = this.#options;
			this.#sources.set('-', {
				source: '-',
				read: async () => ({ bytes: await readStream(stdin, maxBytes), name: '-' }),
			});
			return;
		}
		if (isUrl(path)) {
			await this.#takePage(path);
			return;
		}
		const absolute = resolve(base, path);
		const source = sourceOf(base, absolute);
		try {
			const found = await stat(absolute);
			if (found.isDirectory()) {
				const entries = await this.#takeFolder(absolute, absolute);
				this.#roots.push({ source, entries, isFolder: true });
			} else {
				this.#takeFile(absolute, source);
				this.#roots.push({ source, entries: 1, isFolder: false });
			}
		} catch (error) {
			this.#options.signal?.throwIfAborted();
			this.#fail(source, error);
		}
	}

	/** Returns how many entries it saw. */
	async #takeFolder(folder: string, root: string): Promise<number> {
		this.#options.signal?.throwIfAborted();
		const real = await realpath(folder);
		if (this.#entered.has(real)) return 0;
		this.#entered.add(real);
		const names = (await readdir(folder)).sort();
		for (const name of names) {
			if (name.startsWith('.') || name === 'node_modules') continue;
			const path = join(folder, name);
			if (this.#isIgnored(path, root, name)) continue;
			try {
				await this.#takeEntry(path, root);
			} catch (error) {
				this.#options.signal?.throwIfAborted();
				this.#fail(sourceOf(this.#options.base, path), error);
			}
		}
		return names.length;
	}

	async #takeEntry(path: string, root: string): Promise<void> {
		const entry = await lstat(path);
		const found = entry.isSymbolicLink() ? await followed(path) : entry;
		if (found === null) return;
		if (!found.isDirectory() && !isSupported(path)) {
			if (found.isFile()) this.#skip(path);
			return;
		}
		if (entry.isSymbolicLink()) await this.#checkTarget(path);
		if (found.isDirectory()) await this.#takeFolder(path, root);
		else this.#takeFile(path, sourceOf(this.#options.base, path));
	}

	/** A link out of the folder would let whoever may write into it have any file of this machine ingested. */
	async #checkTarget(path: string): Promise<void> {
		const target = await realpath(path);
		if (this.#inside.some((root) => target === root || target.startsWith(root.endsWith(sep) ? root : root + sep)))
			return;
		throw new KnowhowError(
			'unreadable_file',
			`${sourceOf(this.#options.base, path)} is a link that leads out of the folder.`,
			{
				hint: 'Name what it points to as a path of its own, or leave it out with the ingest.ignore setting.',
			},
		);
	}

	#takeFile(path: string, source: string): void {
		if (this.#sources.has(source)) return;
		const { maxBytes } = this.#options;
		this.#sources.set(source, {
			source,
			read: async () => ({ bytes: await readBounded(path, source, maxBytes), name: source }),
			stamp: async () => await stampOf(path),
		});
	}

	async #takePage(given: string): Promise<void> {
		try {
			const { toUrl } = await import('./web.ts');
			const page = pageSource(toUrl(given).href, this.#options);
			this.#sources.set(page.source, page);
		} catch (error) {
			this.#fail(given, error);
		}
	}

	#skip(path: string): void {
		const extension = /\.[^./\\]+$/.exec(path)?.[0].toLowerCase() ?? '';
		this.#skipped.set(extension, (this.#skipped.get(extension) ?? 0) + 1);
	}

	#isIgnored(path: string, root: string, name: string): boolean {
		const { base, ignore } = this.#options;
		if (ignore.length === 0) return false;
		const forms = [sourceOf(base, path), relative(root, path).replaceAll(sep, '/'), name];
		return ignore.some((pattern) => forms.some((form) => matchesGlob(form, pattern.replace(/\/$/, ''))));
	}

	#fail(source: string, error: unknown): void {
		this.#failed.push({ source, error: toError(source, error) });
	}
}

/** What a link points to; null when that is gone. */
async function followed(path: string): Promise<Awaited<ReturnType<typeof stat>> | null> {
	return stat(path).catch((error: unknown) => {
		if (isMissing(error)) return null;
		throw error;
	});
}

/** Whether nothing is at `path`. Any other trouble than absence is an error, so that a locked folder is not an empty one. */
export async function isGone(path: string): Promise<boolean> {
	try {
		await lstat(path);
		return false;
	} catch (error) {
		if (isMissing(error)) return true;
		throw error;
	}
}

/** The real paths of those that exist. */
async function realPaths(paths: readonly string[], base: string): Promise<string[]> {
	const found = await Promise.all(paths.map((path) => realpath(resolve(base, path)).catch(() => null)));
	return found.filter((path) => path !== null);
}

/** Clocks of file systems tick in milliseconds: two changes in one tick look like one. */
const tickMs = 100;

async function stampOf(path: string): Promise<string | null> {
	const found = await stat(path, { bigint: true }).catch(() => null);
	if (found === null || Date.now() - Number(found.ctimeMs) < tickMs) return null;
	return `${found.dev} ${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
}

/** How often a file that changes while it is read is read again. */
const attempts = 3;

/** All bytes of a regular file, as it was at one moment as far as its size and times tell. */
export async function readBounded(path: string, source: string, maxBytes: number): Promise<Uint8Array> {
	try {
		// Without O_NONBLOCK a pipe that nobody writes to would be waited for without end.
		await using file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
		for (let attempt = 1; attempt <= attempts; attempt++) {
			const before = await file.stat();
			if (!before.isFile()) throw notAFile(source, before);
			if (before.size > maxBytes) throw tooLarge(source, maxBytes);
			const bytes = await readWhole(file, before.size);
			const after = await file.stat();
			if (bytes.byteLength === before.size && after.size === before.size && after.mtimeMs === before.mtimeMs)
				return bytes;
		}
	} catch (error) {
		throw toError(source, error);
	}
	throw new KnowhowError('conflict', `${source} changed while it was read.`, {
		hint: 'Ingest it again when nothing writes to it.',
	});
}

/** Up to `size` bytes from the beginning; fewer when the file is shorter by now. */
async function readWhole(file: FileHandle, size: number): Promise<Uint8Array> {
	const bytes = new Uint8Array(size);
	let at = 0;
	while (at < size) {
		const { bytesRead } = await file.read(bytes, at, size - at, at);
		if (bytesRead === 0) break;
		at += bytesRead;
	}
	return at === size ? bytes : bytes.subarray(0, at);
}

function notAFile(source: string, found: Stats): KnowhowError {
	const kind = found.isDirectory()
		? 'a folder'
		: found.isFIFO()
			? 'a pipe'
			: found.isSocket()
				? 'a socket'
				: 'a device';
	return new KnowhowError('unreadable_file', `${source} is ${kind}, not a file.`, {
		hint: 'Save what it gives to a file, or pipe it into `knowhow ingest - --name NAME`.',
	});
}

async function readStream(stream: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
	const parts: Uint8Array[] = [];
	let size = 0;
	for await (const part of stream) {
		size += part.byteLength;
		if (size > maxBytes) throw tooLarge('Standard input', maxBytes);
		parts.push(part);
	}
	return Buffer.concat(parts);
}

function tooLarge(what: string, maxBytes: number): KnowhowError {
	return new KnowhowError('file_too_large', `${what} is larger than ${Math.round(maxBytes / 1e6)} MB.`, {
		hint: 'Raise ingest.maxFileMb in knowhow.json, or split the file.',
	});
}

function toError(source: string, error: unknown): KnowhowError {
	if (error instanceof KnowhowError) return error;
	if (isMissing(error)) {
		return new KnowhowError('not_found', `There is nothing at ${source === '' ? 'the project folder' : source}.`, {
			hint: `Check the path. Documents ingested from it before are kept; \`knowhow remove ${source || 'SOURCE'}\` removes them.`,
			cause: error,
		});
	}
	const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
	const isLoop = code === 'ELOOP';
	return new KnowhowError(
		'unreadable_file',
		`${source} ${isLoop ? 'is a link to itself' : `could not be read (${code})`}.`,
		{
			hint: hints[code] ?? 'Check the permissions of the file and of its folders.',
			cause: error,
		},
	);
}

const hints: Readonly<Record<string, string>> = {
	ELOOP: 'Remove the link, or let it point to a file.',
	ENXIO: 'It is a socket; save what it gives to a file.',
	EIO: 'The disk or the network folder it lies on did not deliver it; check that.',
	ENAMETOOLONG: 'Give the file and its folders shorter names.',
};

function isMissing(error: unknown): boolean {
	return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
