import { KnowhowError } from '../core/error.ts';
import type { Job, JobEnd, JobEvent, Jobs } from '../core/store.ts';
import { checkLimit, type Context } from './context.ts';
import type { Database } from './database.ts';
import { toJson } from './records.ts';
import { addText } from './texts.ts';

type JobRow = Omit<Job, 'spec' | 'result' | 'error'> & {
	/** JSON. */
	readonly spec: string;
	readonly outcome: string | null;
};

const defaultLimit = 100;

const select = `select j.id, j.kind, j.status, s.body as spec, o.body as outcome, j.worker, j.lease_until as leaseUntil,
	j.created_at as createdAt, j.started_at as startedAt, j.finished_at as finishedAt
	from jobs j join texts s on s.id = j.spec left join texts o on o.id = j.outcome`;

/** Jobs in SQLite; see the contract in `core/store.ts`. A claim is one `update … returning` in a transaction that writes. */
export function createJobs(context: Context): Jobs {
	const { database } = context;
	return {
		enqueue: async (job) => database.write(() => enqueue(context, job)),
		get: async (id) => database.read(() => find(database, id)),
		list: async ({ after, limit = defaultLimit } = {}) => {
			checkLimit(limit, 1000);
			return database.read(() => list(database, after ?? null, limit));
		},
		claim: async (worker, kinds, leaseMs, id) => database.write(() => claim(context, { worker, kinds, leaseMs, id })),
		extend: async (id, worker, leaseMs) =>
			database.write(() => extend(context, { id, worker, until: context.now() + leaseMs })),
		append: async (id, events) => database.write(() => append(context, id, events)),
		events: async (id, { after = 0, limit = defaultLimit, order = 'asc' } = {}) => {
			checkLimit(limit, 1000);
			return database.read(() => eventsOf(database, { id, after, limit, order }));
		},
		finish: async (id, worker, end) => database.write(() => finish(context, { id, worker, end })),
		cancel: async (id) => database.write(() => cancel(context, id)),
	};
}

function enqueue({ database, now, newId }: Context, { kind, spec }: { kind: string; spec: unknown }): Job {
	const id = newId('job');
	database.run(
		`insert into jobs (id, kind, status, spec, created_at) values (?, ?, 'queued', ?, ?)`,
		id,
		kind,
		addText(database, toJson(spec)),
		now(),
	);
	return existing(database, id);
}

function list(database: Database, after: string | null, limit: number): Job[] {
	return database
		.all<JobRow>(
			`${select} where ? is null or j.row < (select row from jobs where id = ?) order by j.row desc limit ?`,
			after,
			after,
			limit,
		)
		.map(toJob);
}

type Claim = {
	readonly worker: string;
	readonly kinds: readonly string[];
	readonly leaseMs: number;
	readonly id: string | undefined;
};

function claim({ database, now }: Context, { worker, kinds, leaseMs, id }: Claim): Job | null {
	const at = now();
	const claimed = database.get<{ id: string }>(
		`update jobs set status = 'running', worker = ?, lease_until = ?, started_at = coalesce(started_at, ?)
		where row = (select row from jobs where (status = 'queued' or (status = 'running' and lease_until <= ?))
			and kind in (select value from json_each(?)) and (? is null or id = ?) order by row limit 1)
		returning id`,
		worker,
		at + leaseMs,
		at,
		at,
		JSON.stringify(kinds),
		id ?? null,
		id ?? null,
	);
	return claimed === undefined ? null : existing(database, claimed.id);
}

type Extension = { readonly id: string; readonly worker: string; readonly until: number };

function extend({ database }: Context, { id, worker, until }: Extension): boolean {
	const { changes } = database.run(
		`update jobs set lease_until = ? where id = ? and worker = ? and status = 'running'`,
		until,
		id,
		worker,
	);
	return changes > 0;
}

function append({ database, now }: Context, id: string, events: readonly unknown[]): void {
	existing(database, id);
	const last = database.get<{ last: number | null }>('select max(number) as last from job_events where job = ?', id);
	events.forEach((event, i) => {
		database.run(
			'insert into job_events (job, number, at, body) values (?, ?, ?, ?)',
			id,
			(last?.last ?? 0) + 1 + i,
			now(),
			addText(database, toJson(event)),
		);
	});
}

type EventPage = {
	readonly id: string;
	readonly after: number;
	readonly limit: number;
	readonly order: 'asc' | 'desc';
};

function eventsOf(database: Database, { id, after, limit, order }: EventPage): JobEvent[] {
	return database
		.all<{ number: number; at: number; body: string }>(
			`select e.number, e.at, t.body from job_events e join texts t on t.id = e.body
			where e.job = ? and e.number > ? order by e.number ${order} limit ?`,
			id,
			after,
			limit,
		)
		.map(({ number, at, body }) => ({ number, at, event: JSON.parse(body) as unknown }));
}

type Ending = { readonly id: string; readonly worker: string; readonly end: JobEnd };

function finish({ database, now }: Context, { id, worker, end }: Ending): Job {
	const outcome = addText(database, toJson(end.status === 'succeeded' ? end.result : end.error));
	const { changes } = database.run(
		`update jobs set status = ?, outcome = ?, lease_until = null, finished_at = ?
		where id = ? and worker = ? and status = 'running'`,
		end.status,
		outcome,
		now(),
		id,
		worker,
	);
	if (changes > 0) return existing(database, id);
	throw new KnowhowError('conflict', `The job ${id} is not this worker's any more.`, {
		hint: 'It was cancelled, or another worker went on with it.',
	});
}

function cancel({ database, now }: Context, id: string): Job {
	database.run(
		`update jobs set status = 'cancelled', lease_until = null, finished_at = ? where id = ? and status in ('queued', 'running')`,
		now(),
		id,
	);
	return existing(database, id);
}

function find(database: Database, id: string): Job | null {
	const row = database.get<JobRow>(`${select} where j.id = ?`, id);
	return row === undefined ? null : toJob(row);
}

function existing(database: Database, id: string): Job {
	const job = find(database, id);
	if (job !== null) return job;
	throw new KnowhowError('not_found', `There is no job "${id}".`, { hint: 'List them with `knowhow jobs`.' });
}

function toJob({ spec, outcome, ...row }: JobRow): Job {
	const end = outcome === null ? null : (JSON.parse(outcome) as unknown);
	const { status } = row;
	const error = status === 'failed' ? (end as Job['error']) : null;
	return { ...row, status, spec: JSON.parse(spec) as unknown, result: status === 'succeeded' ? end : null, error };
}
