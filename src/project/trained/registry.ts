import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { KnowhowError } from '../../core/error.ts';
import type { Records } from '../../core/store.ts';
import type { SystemSpec } from '../../core/system.ts';
import { mean } from '../../evaluate/metrics/mean.ts';
import { bootstrapInterval, type Interval } from '../../evaluate/statistics/bootstrap.ts';
import { type Manifest, readManifest } from '../../models/artifact.ts';
import { nearest } from '../nearest.ts';
import { listPromotions, neededModels, promoted, type Promotion, servingKinds } from './promotions.ts';
import { listSystems } from '../systems/systems.ts';
import { modelsFolder } from './training.ts';

/** A trained model of the project. */
export type ModelSummary = Pick<Manifest, 'id' | 'kind' | 'createdAt' | 'tookMs' | 'metrics'> & {
	/** Whether it serves now. */
	readonly isPromoted: boolean;
};

/** A model with where it comes from and what was done with it. */
export type ModelDetails = Manifest & {
	readonly isPromoted: boolean;
	/** Its promotions, and what replaced it, in order of time. */
	readonly promotions: readonly Promotion[];
	/** Names of the systems that ask it. */
	readonly systems: readonly string[];
};

type Parts = { readonly folder: string; readonly records: Records };

/** Trained models, newest first. */
export async function listModels({ folder, records }: Parts): Promise<ModelSummary[]> {
	const serving = await servingIds(records);
	const manifests = await Promise.all(
		(await modelIds(folder)).map((id) => readManifest(join(modelsFolder(folder), id))),
	);
	return manifests
		.map(({ id, kind, createdAt, tookMs, metrics }) => {
			return { id, kind, createdAt, tookMs, metrics, isPromoted: serving.has(id) };
		})
		.sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1));
}

/** Throws `not_found`. */
export async function showModel(parts: Parts, id: string): Promise<ModelDetails> {
	const manifest = await manifestOf(parts.folder, id);
	const promotions = await listPromotions(parts.records);
	return {
		...manifest,
		isPromoted: (await servingIds(parts.records)).has(id),
		promotions: promotions.filter(({ model, replaced }) => model === id || replaced === id),
		systems: await systemsWith(parts.records, id),
	};
}

/** The manifest of a model of the project. Throws `not_found`. */
export async function manifestOf(folder: string, id: string): Promise<Manifest> {
	const ids = await modelIds(folder);
	if (ids.includes(id)) return await readManifest(join(modelsFolder(folder), id));
	const suggestion = nearest(id, ids);
	throw new KnowhowError('not_found', `There is no trained model "${id}".`, {
		hint: suggestion ? `Did you mean "${suggestion}"?` : 'List them with `knowhow models`.',
	});
}

/** Two models of one kind beside each other. */
export type ModelComparison = {
	readonly kind: string;
	readonly models: readonly [string, string];
	/** What differs in how they were made and what they reach, by path (`settings.rate`). */
	readonly differences: readonly { readonly path: string; readonly values: readonly [unknown, unknown] }[];
	/** Second − first over the same questions, when both were measured on them; null otherwise. */
	readonly difference: { readonly mean: number; readonly interval: Interval | null; readonly questions: number } | null;
};

/** Throws `not_found`, and `invalid_argument` for models of two kinds. */
export async function compareModels(folder: string, a: string, b: string): Promise<ModelComparison> {
	const [first, second] = [await manifestOf(folder, a), await manifestOf(folder, b)];
	if (first.kind !== second.kind) {
		throw new KnowhowError('invalid_argument', `${a} is a ${first.kind} and ${b} a ${second.kind}.`);
	}
	const [left, right] = [leaves(first), leaves(second)];
	const paths = [...new Set([...left.keys(), ...right.keys()])].sort();
	return {
		kind: first.kind,
		models: [a, b],
		differences: paths.flatMap((path) => {
			const values = [left.get(path) ?? null, right.get(path) ?? null] as const;
			return JSON.stringify(values[0]) === JSON.stringify(values[1]) ? [] : [{ path, values }];
		}),
		difference: pairedDifference(first, second),
	};
}

/** Values by their path; lists are left out. */
function leaves({ settings, lineage, metrics }: Manifest): Map<string, unknown> {
	const found = new Map<string, unknown>();
	const walk = (value: unknown, path: string): void => {
		if (Array.isArray(value)) return;
		if (typeof value !== 'object' || value === null) found.set(path, value);
		else for (const [key, inner] of Object.entries(value)) walk(inner, path === '' ? key : `${path}.${key}`);
	};
	walk({ settings, lineage, metrics }, '');
	return found;
}

/** Both are held against the same base on the same questions when data and base are the same. */
function pairedDifference(a: Manifest, b: Manifest): ModelComparison['difference'] {
	const [first, second] = [a.metrics['differences'], b.metrics['differences']] as (readonly number[] | undefined)[];
	const isSame = (key: string): boolean => JSON.stringify(a.lineage[key]) === JSON.stringify(b.lineage[key]);
	if (!first || first.length !== second?.length || !isSame('data') || !isSame('base')) return null;
	const differences = second.map((value, i) => value - first[i]!);
	return { mean: mean(differences) ?? 0, interval: bootstrapInterval(differences), questions: differences.length };
}

/** Removes a model that nothing uses. Throws `not_found`, and `conflict` for one that serves or that a rollback or a system needs. */
export async function removeModel(parts: Parts, id: string): Promise<Manifest> {
	const manifest = await manifestOf(parts.folder, id);
	const systems = await systemsWith(parts.records, id);
	const needed = await neededModels(parts.records);
	if (needed.has(id) || systems.length > 0) {
		const user = needed.has(id) ? 'it serves, or a rollback leads to it' : `the system ${systems.join(', ')} asks it`;
		throw new KnowhowError('conflict', `${id} is in use: ${user}.`, {
			hint: 'Roll back or promote another one first: `knowhow models rollback`.',
		});
	}
	await rm(join(modelsFolder(parts.folder), id), { recursive: true, force: true });
	return manifest;
}

/** The models that learned from one of these datasets or documents. */
export async function modelsFrom(
	folder: string,
	{ documents, datasets }: { readonly documents: ReadonlySet<string>; readonly datasets: ReadonlySet<string> },
): Promise<string[]> {
	const found: string[] = [];
	for (const id of await modelIds(folder)) {
		const { lineage } = await readManifest(join(modelsFolder(folder), id));
		const learned = (lineage['documents'] ?? []) as readonly string[];
		const dataset = lineage['dataset'];
		if (learned.some((document) => documents.has(document)) || (typeof dataset === 'string' && datasets.has(dataset))) {
			found.push(id);
		}
	}
	return found;
}

/** Folders with a manifest, in alphabetical order. */
async function modelIds(folder: string): Promise<string[]> {
	const names = await readdir(modelsFolder(folder)).catch(() => []);
	return names.filter((name) => /^[a-z][a-z-]*-[0-9a-f]{12}$/.test(name)).sort();
}

async function servingIds(records: Records): Promise<ReadonlySet<string>> {
	const ids = await Promise.all(servingKinds.map((kind) => promoted(records, kind)));
	return new Set(ids.filter((id) => id !== null));
}

async function systemsWith(records: Records, id: string): Promise<string[]> {
	const systems = await listSystems(records);
	return systems.flatMap(({ name, spec }) => (modelsOf(spec).includes(id) ? [name] : []));
}

function modelsOf(spec: SystemSpec): (string | null | undefined)[] {
	return spec.kind === 'routed' ? [spec.router] : [spec.retrieval?.embedder, spec.retrieval?.reranker];
}
