import { isDeepStrictEqual } from 'node:util';
import type { Readers } from '../core/access.ts';
import type { Config } from '../core/config.ts';
import type { Attributes } from '../core/document.ts';
import { indexedText } from '../core/document.ts';
import type { Embedder } from '../core/embedder.ts';
import { KnowhowError } from '../core/error.ts';
import type { Corpus, DocumentWrite } from '../core/store.ts';
import { hashOf } from './ingest.ts';
import type { ParsedFile, ParsePool } from './parse-pool.ts';

export type IngestFileOptions = {
	readonly corpus: Pick<Corpus, 'documentAt' | 'replace' | 'setAccess' | 'setAttributes'>;
	/** The id of the collection. */
	readonly collection: string;
	/** What the document is called in its collection. */
	readonly source: string;
	/** Of the file; its extension says the format where the bytes do not. */
	readonly name: string;
	readonly bytes: Uint8Array;
	/** Null: keywords only. */
	readonly embedder: Embedder | null;
	readonly settings: Config['ingest'];
	readonly pool: ParsePool;
	/** What filters can name, beside what the file says of itself; these win. */
	readonly attributes: Attributes;
	/** Null: as before, and everyone when it is new. */
	readonly readers: Readers | null;
	readonly signal?: AbortSignal | undefined;
};

export type IngestedFile = {
	/** Its id. */
	readonly document: string;
	/** What the file states of itself. */
	readonly stated: Attributes;
};

/**
 * Makes one document of bytes in memory, in one commit; one that is there with the same content keeps it, and its vectors: it is
 * read for what it states of itself, so that attributes which are given no more uncover that. When the embedder fails, the document
 * is committed without vectors. Throws what parsing throws, `not_found` when the collection is gone, and the signal's reason.
 */
export async function ingestFile(options: IngestFileOptions): Promise<IngestedFile> {
	const { corpus, collection, source, name, bytes, settings, pool, signal } = options;
	if (bytes.byteLength > settings.maxFileMb * 1e6) {
		throw new KnowhowError('file_too_large', `${name} has more than ${settings.maxFileMb} MB.`);
	}
	const hash = hashOf(bytes, settings);
	const previous = await corpus.documentAt(collection, source, 'everything');
	const { html, chunkTokens } = settings;
	const file = await pool.read({ bytes, path: name, html, chunkTokens }, signal);
	const attributes = { ...file.parsed.attributes, ...options.attributes };
	if (previous?.hash === hash) {
		if (options.readers !== null) await corpus.setAccess(previous.id, options.readers);
		if (!isDeepStrictEqual(previous.attributes, attributes)) await corpus.setAttributes(previous.id, attributes);
		return { document: previous.id, stated: file.parsed.attributes };
	}
	const vectors = await vectorsOf(file, options);
	signal?.throwIfAborted();
	const { document } = await corpus.replace({
		id: previous?.id ?? null,
		expected: previous?.version ?? 0,
		collection,
		source,
		title: file.parsed.title,
		text: file.parsed.text,
		hash,
		format: file.parsed.format,
		language: file.language,
		date: file.parsed.date,
		attributes,
		readers: options.readers ?? previous?.readers ?? 'everyone',
		pages: file.parsed.pages,
		chunks: file.chunks,
		vectors,
		keepVersion: settings.keepVersions,
	});
	return { document, stated: file.parsed.attributes };
}

async function vectorsOf(
	{ parsed, chunks }: ParsedFile,
	{ embedder, signal }: IngestFileOptions,
): Promise<DocumentWrite['vectors']> {
	if (embedder === null) return [];
	const texts = chunks.map((each) => indexedText(parsed.title, each));
	const { id, space, dimensions } = embedder;
	try {
		return [{ space: { space, embedder: id, dimensions }, rows: await embedder.embed(texts, 'passage', signal) }];
	} catch (error) {
		signal?.throwIfAborted();
		if (!(error instanceof KnowhowError) || error.code !== 'embedder_failed') throw error;
		return [];
	}
}
