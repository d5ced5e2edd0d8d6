import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Checked } from '../../collect/check.ts';
import type { Fault } from '../../collect/checks/faults.ts';
import { collect, type Collected, countsOf, versionOf } from '../../collect/collect.ts';
import type { Rejected } from '../../collect/read-examples.ts';
import type { Shares } from '../../collect/split.ts';
import type { Access } from '../../core/access.ts';
import type { DatasetSummary, Goal } from '../../core/dataset.ts';
import type { Document } from '../../core/document.ts';
import { KnowhowError } from '../../core/error.ts';
import type { Corpus } from '../../core/store.ts';
import { type CollectFrom, collectionsRead, type CollectParts, findRows } from './collect-from.ts';
import { findDataset, partsOf, saveDataset } from './datasets.ts';

export type CollectDatasetOptions = CollectFrom & {
	/** What the dataset is called; `default` when absent. */
	readonly name?: string | undefined;
	readonly goal?: Goal | undefined;
	/** The most tokens of an example; that of the goal when absent. */
	readonly maxTokens?: number | undefined;
	/** Do what is safe (docs/collect.md) before anything is left out. */
	readonly fix?: boolean | undefined;
	/** 1 when absent. */
	readonly seed?: number | undefined;
	readonly shares?: Shares | undefined;
	/** Where rows that are left out go, with the reasons; `NAME.rejected.jsonl` when absent. Written only when there are any. */
	readonly rejects?: string | undefined;
};

export type CollectReport = {
	/** Null when no example is left. */
	readonly dataset: DatasetSummary | null;
	/** False when the same examples had been collected before, in the same parts. */
	readonly isNew: boolean;
	readonly faults: readonly Fault[];
	readonly rejected: number;
	/** The file of the rows that were left out; null when there were none. */
	readonly rejects: string | null;
	readonly rewritten: number;
	readonly tokens: Checked['tokens'];
	readonly labels: Checked['labels'];
};

const defaultSeed = 1;
const namePattern = /^[a-z0-9][a-z0-9._-]{0,63}$/i;

/** Finds rows, checks, mends and divides them, and stores the dataset. Throws `invalid_argument`, `not_found`, `invalid_data`. */
export async function collectDataset(parts: CollectParts, options: CollectDatasetOptions): Promise<CollectReport> {
	const collections = await collectionsRead(parts, options);
	const { name = 'default', seed = defaultSeed, goal = null } = options;
	if (!namePattern.test(name)) {
		throw new KnowhowError('invalid_argument', `"${name}" cannot be the name of a dataset.`, {
			hint: 'Use letters, digits, dots, hyphens and underscores.',
		});
	}
	const { records, corpus } = parts.store;
	const { found, madeOf } = await findRows({ ...parts, collections }, options);
	const parent = await findDataset(records, name);
	const collected = await collect(found, {
		goal,
		maxTokens: options.maxTokens,
		fix: options.fix,
		seed,
		shares: options.shares,
		before: await partsOf(records, parent),
		document: lookup(corpus, options.access ?? 'everything'),
	});
	const rejects = await writeRejects(
		collected.rejected,
		resolve(parts.folder, options.rejects ?? `${name}.rejected.jsonl`),
	);
	const saved = await save({ collected, name, parent, goal, seed, madeOf }, parts);
	const { faults, rejected, rewritten, tokens, labels } = collected;
	return { ...saved, faults, rejected: rejected.length, rejects, rewritten, tokens, labels };
}

type Making = Pick<DatasetSummary, 'name' | 'goal' | 'seed' | 'madeOf'> & {
	readonly collected: Collected;
	readonly parent: DatasetSummary | null;
};

async function save(
	{ collected, name, parent, ...made }: Making,
	{ store: { records }, log }: CollectParts,
): Promise<Pick<CollectReport, 'dataset' | 'isNew'>> {
	const { examples, rejected, faults } = collected;
	if (examples.length === 0) return { dataset: null, isNew: false };
	const version = versionOf(examples);
	const id = `${name}@${version}`;
	const summary = {
		id,
		name,
		version,
		at: log.now(),
		parent: parent?.id ?? null,
		...made,
		...countsOf(examples),
		rejected: rejected.length,
		faults: countCodes(faults),
		erasures: [],
	};
	const isNew = await saveDataset(records, summary, examples);
	return { dataset: await findDataset(records, id), isNew };
}

/** How often each fault was found. */
export function countCodes(faults: readonly Fault[]): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const { code } of faults) counts[code] = (counts[code] ?? 0) + 1;
	return counts;
}

/** Looks each document up once. */
export function lookup(corpus: Pick<Corpus, 'document'>, access: Access): (id: string) => Promise<Document | null> {
	const known = new Map<string, Promise<Document | null>>();
	return async (id) => {
		const found = known.get(id) ?? corpus.document(id, access);
		known.set(id, found);
		return await found;
	};
}

/** One line for each row that was left out: where it stood, why, and what it was. Null when there was none. */
export async function writeRejects(rejected: readonly Rejected[], path: string): Promise<string | null> {
	if (rejected.length === 0) return null;
	await writeFile(path, rejected.map((row) => `${JSON.stringify(row)}\n`).join(''));
	return path;
}
