import type { Collection } from '../core/collection.ts';
import { KnowhowError } from '../core/error.ts';
import type { Receipt } from '../core/receipt.ts';
import { type Context, nextSequence } from './context.ts';
import type { Database } from './database.ts';
import { eraseEmbeddings, eraseTexts } from './texts.ts';

const columns = 'id, name, space, documents, chunks, sequence, created_at as createdAt';

export function createCollection(context: Context, name: string): Collection {
	checkName(name);
	if (collectionNamed(context.database, name) !== null) {
		throw new KnowhowError('already_exists', `There is a collection named ${name} already.`);
	}
	const collection: Collection = {
		id: context.newId('col'),
		name,
		space: null,
		documents: 0,
		chunks: 0,
		sequence: nextSequence(context),
		createdAt: context.now(),
	};
	context.database.run(
		'insert into collections (id, name, space, documents, chunks, sequence, created_at) values (?, ?, null, 0, 0, ?, ?)',
		collection.id,
		name,
		collection.sequence,
		collection.createdAt,
	);
	return collection;
}

export function listCollections(database: Database): Collection[] {
	return database.all<Collection>(`select ${columns} from collections order by name`).map((row) => ({ ...row }));
}

export function collectionNamed(database: Database, name: string): Collection | null {
	const row = database.get<Collection>(`select ${columns} from collections where name = ?`, name);
	return row === undefined ? null : { ...row };
}

/** By id. Throws `not_found`. */
export function collectionById(database: Database, id: string): Collection {
	const row = database.get<Collection>(`select ${columns} from collections where id = ?`, id);
	if (row === undefined) throw noCollection(id);
	return { ...row };
}

/** Removes a collection with everything in it. Every child leaves before its parent, as the foreign keys ask. */
export function removeCollection(context: Context, name: string): Receipt {
	const { database } = context;
	const { id, documents, chunks } = existing(database, name);
	const vectorsOfIt = 'from vectors where chunk in (select row from chunks where collection = ?)';
	eraseEmbeddings(database, `select body ${vectorsOfIt}`, id);
	eraseTexts(database, 'select body from chunks where collection = ?', id);
	eraseTexts(
		database,
		'select body from versions where document in (select id from documents where collection = ?)',
		id,
	);
	eraseTexts(database, 'select card from documents where collection = ?', id);
	const vectors = database.run(`delete ${vectorsOfIt}`, id).changes;
	database.run('delete from chunks where collection = ?', id);
	database.run('delete from versions where document in (select id from documents where collection = ?)', id);
	for (const table of ['documents', 'tombstones', 'spaces']) {
		database.run(`delete from ${table} where collection = ?`, id);
	}
	database.run('delete from collections where id = ?', id);
	nextSequence(context);
	return { documents, chunks, vectors, at: context.now() };
}

/** Names are unique at every moment, so one of them steps aside first. */
export function swapCollections(context: Context, a: string, b: string): void {
	const { database } = context;
	const first = existing(database, a);
	const second = existing(database, b);
	if (first.id === second.id) return;
	const rename = 'update collections set name = ?, sequence = ? where id = ?';
	database.run(rename, `${first.id}/aside`, first.sequence, first.id);
	database.run(rename, a, nextSequence(context), second.id);
	database.run(rename, b, nextSequence(context), first.id);
}

/** Counts a commit to a collection: its sequence, and what it has more of now (less, when negative). */
export function touchCollection(
	database: Database,
	id: string,
	change: { sequence: number; documents?: number; chunks?: number },
): void {
	database.run(
		'update collections set sequence = ?, documents = documents + ?, chunks = chunks + ? where id = ?',
		change.sequence,
		change.documents ?? 0,
		change.chunks ?? 0,
		id,
	);
}

function existing(database: Database, name: string): Collection {
	const collection = collectionNamed(database, name);
	if (collection === null) throw noCollection(name);
	return collection;
}

function noCollection(nameOrId: string): KnowhowError {
	return new KnowhowError('not_found', `There is no collection ${nameOrId}.`, {
		hint: 'List the collections to see what there is.',
	});
}

function checkName(name: string): void {
	if (/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$/.test(name)) return;
	throw new KnowhowError('invalid_argument', `${JSON.stringify(name)} cannot name a collection.`, {
		hint: 'Use 1 to 64 letters, digits, dots, underscores and hyphens, beginning with a letter or digit.',
	});
}
