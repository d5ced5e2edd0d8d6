/**
 * 2. Search with filters and access: only some documents, and only those that the asker may read.
 *
 *     npm run build && node examples/2-search-with-filters-and-access.ts ./docs
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { open } from 'knowhow';

const [folder = 'docs', query = 'refund'] = process.argv.slice(2);
const project = await mkdtemp(join(tmpdir(), 'knowhow-example-'));
{
	await using knowhow = await open(project);
	await knowhow.ingest(resolve(folder));

	const all = await knowhow.search(query, { k: 3 });
	console.log(`all: ${all.hits.map(({ document }) => document.title).join(', ')}`);

	// A filter in OpenAI's shape; `and` and `or` combine them.
	const filter = { type: 'eq', key: 'format', value: 'markdown' } as const;
	const markdown = await knowhow.search(query, { k: 3, filter });
	console.log(`Markdown only: ${markdown.hits.map(({ document }) => document.title).join(', ')}`);

	// Who asks. These documents are for everyone, so that a guest sees them too.
	const guest = await knowhow.search(query, { k: 3, access: { principals: ['guest'] } });
	console.log(`as a guest: ${guest.hits.map(({ document }) => document.title).join(', ')}`);
}
await rm(project, { recursive: true });
