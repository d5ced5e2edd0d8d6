import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { KnowhowError } from '../core/error.ts';

/** Called before each statement that writes, before each commit and after it. May end the process: for crash tests. */
export type Step = (name: string) => void;

export type DatabaseOptions = {
	/** Open what is there, change nothing: writing throws. */
	readonly readOnly?: boolean;
	/** How long a transaction, or the emptying of the log, waits for other connections, in milliseconds. */
	readonly busyTimeoutMs?: number;
	/** For crash tests: called at every step of every write. */
	readonly step?: Step;
};

/** Emptying the log waits in turns: inside SQLite, then leaving the thread to others, in milliseconds. */
const emptyTurnMs = 50;
const emptyPauseMs = 50;

/** Pages of log (16 KiB each) after which a commit copies them into the database. */
const checkpointPages = 2000;
/** Pages of the file that a connection remembers, at most, in KiB: point reads of a search's hits find them there. */
const cacheKib = 16 * 1024;
/** Bytes to which SQLite cuts the log when it begins anew, so that one large write does not hold its disk space forever. */
const logLimit = 64 * 1024 * 1024;

/**
 * One connection to a SQLite file. Everything is synchronous inside `read` and `write`, so nothing comes between the
 * statements of a transaction. Never open the same file with `node:fs` in a process that has it open here: closing that
 * descriptor would drop SQLite's locks (POSIX).
 */
export class Database implements Disposable {
	readonly #path: string;
	readonly #connection: DatabaseSync;
	readonly #statements = new Map<string, StatementSync>();
	readonly #step: Step;
	readonly #busyTimeoutMs: number;
	#commits = 0;

