import { watch as watchFolder, type FSWatcher } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export type WatcherOptions = {
	/** Silence after the last change before it is told, so that a saved folder is one change. */
	readonly quietMs?: number;
	/** Without any news a change is told after this all the same: not every disk tells of changes (network folders). */
	readonly rescanMs?: number;
	readonly signal?: AbortSignal | undefined;
};

/** However often something changes, it is told after this. */
const longestQuietMs = 400;

/**
 * Tells when something below paths may have changed. It watches folders and looks at no file: whoever asks must look
 * what it was. Dispose it.
 */
export class Watcher implements Disposable {
	readonly #paths: readonly string[];
	readonly #quietMs: number;
	readonly #rescanMs: number;
	readonly #signal: AbortSignal | undefined;
	readonly #folders = new Map<string, FSWatcher>();
	#changedAt: number | null = null;
	#wake: () => void = () => {};

	/** `paths` are absolute. */
	constructor(paths: readonly string[], { quietMs = 50, rescanMs = 10_000, signal }: WatcherOptions = {}) {
		this.#paths = paths;
		this.#quietMs = quietMs;
		this.#rescanMs = rescanMs;
		this.#signal = signal;
		signal?.addEventListener('abort', this.#onAbort);
	}

	/** Begins to watch folders that are new below the paths, and forgets those that are gone. True when some were new. */
	async refresh(): Promise<boolean> {
		const found = await foldersUnder(this.#paths);
		for (const [folder, watcher] of this.#folders) {
			if (found.has(folder)) continue;
			watcher.close();
			this.#folders.delete(folder);
		}
		let isNew = false;
		for (const folder of found) isNew = this.#watch(folder) || isNew;
		return isNew;
	}

	/** Resolves when something may have changed, false when the signal ended it. */
	async next(): Promise<boolean> {
		const end = performance.now() + this.#rescanMs;
		while (this.#signal?.aborted !== true) {
			const now = performance.now();
			const due = this.#changedAt === null ? end : this.#dueAt(this.#changedAt);
			if (now >= due) break;
			await this.#sleep(due - now);
		}
		this.#changedAt = null;
		this.#firstAt = null;
		return this.#signal?.aborted !== true;
	}

	[Symbol.dispose](): void {
		this.#signal?.removeEventListener('abort', this.#onAbort);
		for (const watcher of this.#folders.values()) watcher.close();
		this.#folders.clear();
	}

	#firstAt: number | null = null;

	#dueAt(changedAt: number): number {
		return Math.min(changedAt + this.#quietMs, (this.#firstAt ?? changedAt) + longestQuietMs);
	}

	readonly #onAbort = (): void => this.#wake();

	readonly #onChange = (): void => {
		this.#changedAt = performance.now();
		this.#firstAt ??= this.#changedAt;
		this.#wake();
	};

	#watch(folder: string): boolean {
		if (this.#folders.has(folder)) return false;
		try {
			const watcher = watchFolder(folder, { persistent: true }, this.#onChange);
			// A folder that went away, or a system that watches no more folders: the next rescan sees what there is.
			watcher.on('error', () => watcher.close());
			this.#folders.set(folder, watcher);
			return true;
		} catch {
			return false;
		}
	}

	async #sleep(ms: number): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<void>();
		const timer = setTimeout(resolve, ms);
		this.#wake = resolve;
		await promise;
		clearTimeout(timer);
	}
}

/** The folders that a walk of these paths could enter, those that hold a path that is a file or absent among them. */
async function foldersUnder(paths: readonly string[]): Promise<Set<string>> {
	const found = new Set<string>();
	const visit = async (folder: string): Promise<void> => {
		const real = await realpath(folder);
		if (found.has(real)) return;
		found.add(real);
		for (const entry of await readdir(real, { withFileTypes: true })) {
			if (entry.name.startsWith('.') || entry.name === 'node_modules' || entry.isFile()) continue;
			if (await isFolder(join(real, entry.name))) await visit(join(real, entry.name)).catch(() => {});
		}
	};
	for (const path of paths) {
		if (await isFolder(path)) {
			await visit(path).catch(() => {});
			continue;
		}
		// A file that is saved is often another file of the same name.
		const parent = await realpath(dirname(path)).catch(() => null);
		if (parent !== null) found.add(parent);
	}
	return found;
}

async function isFolder(path: string): Promise<boolean> {
	return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}
