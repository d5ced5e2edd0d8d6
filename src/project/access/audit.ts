import type { Records } from '../../core/store.ts';
import { allRecords } from '../records.ts';
import { timedId } from '../timed-id.ts';

const kind = 'audit';

/** Reads are written down together, at most so long after they happened. */
const delayMs = 1000;
const mostTogether = 500;

/** Who did what, to which object, when, and how it ended. Never the text of a document, of a question or of an answer. */
export type AuditEntry = {
	/** The record it is in and its place there. */
	readonly id: string;
	/** Milliseconds since the epoch. */
	readonly at: number;
	/** The principal; null: the project's owner at this computer, or somebody whom nobody knows. */
	readonly who: string | null;
	/** The id of the key; null without one. */
	readonly key: string | null;
	/** `POST /v1/files`, with the names of the path's parts, or `keys create`. */
	readonly action: string;
	/** The ids in the path, or the id of what was made. */
	readonly object: string | null;
	/** The HTTP status. */
	readonly result: number;
	/** The id of the request. */
	readonly request: string | null;
};

type Noted = Omit<AuditEntry, 'id'>;

type AuditParts = {
	readonly records: Records;
	readonly now: () => number;
	readonly random: (bytes: number) => Uint8Array;
};

/** What was done, in order. Entries are added, and neither changed nor removed. */
export class AuditLog {
	readonly #parts: AuditParts;
	readonly #waiting: Noted[] = [];
	#writing: Promise<void> = Promise.resolve();
	#timer: NodeJS.Timeout | null = null;
	#last = 0;

	constructor(parts: AuditParts) {
		this.#parts = parts;
	}

	/** On return it is on disk. */
	async keep(entry: Omit<Noted, 'at'>): Promise<void> {
		this.#waiting.push({ ...entry, at: this.#parts.now() });
		await this.flush();
	}

	/** It is on disk within a second, or when the project closes. */
	note(entry: Omit<Noted, 'at'>): void {
		this.#waiting.push({ ...entry, at: this.#parts.now() });
		// What cannot be written now waits for the next one.
		if (this.#waiting.length >= mostTogether) void this.flush().catch(() => {});
		this.#timer ??= setTimeout(() => {
			this.#timer = null;
			void this.flush().catch(() => {});
		}, delayMs).unref();
	}

	/** Writes down what waits. Throws `store_busy`; then it waits on. */
	async flush(): Promise<void> {
		this.#writing = this.#writing.catch(() => {}).then(() => this.#write());
		await this.#writing;
	}

	/** Newest first, at most `limit`, those before the entry `after`; only of `who`. */
	async list({ limit = 100, after, who }: AuditPage = {}): Promise<AuditEntry[]> {
		await this.flush();
		const [record, place] = after === undefined ? [] : after.split(':');
		// Behind every id that begins with this one in descending order: the record itself is read again.
		const from = record === undefined ? undefined : `${record}~`;
		const found: AuditEntry[] = [];
		for await (const { id, value } of allRecords(this.#parts.records, kind, { order: 'desc', after: from })) {
			const { entries } = value as { entries: readonly Noted[] };
			const end = id === record ? Number(place) : entries.length;
			for (let at = Math.min(end, entries.length) - 1; at >= 0; at--) {
				const entry = entries[at]!;
				if (who === undefined || entry.who === who) found.push({ id: `${id}:${at}`, ...entry });
				if (found.length >= limit) return found;
			}
		}
		return found;
	}

	/** Ends the waiting; what waits is written. */
	async close(): Promise<void> {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#timer = null;
		await this.flush();
	}

	async #write(): Promise<void> {
		const entries = this.#waiting.splice(0);
		if (entries.length === 0) return;
		const { records, now, random } = this.#parts;
		// Two records of one millisecond would be in no order.
		this.#last = Math.max(now(), this.#last + 1);
		try {
			await records.put({ kind, id: timedId('aud', this.#last, random), value: { entries } }, 0);
		} catch (error) {
			this.#waiting.unshift(...entries);
			throw error;
		}
	}
}

export type AuditPage = {
	readonly limit?: number | undefined;
	readonly after?: string | undefined;
	readonly who?: string | undefined;
};
