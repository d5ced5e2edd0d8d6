import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { z } from 'zod';
import { splitLines } from '../collect/split-lines.ts';
import type { Collection } from '../core/collection.ts';
import { conversationSchema } from '../core/conversation.ts';
import { datasetSchema, exampleSchema } from '../core/dataset.ts';
import type { Document, Format } from '../core/document.ts';
import { KnowhowError } from '../core/error.ts';
import { interactionSchema } from '../core/interaction.ts';
import type { AdoptedDocument, Corpus } from '../core/store.ts';
import { systemSpecSchema } from '../core/system.ts';

/** What an export holds, a file each, in the order in which an import reads them. */
const firstKinds = ['collections', 'documents', 'interactions', 'conversations'] as const;
export const portableKinds = [...firstKinds, 'systemVersions', 'systems', 'datasets', 'fusion'] as const;
export type PortableKind = (typeof portableKinds)[number];

export const manifestFile = 'manifest.json';
export const formatVersion = 2;

const files = <K extends PortableKind>(kinds: readonly K[]) =>
	z.record(
		z.enum(kinds),
		z.strictObject({ file: z.string(), count: z.int(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
	);
const manifest = {
	format: z.literal('knowhow-export'),
	/** Milliseconds since the epoch. */
	createdAt: z.int(),
};
/** The first version had neither systems nor datasets nor learned weights. */
export const manifestSchema = z.discriminatedUnion('formatVersion', [
	z.strictObject({ ...manifest, formatVersion: z.literal(1), files: files(firstKinds) }),
	z.strictObject({ ...manifest, formatVersion: z.literal(formatVersion), files: files(portableKinds) }),
]);
export type Manifest = z.output<typeof manifestSchema>;

const attribute = z.union([z.string(), z.number(), z.boolean()]);

const readers = z.union([z.literal('everyone'), z.array(z.string())]);

/** One line of each file. */
export const lineSchemas = {
	/** Exports of earlier versions do not say who reaches a collection: everyone did. */
	collections: z.strictObject({
		name: z.string(),
		owner: z.string().nullable().default(null),
		readers: readers.default('everyone'),
	}),
	documents: z.strictObject({
		id: z.string().regex(/^doc_[0-9a-z]+$/),
		/** The collection's name. */
		collection: z.string(),
		source: z.string(),
		title: z.string(),
		format: z.string(),
		language: z.string().nullable(),
		date: z.string().nullable(),
		attributes: z.record(z.string(), attribute),
		readers,
		version: z.int().min(1),
		hash: z.string(),
		updatedAt: z.int(),
		pages: z.array(z.int().min(0)),
		text: z.string(),
		/** UTF-16 offsets into the text. */
		chunks: z.array(
			z.strictObject({
				start: z.int().min(0),
				end: z.int().min(0),
				headings: z.array(z.string()),
				page: z.int().nullable(),
			}),
		),
		/** The versions before this one; their text where it was kept. */
		earlier: z.array(
			z.strictObject({
				version: z.int().min(1),
				hash: z.string(),
				updatedAt: z.int(),
				characters: z.int().min(0),
				chunks: z.int().min(0),
				text: z.string().nullable(),
			}),
		),
	}),
	interactions: interactionSchema,
	conversations: conversationSchema,
	systemVersions: z.strictObject({ version: z.string().regex(/^[0-9a-f]{8}$/), spec: systemSpecSchema }),
	/** What a name stands for; null: what the settings say. */
	systems: z.strictObject({
		name: z.string(),
		version: z.string().nullable(),
		earlier: z.array(z.string().nullable()).readonly(),
	}),
	/** How its examples lie in records is the store's affair. */
	datasets: datasetSchema
		.unwrap()
		.omit({ pages: true })
		.extend({ examples: z.array(exampleSchema).readonly() }),
	fusion: z.strictObject({
		/** The collection's name. */
		collection: z.string(),
		vectorWeight: z.number().min(0).max(1),
		space: z.string(),
		queries: z.int(),
		before: z.number(),
		after: z.number(),
		interval: z.strictObject({ low: z.number(), high: z.number() }),
	}),
} as const;

export type Line<K extends PortableKind> = z.output<(typeof lineSchemas)[K]>;

/** A document with all that belongs to it; null when it has just gone. */
export async function documentLine(
	corpus: Corpus,
	id: string,
	collection: Pick<Collection, 'name'>,
): Promise<Line<'documents'> | null> {
	const document = await corpus.document(id, 'everything');
	if (document === null) return null;
	const chunks = await corpus.chunksOf(id, 'everything');
	const versions = await corpus.versions(id, 'everything');
	const { source, title, format, language, date, attributes, readers } = document;
	const { version, hash, updatedAt, pages, text } = document;
	return {
		id,
		collection: collection.name,
		source,
		title,
		format,
		language,
		date,
		attributes: { ...attributes },
		readers: readers === 'everyone' ? readers : [...readers],
		version,
		hash,
		updatedAt,
		pages: [...pages],
		text,
		chunks: chunks.map(({ start, end, headings, page }) => ({ start, end, headings: [...headings], page })),
		earlier: versions.filter((earlier) => earlier.version < version),
	};
}

/** What the store takes; `collection` is an id. */
export function toAdopted(line: Line<'documents'>, collection: string): AdoptedDocument {
	const { chunks, earlier, format, ...rest } = line;
	const document: Document = { ...rest, collection, format: format as Format };
	return {
		...document,
		earlier,
		chunks: chunks.map((chunk) => ({ ...chunk, text: line.text.slice(chunk.start, chunk.end) })),
	};
}

/** Writes one JSON object a line and syncs. Returns how many, and the file's SHA-256. */
export async function writeLines(
	path: string,
	values: AsyncIterable<unknown>,
): Promise<{ count: number; sha256: string }> {
	const file = await open(path, 'wx');
	const hash = createHash('sha256');
	let count = 0;
	try {
		for await (const value of values) {
			const line = `${JSON.stringify(value)}\n`;
			hash.update(line);
			await file.writeFile(line);
			count++;
		}
		await file.sync();
	} finally {
		await file.close();
	}
	return { count, sha256: hash.digest('hex') };
}

export async function sha256Of(path: string): Promise<string> {
	const hash = createHash('sha256');
	for await (const part of createReadStream(path)) hash.update(part as Buffer);
	return hash.digest('hex');
}

/** Reads the lines of a file of one kind, each checked. Throws `invalid_data`. */
export async function* readLines<K extends PortableKind>(path: string, kind: K): AsyncGenerator<Line<K>> {
	let number = 0;
	for await (const line of splitLines(createReadStream(path, 'utf8'))) {
		number++;
		yield checkedLine(line, kind, `${path}:${number}`);
	}
}

function checkedLine<K extends PortableKind>(line: string, kind: K, where: string): Line<K> {
	const value = parsed(line, where);
	const checked = lineSchemas[kind].safeParse(value);
	if (checked.success) return checked.data as Line<K>;
	// The values stay out of the message: they are what people wrote.
	const paths = checked.error.issues.map(({ path, code }) => `${path.join('.')} (${code})`);
	throw new KnowhowError('invalid_data', `${where} is no line of ${kind}: ${paths.join(', ')}.`);
}

function parsed(line: string, where: string): unknown {
	try {
		return JSON.parse(line);
	} catch {
		throw new KnowhowError('invalid_data', `${where} is not JSON.`);
	}
}
