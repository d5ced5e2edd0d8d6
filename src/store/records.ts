import { KnowhowError } from '../core/error.ts';
import type { RecordPage, Records, StoredRecord } from '../core/store.ts';
import { checkLimit, type Context } from './context.ts';
import type { Database } from './database.ts';
import { addText, eraseTexts } from './texts.ts';

type RecordRow = Omit<StoredRecord, 'value'> & { readonly body: string };

const defaultLimit = 100;

const select =
	'select r.kind, r.id, r.revision, r.updated_at as updatedAt, t.body from records r join texts t on t.id = r.body';

/** Records in SQLite; see the contract in `core/store.ts`. */
export function createRecords(context: Context): Records {
	const { database } = context;
	return {
		get: async (kind, id) => database.read(() => readRecord(database, kind, id)),
		put: async (record, expectedRevision) => database.write(() => putRecord(context, record, expectedRevision)),
		list: async (kind, page = {}) => {
			checkLimit(page.limit ?? defaultLimit, 1000);
			return database.read(() => listRecords(database, kind, page));
		},
		remove: async (kind, id) => database.write(() => removeRecord(database, kind, id)),
		removeAll: async (kind, ids) => database.write(() => ids.filter((id) => removeRecord(database, kind, id)).length),
	};
}

function readRecord(database: Database, kind: string, id: string): StoredRecord | null {
	const row = database.get<RecordRow>(`${select} where r.kind = ? and r.id = ?`, kind, id);
	return row === undefined ? null : toRecord(row);
}

function listRecords(
	database: Database,
	kind: string,
	{ after, limit = defaultLimit, order = 'asc' }: RecordPage,
): StoredRecord[] {
	const beyond = after === undefined ? '' : `and r.id ${order === 'asc' ? '>' : '<'} ?`;
	const query = `${select} where r.kind = ? ${beyond} order by r.id ${order} limit ?`;
	return database.all<RecordRow>(query, kind, ...(after === undefined ? [] : [after]), limit).map(toRecord);
}

function putRecord(
	{ database, now }: Context,
	{ kind, id, value }: { kind: string; id: string; value: unknown },
	expected: number | undefined,
): StoredRecord {
	const stored = database.get<{ revision: number }>('select revision from records where kind = ? and id = ?', kind, id);
	const found = stored?.revision ?? 0;
	if (expected !== undefined && expected !== found) {
		throw new KnowhowError('conflict', `The ${kind} ${id} is at revision ${found}, not ${expected}.`, {
			hint: 'Read the record again and repeat the change.',
			details: { expected, found },
		});
	}
	eraseTexts(database, 'select body from records where kind = ? and id = ?', kind, id);
	const json = toJson(value);
	const revision = found + 1;
	const updatedAt = now();
	database.run(
		`insert into records (kind, id, revision, updated_at, body) values (?, ?, ?, ?, ?)
		on conflict (kind, id) do update set revision = excluded.revision, updated_at = excluded.updated_at, body = excluded.body`,
		kind,
		id,
		revision,
		updatedAt,
		addText(database, json),
	);
	return { kind, id, value: JSON.parse(json) as unknown, revision, updatedAt };
}

function removeRecord(database: Database, kind: string, id: string): boolean {
	eraseTexts(database, 'select body from records where kind = ? and id = ?', kind, id);
	return database.run('delete from records where kind = ? and id = ?', kind, id).changes > 0;
}

/** Throws `invalid_argument` for what is not JSON. */
export function toJson(value: unknown): string {
	const json = JSON.stringify(value) as string | undefined; // undefined for a function, a symbol and undefined
	if (json !== undefined) return json;
	throw new KnowhowError('invalid_argument', 'The value of a record is not JSON.');
}

function toRecord({ body, ...row }: RecordRow): StoredRecord {
	return { ...row, value: JSON.parse(body) as unknown };
}
