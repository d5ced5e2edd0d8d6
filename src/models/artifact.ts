import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, open, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { KnowhowError } from '../core/error.ts';
import type { TrainedModel, Weight } from '../core/trainer.ts';
import { parseSafetensors, type Tensor, writeSafetensors } from './safetensors.ts';

const manifestFile = 'manifest.json';
const weightsFile = 'weights.safetensors';

const manifestSchema = z.object({
	/** `kind-hash`: equal ids are equal bytes. */
	id: z.string().regex(/^[a-z][a-z-]*-[0-9a-f]{12}$/),
	kind: z.string(),
	/** Of the folder's layout. */
	format: z.literal(1),
	settings: z.record(z.string(), z.unknown()),
	/** Hash of the data, base model, seed and training settings. */
	lineage: z.record(z.string(), z.unknown()),
	metrics: z.record(z.string(), z.unknown()),
	/** SHA-256 of every other file. */
	files: z.record(z.string(), z.string()),
	/** When its training ended, milliseconds since the epoch, and how long it took: the two things that two equal trainings do not share. */
	createdAt: z.number(),
	tookMs: z.number(),
});

/** What describes a trained model; its presence in a folder means that the folder is complete. */
export type Manifest = z.output<typeof manifestSchema>;

export type Artifact = {
	readonly manifest: Manifest;
	readonly weights: ReadonlyMap<string, Tensor>;
	/** Files of lines, by name. */
	readonly texts: Readonly<Record<string, string>>;
};

/**
 * Writes a trained model to `<models>/<id>/`: into a temporary folder first, synced, then renamed, the manifest last. The id is made
 * of everything but time, so the same model is written once. Returns its manifest.
 */
export async function writeArtifact(
	models: string,
	model: TrainedModel,
	{ createdAt, tookMs }: { readonly createdAt: number; readonly tookMs: number },
): Promise<Manifest> {
	await mkdir(models, { recursive: true });
	const temporary = await mkdtemp(join(models, '.new-'));
	try {
		await writeSafetensors(join(temporary, weightsFile), tensorsOf(model.weights));
		for (const [name, text] of Object.entries(model.texts)) await writeSynced(join(temporary, name), text);
		const files = await hashes(temporary, [weightsFile, ...Object.keys(model.texts)]);
		const { kind, settings, lineage, metrics } = model;
		const id = `${kind}-${sha256(JSON.stringify([kind, settings, lineage, files])).slice(0, 12)}`;
		const manifest: Manifest = { id, kind, format: 1, settings, lineage, metrics, files, createdAt, tookMs };
		await writeSynced(join(temporary, manifestFile), `${JSON.stringify(manifest, null, '\t')}\n`);
		await moveUnlessThere(temporary, join(models, id));
		await sync(models);
		return manifest;
	} finally {
		await rm(temporary, { recursive: true, force: true });
	}
}

/**
 * Reads a model's folder. Throws `not_found` when there is none (or it was never finished), `invalid_argument` when it is of
 * another kind, `unreadable_file` when a file is not what the manifest says.
 */
export async function readArtifact(folder: string, kind: string): Promise<Artifact> {
	const manifest = await readManifest(folder);
	if (manifest.kind !== kind) {
		throw new KnowhowError('invalid_argument', `${manifest.id} is not a ${kind} but of the kind ${manifest.kind}.`);
	}
	const found = await hashes(folder, Object.keys(manifest.files)).catch((cause: unknown) => {
		throw broken(folder, 'lacks a file that its manifest names', cause);
	});
	const wrong = Object.keys(manifest.files).find((name) => found[name] !== manifest.files[name]);
	if (wrong !== undefined) throw broken(folder, `has a ${wrong} that is not the one its manifest describes`);
	const weightsPath = join(folder, weightsFile);
	const texts = Object.keys(manifest.files).filter((name) => name !== weightsFile);
	return {
		manifest,
		weights: parseSafetensors(await readFile(weightsPath), weightsPath),
		texts: Object.fromEntries(
			await Promise.all(texts.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)),
		),
	};
}

/** Throws `not_found` and `unreadable_file`. */
export async function readManifest(folder: string): Promise<Manifest> {
	const text = await readFile(join(folder, manifestFile), 'utf8').catch(() => null);
	if (text === null) {
		throw new KnowhowError('not_found', `There is no trained model "${basename(folder)}".`, {
			hint: 'The folders of .knowhow/models are the ones there are.',
		});
	}
	try {
		return manifestSchema.parse(JSON.parse(text));
	} catch (cause) {
		throw broken(folder, 'has a manifest that is not one of this version of Knowhow', cause);
	}
}

/** A tensor of an artifact. Throws `unreadable_file` when it is missing or of another type. */
export function weightOf({ weights, manifest }: Artifact, name: string, dtype: 'F32' | 'I8'): Tensor {
	const found = weights.get(name);
	if (found?.dtype === dtype) return found;
	throw broken(manifest.id, `has no weights "${name}" (${dtype})`);
}

/** The lines of a text of an artifact. Throws `unreadable_file` when it is missing. */
export function linesOf({ texts, manifest }: Artifact, name: string): string[] {
	const text = texts[name];
	if (text === undefined) throw broken(manifest.id, `has no ${name}`);
	return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

function tensorsOf(weights: Readonly<Record<string, Weight>>): Record<string, Tensor> {
	const entries = Object.entries(weights).map(([name, { shape, numbers }]) => {
		const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
		return [name, { dtype: numbers instanceof Int8Array ? 'I8' : 'F32', shape, bytes } as const] as const;
	});
	// Those of four bytes first, so that each begins at a multiple of its size.
	return Object.fromEntries(entries.toSorted(([, a], [, b]) => (a.dtype < b.dtype ? -1 : a.dtype > b.dtype ? 1 : 0)));
}

async function hashes(folder: string, names: readonly string[]): Promise<Record<string, string>> {
	const pairs = names.toSorted().map(async (name) => [name, sha256(await readFile(join(folder, name)))] as const);
	return Object.fromEntries(await Promise.all(pairs));
}

function sha256(bytes: string | Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex');
}

async function writeSynced(path: string, text: string): Promise<void> {
	await using file = await open(path, 'w');
	await file.writeFile(text);
	await file.sync();
}

/** Equal ids are equal models: what is there already stays. */
async function moveUnlessThere(from: string, to: string): Promise<void> {
	const isThere = await readManifest(to).then(
		() => true,
		() => false,
	);
	if (isThere) return;
	await rm(to, { recursive: true, force: true });
	await sync(from);
	await rename(from, to);
}

/** Makes a folder's entries durable, where the system can. */
async function sync(folder: string): Promise<void> {
	const handle = await open(folder, 'r').catch(() => null);
	try {
		await handle?.sync();
	} catch {
		// Windows opens no folders.
	} finally {
		await handle?.close();
	}
}

function broken(folder: string, what: string, cause?: unknown): KnowhowError {
	return new KnowhowError('unreadable_file', `The model ${basename(folder)} ${what}.`, {
		...(cause === undefined ? {} : { cause }),
		hint: 'Train it again, or copy its folder again.',
	});
}
