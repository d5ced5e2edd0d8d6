import { readFile, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { KnowhowError } from '../core/error.ts';
import { makeFolder } from '../core/folder.ts';
import { type Fate, moverOf, movers, type Portable } from './portable-kinds.ts';
import {
	formatVersion,
	type Line,
	type Manifest,
	manifestFile,
	manifestSchema,
	type PortableKind,
	portableKinds,
	readLines,
	sha256Of,
	writeLines,
} from './portable-lines.ts';

export type ExportReport = Readonly<Record<PortableKind, number>> & { readonly folder: string };

type Counts = Readonly<Record<PortableKind, { added: number; same: number; kept: number }>>;

/** Of each kind how many were added, and how many were there: the same, or another one that was kept. */
export type ImportReport = { readonly [K in PortableKind]: Readonly<Counts[K]> };

/**
 * Writes everything to an absent or empty folder, as JSON lines and a manifest that comes last. What others write meanwhile may be
 * in it or not. Throws `already_exists` when the folder holds something.
 */
export async function exportProject(portable: Portable, folder: string): Promise<ExportReport> {
	await checkEmpty(folder);
	const partial = `${folder}.partial`;
	await rm(partial, { recursive: true, force: true });
	await makeFolder(partial);
	try {
		const files: Record<string, { file: string; count: number; sha256: string }> = {};
		for (const kind of portableKinds) {
			const file = `${kind}.jsonl`;
			files[kind] = { file, ...(await writeLines(join(partial, file), movers[kind].lines(portable))) };
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
	const report = Object.fromEntries(portableKinds.map((kind) => [kind, { added: 0, same: 0, kept: 0 }])) as Counts;
	for await (const { kind, line, fate } of entries(portable, folder, manifest)) {
		if (fate === 'new') await moverOf(kind).add(portable, line);
		const outcome = fate === 'new' ? 'added' : fate === 'same' ? 'same' : 'kept';
		report[kind][outcome]++;
	}
	return report;
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
	for (const [kind, { file, sha256 }] of Object.entries(files)) {
		const path = join(folder, file);
		const isOurs = file === `${kind}.jsonl`;
		const found = isOurs ? await sha256Of(path).catch(() => null) : null;
		if (found === sha256) continue;
		const what = found === null ? 'is missing' : 'is not what its manifest says';
		throw new KnowhowError('invalid_data', `${path} ${what}.`, { hint: 'Export again.' });
	}
}

type Entry = { readonly kind: PortableKind; readonly line: Line<PortableKind>; readonly fate: Fate };

/** In the order of `portableKinds`; an export of the first version lacks some. */
async function* entries(portable: Portable, folder: string, { files }: Manifest): AsyncGenerator<Entry> {
	const known: Partial<Record<PortableKind, { readonly file: string }>> = files;
	for (const kind of portableKinds) {
		const file = known[kind]?.file;
		if (file === undefined) continue;
		for await (const line of readLines(join(folder, file), kind)) {
			yield { kind, line, fate: await moverOf(kind).fate(portable, line) };
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
