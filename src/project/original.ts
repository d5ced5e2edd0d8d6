import { resolve } from 'node:path';
import type { Document } from '../core/document.ts';
import { KnowhowError } from '../core/error.ts';
import type { Parts } from './parts.ts';
import { packageFolder } from './jobs/sample.ts';
import { readRecord } from './records.ts';
import { fileKind, fileOfSource, type StoredFile } from './uploads/stored-file.ts';

/** The bytes that a document was made of, and what they were called. */
export type Original = { readonly name: string; readonly bytes: Uint8Array };

type OriginalParts = Pick<Parts, 'folder' | 'config' | 'store'>;

/** Null when they are not at hand: a page of the web, a file that is gone or has changed, an upload that was removed. */
export async function originalOf(parts: OriginalParts, document: Document): Promise<Original | null> {
	const uploaded = fileOfSource(document.source);
	return uploaded === null ? await onDisk(parts, document) : await inBlobs(parts, uploaded);
}

async function inBlobs(
	{ store }: OriginalParts,
	{ id, name }: { readonly id: string; readonly name: string },
): Promise<Original | null> {
	const file = await readRecord<StoredFile>(store.records, fileKind, id);
	const content = file && (await store.blobs.get(file.sha256));
	return content && { name, bytes: Buffer.concat(await Array.fromAsync(content)) };
}

/** Only bytes with the hash of the document: a file that has changed since is not what was quoted. */
async function onDisk(
	{ folder, config: { ingest: settings } }: OriginalParts,
	{ source, hash }: Document,
): Promise<Original | null> {
	const [{ hashOf }, { isUrl, readBounded }] = await Promise.all([
		import('../ingest/ingest.ts'),
		import('../ingest/source.ts'),
	]);
	if (isUrl(source) || source.startsWith('stdin:')) return null;
	for (const base of [folder, packageFolder]) {
		try {
			const bytes = await readBounded(resolve(base, source), source, settings.maxFileMb * 1e6);
			if (hashOf(bytes, settings) === hash) return { name: source.split('/').at(-1) ?? source, bytes };
		} catch (error) {
			if (!(error instanceof KnowhowError)) throw error;
		}
	}
	return null;
}
