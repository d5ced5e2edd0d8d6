/**
 * 1. Ask your documents: read a folder, ask a question, print the answer with its quotes.
 *
 *     npm run build && node examples/1-ask-your-documents.ts ./docs "What is the refund window?"
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { open } from 'knowhow';

const [folder = 'docs', question = 'What is the refund window?'] = process.argv.slice(2);

// A project in a temporary folder; yours would be where your documents are: open('.').
const project = await mkdtemp(join(tmpdir(), 'knowhow-example-'));
{
	await using knowhow = await open(project);
	const { added, chunks } = await knowhow.ingest(resolve(folder));
	console.log(`${added} documents, ${chunks} chunks`);

	const answer = await knowhow.ask(question);
	console.log(answer.answer);
	for (const { marker, quote, source, page } of answer.citations) {
		console.log(`${marker} "${quote}" — ${source}${page === null ? '' : `, page ${page}`}`);
	}
}
await rm(project, { recursive: true });
