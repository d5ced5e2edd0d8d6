import { createHash } from 'node:crypto';
import { type Access, mayRead, type Readers } from '../core/access.ts';
import type { Attributes, Document, DocumentSummary, Format, ListedDocument } from '../core/document.ts';
import { KnowhowError } from '../core/error.ts';
import type { Receipt } from '../core/receipt.ts';
import type { AdoptedDocument, Commit, DocumentPage, DocumentVersion, DocumentWrite } from '../core/store.ts';
import { addChunks, removeChunks } from './chunks.ts';
import { collectionById, touchCollection } from './collections.ts';
import { type Context, nextSequence } from './context.ts';
import type { Database } from './database.ts';
import { addText, eraseTexts } from './texts.ts';
import { putVector, removeVectors, spaceNumber } from './vectors.ts';

/** What people wrote about a document; stored as one text. */
type Card = Pick<Document, 'source' | 'title' | 'language' | 'date' | 'attributes'>;

type DocumentRow = {
	readonly id: string;
	readonly collection: string;
	readonly version: number;
	readonly hash: string;
	readonly format: string;
	readonly updatedAt: number;
	readonly readers: string;
	readonly card: string;
};

const columns =
	'd.id, d.collection, d.version, d.hash, d.format, d.updated_at as updatedAt, d.readers, card.body as card';
const summaries = `select ${columns} from documents d join texts card on card.id = d.card`;

/** See `Corpus.replace`. `write` has been checked by `checkWrite`. */
export function replaceDocument(context: Context, write: DocumentWrite): Commit {
	const { database } = context;
	collectionById(database, write.collection);
	checkExpected(database, write);
	const document = write.id ?? context.newId('doc');
	const commit = { document, version: write.expected + 1, sequence: nextSequence(context) };
	const removed = write.id === null ? 0 : retireVersion(database, document, write.keepVersion);
	putDocument(context, write, commit);
	addVersion(context, write, commit);
	const rows = addChunks(database, { ...commit, collection: write.collection }, write.chunks);
	addVectorsOfWrite(database, write, rows);
	touchCollection(database, write.collection, {
		sequence: commit.sequence,
		documents: write.id === null ? 1 : 0,
		chunks: rows.length - removed,
	});
	return commit;
}

/** See `Corpus.adopt`. The content of `write` has been checked by `checkWrite`. */
export function adoptDocument(
	context: Context,
	write: DocumentWrite,
	{ id, updatedAt, earlier }: Pick<AdoptedDocument, 'id' | 'updatedAt' | 'earlier'>,
): Commit {
	const { database } = context;
	collectionById(database, write.collection);
	checkUnknown(database, id, write.collection);
	if (documentWithSource(database, write.collection, write.source) !== undefined) throw sourceTaken(write.source);
	database.run('delete from tombstones where document = ?', id);
	const commit = { document: id, version: write.expected + 1, sequence: nextSequence(context) };
	const then = { ...context, now: () => updatedAt };
	putDocument(then, write, commit);
	for (const version of earlier) addEarlierVersion(database, version, { document: id, collection: write.collection });
	addVersion(then, write, commit);
	const rows = addChunks(database, { ...commit, collection: write.collection }, write.chunks);
	const change = { sequence: commit.sequence, documents: 1, chunks: rows.length };
	touchCollection(database, write.collection, change);
	return commit;
}

/** An index that follows a collection takes a document that comes back there as changed, but would miss that it left another one. */
function checkUnknown(database: Database, id: string, collection: string): void {
	const isKnown =
		database.get('select 1 from documents where id = ?', id) ??
		database.get('select 1 from tombstones where document = ? and collection <> ?', id, collection);
	if (isKnown === undefined) return;
	throw new KnowhowError('already_exists', `The document id ${id} is or was in use in this store.`);
}

function addEarlierVersion(
	database: Database,
	{ version, hash, updatedAt, characters, chunks, text }: DocumentVersion,
	{ document, collection }: { document: string; collection: string },
): void {
	database.run(
		`insert into versions (collection, document, version, hash, updated_at, characters, chunks, pages, body)
		values (?, ?, ?, ?, ?, ?, ?, '[]', ?)`,
		collection,
		document,
		version,
		hash,
		updatedAt,
		characters,
		chunks,
		text === null ? null : addText(database, text),
	);
}

/** Throws `conflict` unless the stored version is the expected one and the source is free for this document. */
function checkExpected(database: Database, write: DocumentWrite): void {
	const atSource = documentWithSource(database, write.collection, write.source);
	if (atSource !== undefined && atSource !== write.id) throw sourceTaken(write.source);
	if (write.id === null) return;
	const stored = database.get<{ version: number; collection: string }>(
		'select version, collection from documents where id = ?',
		write.id,
	);
	if (stored?.version === write.expected && stored.collection === write.collection) return;
	throw new KnowhowError(
		'conflict',
		`The document ${write.id} is not at version ${write.expected} in this collection.`,
		{
			hint: 'Read the document again and repeat the change.',
			details: { expected: write.expected, found: stored?.version ?? 0 },
		},
	);
}

