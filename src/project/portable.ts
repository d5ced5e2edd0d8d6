import { mkdir, readFile, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { KnowhowError } from '../core/error.ts';
import type { Store } from '../core/store.ts';
import { allDocuments } from './all-documents.ts';
import { CollectionAccess } from './collection-access.ts';
import { allConversations, conversationKind } from './conversations.ts';
import { allInteractions, interactionKind, isExpired, type Log } from './interactions.ts';
import {
	documentLine,
	formatVersion,
	type Line,
	lineSchemas,
	type Manifest,
	manifestFile,
	manifestSchema,
	type PortableKind,
	portableKinds,
	readLines,
	sha256Of,
	toAdopted,
	writeLines,
} from './portable-lines.ts';

/** What moves: the documents, and what is kept of answers. */
export type Portable = { readonly store: Pick<Store, 'corpus' | 'records'>; readonly log: Log };

export type ExportReport = Readonly<Record<PortableKind, number>> & { readonly folder: string };

/** Of each kind how many were added, and how many were there: the same, or another one that was kept. */
export type ImportReport = Readonly<
	Record<PortableKind, { readonly added: number; readonly same: number; readonly kept: number }>
>;

/**
 * Writes everything to an absent or empty folder, as JSON lines and a manifest that comes last. What others write meanwhile may be
 * in it or not. Throws `already_exists` when the folder holds something.
 */
export async function exportProject(portable: Portable, folder: string): Promise<ExportReport> {
	await checkEmpty(folder);
	const partial = `${folder}.partial`;
	await rm(partial, { recursive: true, force: true });
	await mkdir(partial, { recursive: true });
	try {
		const files: Record<string, { file: string; count: number; sha256: string }> = {};
		for (const kind of portableKinds) {
			const file = `${kind}.jsonl`;
			files[kind] = { file, ...(await writeLines(join(partial, file), linesOf(kind, portable))) };
		}
		const manifest = { format: 'knowhow-export', formatVersion, createdAt: portable.log.now(), files };
		await writeFile(join(partial, manifestFile), `${JSON.stringify(manifest, null, '\t')}\n`, { flush: true });
		await rmdir(folder).catch(() => {});
		await rename(partial, folder);
		const counts = portableKinds.map((kind) => [kind, files[kind]!.count] as const);
		return { folder, ...(Object.fromEntries(counts) as Record<PortableKind, number>) };
	} finally {
		await rm(partial, { recursive: true, force: true });
	}
}

async function checkEmpty(folder: string): Promise<void> {
	const entries = await readdir(folder).catch((error: { code?: string }) => {
		if (error.code === 'ENOENT') return [];
		throw new KnowhowError('already_exists', `${folder} is not a folder.`, { cause: error });
	});
	if (entries.length === 0) return;
	throw new KnowhowError('already_exists', `${folder} is not empty.`, {
		hint: 'Name a folder that does not exist yet.',
	});
}

async function* linesOf(kind: PortableKind, portable: Portable): AsyncGenerator {
	const { corpus, records } = portable.store;
	if (kind === 'collections') {
		const grants = new CollectionAccess(portable.store);
		for (const { id, name } of await corpus.collections()) yield { name, ...(await grants.get(id)) };
	}
	if (kind === 'documents') yield* documentLines(portable);
	if (kind === 'interactions') {
		for await (const interaction of allInteractions(records)) {
			if (!isExpired(interaction.id, portable.log)) yield interaction;
		}
	}
	if (kind === 'conversations') yield* allConversations(records);
}

async function* documentLines({ store: { corpus } }: Portable): AsyncGenerator<Line<'documents'>> {
	for (const collection of await corpus.collections()) {
		for await (const { id } of allDocuments(corpus, collection.id, 'everything')) {
			const line = await documentLine(corpus, id, collection);
			if (line !== null) yield line;
		}
	}
}

export type ImportOptions = {
	/** Where the project has another document, interaction or conversation, keep it; without this that is a `conflict`. */
	readonly keepExisting?: boolean | undefined;
};

/**
 * Adds what an export holds. Everything is checked before anything is written; what is there already and the same is left, so that
 * an import that was cut short can be repeated. Throws `not_found` without an export, `invalid_data` for one that is damaged,
 * `conflict` (`details.conflicts`) when the project holds something else in the same place.
 */
export async function importProject(
	portable: Portable,
	folder: string,
	{ keepExisting = false }: ImportOptions = {},
): Promise<ImportReport> {
	const manifest = await readManifest(folder);
	await checkFiles(folder, manifest);
	const conflicts = await conflictsWith(portable, folder, manifest);
	if (conflicts.length > 0 && !keepExisting) throw conflictError(conflicts);
	const report = { collections: none(), documents: none(), interactions: none(), conversations: none() };
	for await (const { kind, line, fate } of entries(portable, folder, manifest)) {
		if (fate === 'new') await add(portable, kind, line);
		const outcome = fate === 'new' ? 'added' : fate === 'same' ? 'same' : 'kept';
		report[kind][outcome]++;
	}
	return report;
}

function none(): { added: number; same: number; kept: number } {
	return { added: 0, same: 0, kept: 0 };
}

async function readManifest(folder: string): Promise<Manifest> {
	const path = join(folder, manifestFile);
	const text = await readFile(path, 'utf8').catch((error: unknown) => {
		throw new KnowhowError('not_found', `There is no export in ${folder}.`, {
			hint: `An export is complete when it has a ${manifestFile}.`,
			cause: error,
		});
	});
	const checked = manifestSchema.safeParse(jsonOrNull(text));
	if (checked.success) return checked.data;
	throw new KnowhowError(
		'invalid_data',
		`${path} is no manifest that this version reads: ${z.prettifyError(checked.error)}`,
	);
}

function jsonOrNull(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

async function checkFiles(folder: string, { files }: Manifest): Promise<void> {
	for (const kind of portableKinds) {
		const { file, sha256 } = files[kind];
		const path = join(folder, file);
		const isOurs = file === `${kind}.jsonl`;
		const found = isOurs ? await sha256Of(path).catch(() => null) : null;
		if (found === sha256) continue;
		const what = found === null ? 'is missing' : 'is not what its manifest says';
		throw new KnowhowError('invalid_data', `${path} ${what}.`, { hint: 'Export again.' });
	}
}

/** What the project has in the place of a line: nothing, the same, or something else (said in a sentence). */
type Fate = 'new' | 'same' | { readonly conflict: string };

type Entry = { readonly kind: PortableKind; readonly line: Line<PortableKind>; readonly fate: Fate };

async function* entries(portable: Portable, folder: string, { files }: Manifest): AsyncGenerator<Entry> {
	for (const kind of portableKinds) {
		for await (const line of readLines(join(folder, files[kind].file), kind)) {
			yield { kind, line, fate: await fateOf(portable, kind, line) };
		}
	}
}

async function conflictsWith(portable: Portable, folder: string, manifest: Manifest): Promise<string[]> {
	const conflicts: string[] = [];
	for await (const { fate } of entries(portable, folder, manifest)) {
		if (typeof fate === 'object') conflicts.push(fate.conflict);
	}
	return conflicts;
}

/** Conflicts that the message names; all of them are in `details`. */
const named = 5;

function conflictError(conflicts: readonly string[]): KnowhowError {
	const more = conflicts.length > named ? ` And ${conflicts.length - named} more.` : '';
	return new KnowhowError(
		'conflict',
		`The project holds other things in the same place, and nothing was imported. ${conflicts.slice(0, named).join(' ')}${more}`,
		{
			hint: 'Keep what the project holds with --keep-existing, or import into an empty folder.',
			details: { conflicts },
		},
	);
}

async function fateOf(portable: Portable, kind: PortableKind, line: Line<PortableKind>): Promise<Fate> {
	const { corpus, records } = portable.store;
	if (kind === 'collections') {
		const { name, ...grant } = line as Line<'collections'>;
		const present = await corpus.collection(name);
		if (present === null) return 'new';
		const isSame = isEqual(await new CollectionAccess({ corpus, records }).get(present.id), grant);
		return isSame ? 'same' : { conflict: `The collection "${name}" is reached by others than in the export.` };
	}
	if (kind === 'documents') return await fateOfDocument(portable, line as Line<'documents'>);
	const { id } = line as Line<'interactions' | 'conversations'>;
	const stored = await records.get(recordKinds[kind], id);
	if (stored === null) return 'new';
	// What was stored before a field was there has its default.
	return isEqual(lineSchemas[kind].parse(stored.value), line)
		? 'same'
		: { conflict: `The ${recordKinds[kind]} ${id} differs.` };
}

async function fateOfDocument({ store: { corpus } }: Portable, line: Line<'documents'>): Promise<Fate> {
	const { id, source } = line;
	const known = await corpus.document(id, 'everything');
	if (known !== null) {
		const home = (await corpus.collections()).find((collection) => collection.id === known.collection);
		const stored = await documentLine(corpus, id, { name: home?.name ?? '' });
		return isEqual(stored, line) ? 'same' : { conflict: `The document ${id} (${source}) differs.` };
	}
	const collection = await corpus.collection(line.collection);
	const taken = collection && (await corpus.documentAt(collection.id, source, 'everything'));
	return taken ? { conflict: `"${line.collection}" has another document at ${source}: ${taken.id}.` } : 'new';
}

const recordKinds = { interactions: interactionKind, conversations: conversationKind } as const;

async function add(
	{ store: { corpus, records } }: Portable,
	kind: PortableKind,
	line: Line<PortableKind>,
): Promise<void> {
	if (kind === 'collections') {
		const { name, owner, readers } = line as Line<'collections'>;
		const { id } = await corpus.createCollection(name);
		await new CollectionAccess({ corpus, records }).set(id, { owner, readers });
	} else if (kind === 'documents') {
		const document = line as Line<'documents'>;
		const collection = await corpus.collection(document.collection);
		if (collection === null) {
			throw new KnowhowError('invalid_data', `The document ${document.id} is in a collection that the export lacks.`);
		}
		await corpus.adopt(toAdopted(document, collection.id));
	} else {
		const record = line as Line<'interactions' | 'conversations'>;
		await records.put({ kind: recordKinds[kind], id: record.id, value: record }, 0);
	}
}

/** Whether two JSON values are equal, whatever the order of their keys. */
function isEqual(a: unknown, b: unknown): boolean {
	return JSON.stringify(a, sortedKeys) === JSON.stringify(b, sortedKeys);
}

function sortedKeys(_key: string, value: unknown): unknown {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
	return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
