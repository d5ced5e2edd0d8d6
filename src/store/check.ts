import type { Problem } from '../core/store.ts';
import { type StoredChunk, chunkColumns, toChunk } from './chunks.ts';
import type { Database } from './database.ts';

const restore = 'Restore the newest backup, or remove the folder and ingest again.';
const ingest = 'Remove the document and ingest its source again.';

/** Everything that is wrong with a store: what SQLite finds, then our own laws. Reads all of it, in one snapshot. */
export function checkStore(database: Database): Problem[] {
	return database.read(() => {
		const damage = checkFile(database);
		return damage.length > 0 ? damage : [...checkRows(database), ...checkChunks(database)];
	});
}

/** The file as SQLite sees it. */
export function checkFile(database: Database): Problem[] {
	const found = database.all<{ integrity_check: string }>('pragma integrity_check');
	return found
		.filter((row) => row.integrity_check !== 'ok')
		.map((row) => ({ what: `The database file is damaged: ${row.integrity_check}`, hint: restore }));
}

/** Laws that one query each can find the breakers of. */
const laws: readonly { readonly broken: string; readonly what: string; readonly hint: string }[] = [
	{
		broken: `select "table" || ' refers to a missing row of ' || parent as name from pragma_foreign_key_check`,
		what: 'A reference leads nowhere',
		hint: restore,
	},
	{
		broken: `select name from collections c where documents <> (select count(*) from documents where collection = c.id)
			or chunks <> (select count(*) from chunks where collection = c.id)`,
		what: 'A collection counts its documents or chunks wrong',
		hint: restore,
	},
	{
		broken: `select name from collections c where sequence > (select sequence from meta)
			or sequence < (select coalesce(max(sequence), 0) from documents where collection = c.id)
			or sequence < (select coalesce(max(sequence), 0) from tombstones where collection = c.id)`,
		what: 'The sequence of a collection lags behind its documents',
		hint: restore,
	},
	{
		broken: `select name from collections c where space is not null
			and not exists (select 1 from spaces where collection = c.id and name = c.space)`,
		what: 'A collection searches a space it does not have',
		hint: 'Activate another space.',
	},
	{
		broken: `select d.id as name from documents d left join versions v on v.document = d.id and v.version = d.version
			left join texts t on t.id = v.body left join texts card on card.id = d.card
			where typeof(t.body) <> 'text' or typeof(card.body) <> 'text' or v.chunks <> (select count(*) from chunks where document = d.id)
			or v.collection <> d.collection`,
		what: 'A document lacks its text or some chunks',
		hint: ingest,
	},
	{
		broken: `select d.id as name from documents d join tombstones t on t.document = d.id`,
		what: 'A document is there and removed at once',
		hint: ingest,
	},
	{
		broken: `select c.row as name from chunks c left join documents d on d.id = c.document and d.collection = c.collection
			and d.version = c.version left join texts t on t.id = c.body where d.id is null or typeof(t.body) <> 'text'`,
		what: 'A chunk is not of the current version of its document',
		hint: ingest,
	},
	{
		broken: `select v.chunk as name from vectors v left join chunks c on c.row = v.chunk
			left join spaces s on s.number = v.space and s.collection = c.collection
			left join embeddings e on e.id = v.body where s.number is null or octet_length(e.body) is not 4 * s.dimensions`,
		what: 'A vector has the wrong dimensions or no space',
		hint: 'Drop the space and embed again.',
	},
	{
		broken: `select r.kind || ' ' || r.id as name from records r left join texts t on t.id = r.body
			where not coalesce(json_valid(t.body), 0)`,
		what: 'A record is not JSON',
		hint: restore,
	},
	{
		broken: `select id as name from texts where typeof(body) = 'text' and id not in (
			select card from documents union all select body from versions where body is not null
			union all select body from chunks union all select body from records
			union all select spec from jobs union all select outcome from jobs where outcome is not null
			union all select body from job_events)`,
		what: 'A text belongs to nothing',
		hint: restore,
	},
];

function checkRows(database: Database): Problem[] {
	return laws.flatMap(({ broken, what, hint }) =>
		database.all<{ name: string | number }>(broken).map(({ name }) => ({ what: `${what}: ${name}.`, hint })),
	);
}

/** `chunk.text === document.text.slice(start, end)`, counted in UTF-16 units, which SQL cannot. */
function checkChunks(database: Database): Problem[] {
	const problems: Problem[] = [];
	let document: { id: string; text: string } | undefined;
	const rows = database.iterate<StoredChunk>(
		`select ${chunkColumns} from chunks c join texts t on t.id = c.body order by c.document, c.start_offset`,
	);
	for (const row of rows) {
		if (document?.id !== row.document) document = { id: row.document, text: textOf(database, row.document) };
		const { id, text, start, end } = toChunk(row);
		if (text !== document.text.slice(start, end)) {
			problems.push({ what: `A chunk is not that part of its document: ${id}.`, hint: ingest });
		}
	}
	return problems;
}

function textOf(database: Database, document: string): string {
	const row = database.get<{ body: unknown }>(
		`select t.body from documents d join versions v on v.document = d.id and v.version = d.version
		join texts t on t.id = v.body where d.id = ?`,
		document,
	);
	return typeof row?.body === 'string' ? row.body : '';
}