/** Takes out what only the current version has; its row among the versions stays. Returns how many chunks left. */
function retireVersion(database: Database, document: string, keepText: boolean): number {
	removeVectors(database, document);
	const chunks = removeChunks(database, document);
	eraseTexts(database, 'select card from documents where id = ?', document);
	if (!keepText) dropVersionText(database, document);
	return chunks;
}

function dropVersionText(database: Database, document: string): void {
	const current = 'where document = ? and version = (select version from documents where id = document)';
	eraseTexts(database, `select body from versions ${current}`, document);
	database.run(`update versions set body = null, pages = '[]' ${current}`, document);
}

function putDocument(context: Context, write: DocumentWrite, { document, version, sequence }: Commit): void {
	const { database } = context;
	database.run(
		`insert into documents (id, collection, source_hash, version, sequence, hash, format, updated_at, readers, card)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do update set source_hash = excluded.source_hash,
			version = excluded.version, sequence = excluded.sequence, hash = excluded.hash, format = excluded.format,
			updated_at = excluded.updated_at, readers = excluded.readers, card = excluded.card`,
		document,
		write.collection,
		sourceHash(write.source),
		version,
		sequence,
		write.hash,
		write.format,
		context.now(),
		JSON.stringify(write.readers),
		addText(database, JSON.stringify(toCard(write))),
	);
}

function addVersion({ database }: Context, write: DocumentWrite, { document, version }: Commit): void {
	database.run(
		`insert into versions (collection, document, version, hash, updated_at, characters, chunks, pages, body)
		select collection, id, version, hash, updated_at, ?, ?, ?, ? from documents where id = ? and version = ?`,
		write.text.length,
		write.chunks.length,
		JSON.stringify(write.pages),
		addText(database, write.text),
		document,
		version,
	);
}

function addVectorsOfWrite(database: Database, write: DocumentWrite, rows: readonly number[]): void {
	for (const { space, rows: vectors } of write.vectors) {
		const number = spaceNumber(database, write.collection, space);
		for (const [index, vector] of vectors.entries()) putVector(database, number, rows[index] as number, vector);
	}
}

/** See `Corpus.move`. */
export function moveDocument(context: Context, id: string, source: string): Commit {
	const { database } = context;
	const { summary } = existing(database, id);
	const atSource = documentWithSource(database, summary.collection, source);
	if (atSource !== undefined && atSource !== id) throw sourceTaken(source);
	database.run('update documents set source_hash = ? where id = ?', sourceHash(source), id);
	return putCard(context, { ...summary, source });
}

/** See `Corpus.setAttributes`. */
export function setAttributes(context: Context, id: string, attributes: Attributes): Commit {
	const { summary } = existing(context.database, id);
	return putCard(context, { ...summary, attributes });
}

/** See `Corpus.setAccess`. */
export function setAccess(context: Context, id: string, readers: Readers): Commit {
	const { summary } = existing(context.database, id);
	context.database.run('update documents set readers = ? where id = ?', JSON.stringify(readers), id);
	return touchDocument(context, summary);
}

function putCard(context: Context, document: DocumentSummary): Commit {
	const { database } = context;
	eraseTexts(database, 'select card from documents where id = ?', document.id);
	const card = addText(database, JSON.stringify(toCard(document)));
	database.run('update documents set card = ? where id = ?', card, document.id);
	return touchDocument(context, document);
}

function touchDocument(context: Context, { id, version, collection }: DocumentSummary): Commit {
	const sequence = nextSequence(context);
	context.database.run('update documents set sequence = ? where id = ?', sequence, id);
	touchCollection(context.database, collection, { sequence });
	return { document: id, version, sequence };
}

/** See `Corpus.remove`. */
export function removeDocuments(context: Context, ids: readonly string[]): Receipt {
	const removed = { documents: 0, chunks: 0, vectors: 0 };
	for (const id of ids) {
		const stored = context.database.get<{ collection: string }>('select collection from documents where id = ?', id);
		if (stored === undefined) continue;
		const { chunks, vectors } = removeDocument(context, id, stored.collection);
		removed.documents++;
		removed.chunks += chunks;
		removed.vectors += vectors;
	}
	return { ...removed, at: context.now() };
}

/** Each document takes a sequence number of its own, so that a page of changes can end anywhere. */
function removeDocument(context: Context, id: string, collection: string): { chunks: number; vectors: number } {
	const { database } = context;
	const vectors = removeVectors(database, id);
	const chunks = removeChunks(database, id);
	eraseTexts(database, 'select body from versions where document = ?', id);
	eraseTexts(database, 'select card from documents where id = ?', id);
	database.run('delete from versions where document = ?', id);
	database.run('delete from documents where id = ?', id);
	const sequence = nextSequence(context);
	database.run('insert into tombstones (document, collection, sequence) values (?, ?, ?)', id, collection, sequence);
	touchCollection(database, collection, { sequence, documents: -1, chunks: -chunks });
	return { chunks, vectors };
}

/** By id, without access control. */
export function summaryOf(database: Database, id: string): DocumentSummary | null {
	const row = database.get<DocumentRow>(`${summaries} where d.id = ?`, id);
	return row === undefined ? null : toSummary(row);
}

