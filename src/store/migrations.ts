import { KnowhowError } from '../core/error.ts';
import type { Database } from './database.ts';

/**
 * The schema, one step after another; a step, once released, never changes. Two rules hold throughout:
 *
 * What people wrote (text, titles, sources, attributes, records) is only in `texts`, and what models made of it only in
 * `embeddings`. Rows of these two are appended, overwritten in place by zeros of the same length, and taken out only
 * just before a vacuum: a B-tree row that moves leaves a copy behind that `secure_delete` does not see (docs/store.md).
 * All other tables hold ids, numbers, hashes and names of people.
 *
 * Row ids of chunks are never reused, which `autoincrement` sees to.
 */
const migrations: readonly string[] = [
	`
	create table meta (
		one integer primary key check (one = 1),
		epoch text not null,
		sequence integer not null, -- of the last commit, store-wide
		erased integer not null -- bytes overwritten in texts and embeddings since the last vacuum
	) strict;
	insert into meta (one, epoch, sequence, erased) values (1, '', 0, 0);

	create table texts (id integer primary key, body);
	create table embeddings (id integer primary key, body);

	create table collections (
		id text primary key,
		name text not null unique,
		space text,
		documents integer not null,
		chunks integer not null,
		sequence integer not null,
		created_at integer not null
	) strict, without rowid;

	create table documents (
		id text primary key,
		collection text not null references collections (id),
		source_hash blob not null,
		version integer not null,
		sequence integer not null,
		hash text not null,
		format text not null,
		updated_at integer not null,
		readers text not null, -- JSON: "everyone" or a list
		card integer not null -- texts: JSON of source, title, language, date, attributes
	) strict, without rowid;
	create unique index documents_source on documents (collection, source_hash);
	create unique index documents_sequence on documents (collection, sequence);
	create index documents_id on documents (collection, id);

	create table versions (
		collection text not null,
		document text not null references documents (id),
		version integer not null,
		hash text not null,
		updated_at integer not null,
		characters integer not null, -- UTF-16 units
		chunks integer not null,
		pages text not null, -- JSON; [] once replaced and not kept
		body integer, -- texts; null once replaced and not kept
		primary key (document, version)
	) strict, without rowid;

	create table chunks (
		row integer primary key autoincrement,
		collection text not null references collections (id),
		document text not null references documents (id),
		version integer not null,
		start_offset integer not null,
		end_offset integer not null,
		page integer,
		body integer not null -- texts: JSON of the headings, a newline, the text
	) strict;
	create index chunks_document on chunks (document, start_offset);
	create index chunks_collection on chunks (collection);

	create table spaces (
		number integer primary key autoincrement,
		collection text not null references collections (id),
		name text not null,
		embedder text not null,
		dimensions integer not null,
		unique (collection, name)
	) strict;
	create index spaces_name on spaces (name);

	create table vectors ( -- the collection is that of the space
		chunk integer not null references chunks (row),
		space integer not null,
		body integer not null, -- embeddings: float32, the processor's byte order
		primary key (chunk, space)
	) strict, without rowid;

	create table tombstones (
		document text primary key,
		collection text not null references collections (id),
		sequence integer not null
	) strict, without rowid;
	create unique index tombstones_sequence on tombstones (collection, sequence);

	create table records (
		kind text not null,
		id text not null,
		revision integer not null,
		updated_at integer not null,
		body integer not null, -- texts: JSON
		primary key (kind, id)
	) strict, without rowid;
	`,
	`
	create table jobs (
		row integer primary key autoincrement, -- in order of time
		id text not null unique,
		kind text not null,
		status text not null,
		spec integer not null, -- texts: JSON
		outcome integer, -- texts: JSON of the result or the error
		worker text,
		lease_until integer,
		created_at integer not null,
		started_at integer,
		finished_at integer
	) strict;
	create index jobs_open on jobs (row) where status in ('queued', 'running');

	create table job_events (
		job text not null references jobs (id),
		number integer not null,
		at integer not null,
		body integer not null, -- texts: JSON
		primary key (job, number)
	) strict, without rowid;
	`,
];

/** The version of the schema that this code reads and writes. */
export const schemaVersion = migrations.length;

/** Brings the schema up to date in one transaction. Throws `store_newer`. `epoch` names a store that is new. */
export function migrate(database: Database, epoch: string): void {
	if (checkSchema(database) === schemaVersion) return;
	database.write(() => {
		const found = checkSchema(database); // another process may have been faster
		for (const migration of migrations.slice(found)) database.exec(migration);
		if (found === 0) database.run('update meta set epoch = ?', epoch);
		database.exec(`pragma user_version = ${schemaVersion}`);
	});
}

/** The version of the schema in a file; 0 when it is empty. Throws `store_newer`. */
export function checkSchema(database: Database): number {
	const found = database.get<{ user_version: number }>('pragma user_version')?.user_version ?? 0;
	if (found <= schemaVersion) return found;
	throw new KnowhowError(
		'store_newer',
		`The database has schema version ${found}; this version of Knowhow reads up to ${schemaVersion}.`,
		{ hint: 'Update Knowhow, or use another project folder.', details: { found, supported: schemaVersion } },
	);
}