	/** Throws `store_busy`, `store_corrupt` and `unusable_path`, as all methods do. */
	constructor(path: string, options: DatabaseOptions = {}) {
		const { readOnly = false, busyTimeoutMs = 5000, step = () => {} } = options;
		this.#busyTimeoutMs = busyTimeoutMs;
		this.#step = step;
		this.#path = path;
		this.#connection = named(path, () => new DatabaseSync(path, { readOnly, timeout: busyTimeoutMs }));
		try {
			if (readOnly) named(this.#path, () => this.get('select 1 from sqlite_schema'));
			else this.#configure();
			this.exec(`pragma cache_size = -${cacheKib}`);
		} catch (error) {
			this.#connection.close();
			throw error;
		}
	}

	#configure(): void {
		named(this.#path, () => {
			this.#connection.exec('pragma page_size = 16384');
			this.#connection.exec('pragma journal_mode = wal');
			this.#connection.exec('pragma synchronous = full');
			this.#connection.exec('pragma secure_delete = on');
			this.#connection.exec(`pragma wal_autocheckpoint = ${checkpointPages}`);
			this.#connection.exec(`pragma journal_size_limit = ${logLimit}`);
		});
	}

	/** The first row, typed by the caller, who wrote the SQL. */
	// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- SQL is not typed; the caller says what it selects
	get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined {
		return this.#prepare(sql).get(...values) as Row | undefined;
	}

	all<Row>(sql: string, ...values: SQLInputValue[]): Row[] {
		return this.#prepare(sql).all(...values) as Row[];
	}

	/** Rows one by one, for results that may be large. Only inside `read` or `write`. */
	iterate<Row>(sql: string, ...values: SQLInputValue[]): Iterable<Row> {
		return this.#prepare(sql).iterate(...values) as Iterable<Row>;
	}

	/** Runs a statement that writes. Returns the number of rows it changed and the last row id it made. */
	run(sql: string, ...values: SQLInputValue[]): { changes: number; row: number } {
		this.#step(sql);
		const { changes, lastInsertRowid } = this.#prepare(sql).run(...values);
		return { changes: Number(changes), row: Number(lastInsertRowid) };
	}

	/** Runs SQL that is not worth keeping prepared: schemas and pragmas. */
	exec(sql: string): void {
		named(this.#path, () => this.#connection.exec(sql));
	}

	/** One transaction that may write; rolled back when `work` throws. Durable on return. */
	write<T>(work: () => T): T {
		return named(this.#path, () => {
			this.#prepare('begin immediate').run();
			let result: T;
			try {
				result = work();
				this.#step('commit');
				this.#prepare('commit').run();
			} catch (error) {
				if (this.#connection.isTransaction) this.#prepare('rollback').run();
				throw error;
			}
			this.#commits++;
			this.#step('committed');
			return result;
		});
	}

	/** One transaction that reads: every statement in `work` sees the same state. */
	read<T>(work: () => T): T {
		return named(this.#path, () => {
			this.#prepare('begin').run();
			try {
				return work();
			} finally {
				this.#prepare('commit').run();
			}
		});
	}

	/** SQLite's counter moves with other connections' commits only, ours with our own; both only grow, so the sum tells. */
	pulse(): number {
		return (this.get<{ data_version: number }>('pragma data_version')?.data_version ?? 0) + this.#commits;
	}

	/**
	 * Copies the log into the database and cuts it to nothing, so that bytes overwritten by earlier commits are in no file.
	 * A reader or writer of another connection can hold it up; throws `store_busy` when one does so too long.
	 */
	async emptyLog(): Promise<void> {
		const turns = Math.max(1, Math.ceil(this.#busyTimeoutMs / (emptyTurnMs + emptyPauseMs)));
		for (let turn = 0; turn < turns; turn++) {
			if (this.#tryEmptyLog()) return;
			await pause(emptyPauseMs);
		}
		throw new KnowhowError('store_busy', 'Another reader or writer kept the log from being emptied.', {
			hint: 'What was to be removed is removed, but its bytes may still be in the log file. End the long reader, then settle the store or repeat the call.',
		});
	}

	#tryEmptyLog(): boolean {
		this.#step('empty log');
		this.#connection.exec(`pragma busy_timeout = ${emptyTurnMs}`);
		try {
			return named(this.#path, () => this.get<{ busy: number }>('pragma wal_checkpoint(truncate)'))?.busy === 0;
		} finally {
			this.#connection.exec(`pragma busy_timeout = ${this.#busyTimeoutMs}`);
		}
	}

	/** Rewrites the file without its unused space; needs as much free disk again. Readers go on. */
	vacuum(): void {
		this.#step('vacuum');
		this.exec('vacuum');
		this.#commits++;
	}

	[Symbol.dispose](): void {
		if (this.#connection.isOpen) this.#connection.close();
	}

	#prepare(sql: string): StatementSync {
		let statement = this.#statements.get(sql);
		if (statement === undefined) {
			statement = this.#connection.prepare(sql);
			this.#statements.set(sql, statement);
		}
		return statement;
	}
}

/** SQLite's primary result codes (https://sqlite.org/rescode.html) that have a code of ours. */
const busy = 5;
const corrupt = 11;
const notADatabase = 26;
/** Those that come of where the file lies: read only, full, cannot open. */
const refusals: Readonly<Record<number, readonly [why: string, hint: string]>> = {
	8: [
		'may be read and not written by you',
		'Even a search writes beside it: work as a user who may, or on a copy of the folder that is yours.',
	],
	13: ['cannot grow: its disk is full', 'Make room on that disk; what was committed is safe.'],
	14: ['cannot be opened', 'You need the right to read and to write it, and its folder too.'],
};

/** Runs `work` on the database at `path`, giving SQLite's errors our codes. */
function named<T>(path: string, work: () => T): T {
	try {
		return work();
	} catch (error) {
		const code = resultCode(error);
		const refusal = refusals[code ?? 0];
		if (refusal !== undefined) {
			const [why, hint] = refusal;
			throw new KnowhowError('unusable_path', `The database ${path} ${why}.`, { hint, cause: error });
		}
		if (code === busy) {
			throw new KnowhowError('store_busy', 'Another process holds the database.', {
				hint: 'Wait until it is done, or end it, then try again.',
				cause: error,
			});
		}
		if (code === corrupt || code === notADatabase) {
			throw new KnowhowError('store_corrupt', 'The database is damaged or is no database.', {
				hint: 'Restore the newest backup, or remove the folder and ingest again.',
				cause: error,
			});
		}
		throw error;
	}
}

function resultCode(error: unknown): number | undefined {
	const extended = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
	return typeof extended === 'number' ? extended & 0xff : undefined;
}