/** By id, in the order asked; null where absent or not included in `access`. */
export function readSummaries(database: Database, ids: readonly string[], access: Access): (DocumentSummary | null)[] {
	const found = new Map<string, DocumentSummary>();
	const wanted = 'select value from json_each(?)';
	for (const row of database.all<DocumentRow>(`${summaries} where d.id in (${wanted})`, JSON.stringify(ids))) {
		const summary = toSummary(row);
		if (mayRead(access, summary.readers)) found.set(summary.id, summary);
	}
	return ids.map((id) => found.get(id) ?? null);
}

/** The document, or null when it is absent or `access` does not include it. */
export function readDocument(database: Database, id: string, access: Access): Document | null {
	const summary = summaryOf(database, id);
	if (summary === null || !mayRead(access, summary.readers)) return null;
	const version = database.get<{ text: string; pages: string }>(
		'select t.body as text, v.pages from versions v join texts t on t.id = v.body where v.document = ? and v.version = ?',
		id,
		summary.version,
	);
	if (version === undefined) {
		throw new KnowhowError('store_corrupt', `The text of document ${id} is missing.`, {
			hint: 'Ingest its source again.',
		});
	}
	return { ...summary, text: version.text, pages: JSON.parse(version.pages) as number[] };
}

/** By source, as `readDocument`. */
export function readDocumentAt(
	database: Database,
	collection: string,
	source: string,
	access: Access,
): Document | null {
	const id = documentWithSource(database, collection, source);
	return id === undefined ? null : readDocument(database, id, access);
}

/** Rows are read until `limit` of them may be read, so that a page is short only at the end. */
export function listDocuments(
	database: Database,
	collection: string,
	access: Access,
	{ after = '', limit, contains = '' }: DocumentPage & { limit: number },
): ListedDocument[] {
	const page: ListedDocument[] = [];
	const wanted = contains.toLowerCase();
	const rows = database.iterate<DocumentRow & { readonly chunks: number }>(
		`select ${columns}, v.chunks from documents d join texts card on card.id = d.card
		join versions v on v.document = d.id and v.version = d.version where d.collection = ? and d.id > ? order by d.id`,
		collection,
		after,
	);
	for (const { chunks, ...row } of rows) {
		if (!mayRead(access, JSON.parse(row.readers) as Readers)) continue;
		const summary = toSummary(row);
		if (wanted !== '' && !`${summary.title}\n${summary.source}`.toLowerCase().includes(wanted)) continue;
		page.push({ ...summary, chunks });
		if (page.length === limit) break;
	}
	return page;
}

/** See `Corpus.counts`. Lists of readers repeat, so that each is looked at once. */
export function countDocuments(
	database: Database,
	collection: string,
	access: Access,
): { documents: number; chunks: number } {
	const { documents, chunks } = collectionById(database, collection);
	if (access === 'everything') return { documents, chunks };
	const counted = { documents: 0, chunks: 0 };
	const rows = database.all<{ readers: string; documents: number; chunks: number }>(
		`select d.readers, count(*) as documents, sum(v.chunks) as chunks from documents d
		join versions v on v.document = d.id and v.version = d.version where d.collection = ? group by d.readers`,
		collection,
	);
	for (const row of rows) {
		if (!mayRead(access, JSON.parse(row.readers) as Readers)) continue;
		counted.documents += row.documents;
		counted.chunks += row.chunks;
	}
	return counted;
}

/** See `Corpus.versions`. */
export function listVersions(database: Database, document: string, access: Access): DocumentVersion[] {
	const summary = summaryOf(database, document);
	if (summary === null || !mayRead(access, summary.readers)) return [];
	return database
		.all<DocumentVersion>(
			`select v.version, v.hash, v.updated_at as updatedAt, v.characters, v.chunks, t.body as text
			from versions v left join texts t on t.id = v.body where v.document = ? order by v.version`,
			document,
		)
		.map((row) => ({ ...row }));
}

function existing(database: Database, id: string): { summary: DocumentSummary } {
	const summary = summaryOf(database, id);
	if (summary !== null) return { summary };
	throw new KnowhowError('not_found', `There is no document ${id}.`);
}

function toSummary({ card, readers, format, ...row }: DocumentRow): DocumentSummary {
	return {
		...row,
		...(JSON.parse(card) as Card),
		format: format as Format,
		readers: JSON.parse(readers) as Readers,
	};
}

function toCard({ source, title, language, date, attributes }: Card): Card {
	return { source, title, language, date, attributes };
}

function documentWithSource(database: Database, collection: string, source: string): string | undefined {
	return database.get<{ id: string }>(
		'select id from documents where collection = ? and source_hash = ?',
		collection,
		sourceHash(source),
	)?.id;
}

/** Sources are looked up by hash, so that no index holds a name that people wrote. */
function sourceHash(source: string): Uint8Array {
	return createHash('sha256').update(source).digest();
}

function sourceTaken(source: string): KnowhowError {
	return new KnowhowError('conflict', `Another document has the source ${source}.`, {
		hint: 'Read the document at that source and replace it, or choose another source.',
	});
}
