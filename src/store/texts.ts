import type { SQLInputValue } from 'node:sqlite';
import type { Database } from './database.ts';

/** Appends a text; returns its id. */
export function addText(database: Database, body: string): number {
	return database.run('insert into texts (body) values (?)', body).row;
}

/** Overwrites texts by zeros where they stand. `ids` is a query that yields their ids; nulls are skipped. */
export function eraseTexts(database: Database, ids: string, ...values: SQLInputValue[]): void {
	erase(database, 'texts', ids, values);
}

/** As `eraseTexts`, for vectors. */
export function eraseEmbeddings(database: Database, ids: string, ...values: SQLInputValue[]): void {
	erase(database, 'embeddings', ids, values);
}

/**
 * A value of equal length is written over the old one in place, overflow pages included, and moves no other row.
 * What was erased is counted, so that `reclaim` knows when rewriting the file pays.
 */
function erase(database: Database, table: 'texts' | 'embeddings', ids: string, values: SQLInputValue[]): void {
	const found = database.get<{ bytes: number | null }>(
		`select sum(octet_length(body)) as bytes from ${table} where id in (${ids})`,
		...values,
	);
	if (found === undefined || found.bytes === null) return; // no such row; an empty text has 0 bytes
	database.run(`update ${table} set body = zeroblob(octet_length(body)) where id in (${ids})`, ...values);
	database.run('update meta set erased = erased + ?', found.bytes);
}

/** Less than this is not worth rewriting the file for, in bytes. */
const reclaimLeast = 4 * 1024 * 1024;

/**
 * Gives erased space back to the file system once a quarter of the file is erased: takes out the erased rows and rewrites
 * the file. A kill in between loses nothing; the count stands until the rewrite is done.
 */
export function reclaim(database: Database): void {
	const erased = database.get<{ erased: number }>('select erased from meta')?.erased ?? 0;
	if (erased < reclaimLeast || erased * 4 < fileBytes(database)) return;
	database.write(() => {
		database.run(`delete from texts where typeof(body) = 'blob'`);
		database.run('delete from embeddings where id not in (select body from vectors)');
	});
	database.vacuum();
	database.write(() => database.run('update meta set erased = erased - ?', erased));
}

function fileBytes(database: Database): number {
	const pages = database.get<{ page_count: number }>('pragma page_count')?.page_count ?? 0;
	const size = database.get<{ page_size: number }>('pragma page_size')?.page_size ?? 0;
	return pages * size;
}
