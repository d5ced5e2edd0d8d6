import { cp } from 'node:fs/promises';
import { after } from 'node:test';
import { open } from '../src/index.ts';
import { temporaryFolder } from './run-program.ts';
import { writeSmallDocuments } from './small-documents.ts';

/** The small documents, read once for the whole test file. */
const template = await temporaryFolder();
after(async () => await template[Symbol.asyncDispose]());
await writeSmallDocuments(template.path);
{
	await using knowhow = await open(template.path, { env: {} });
	await knowhow.ingest('docs');
}

/** A folder whose project holds the small documents of `docs`: a copy, so that every test has its own. */
export async function copiedProject(): Promise<AsyncDisposable & { readonly path: string }> {
	const folder = await temporaryFolder();
	await cp(template.path, folder.path, { recursive: true });
	return folder;
}
