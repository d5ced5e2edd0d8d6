import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RemovalReceipt } from '../core/receipt.ts';
import type { Records } from '../core/store.ts';
import { readManifest } from '../models/artifact.ts';
import { eraseExamples, examplesFrom } from './datasets.ts';
import { eraseQuotes, type Log, quotingInteractions } from './interactions.ts';

/** What was made of documents and outlives them. */
export type Traces = Pick<RemovalReceipt, 'interactions' | 'datasets' | 'models'>;

/** `models` is the folder of trained models. */
export async function tracesOf(records: Records, documents: ReadonlySet<string>, models: string): Promise<Traces> {
	const interactions = await quotingInteractions(records, documents);
	const datasets = await examplesFrom(records, { documents });
	return { interactions, datasets, models: await modelsTrainedOn(models, datasets) };
}

/** Takes the text of these documents out of kept answers and datasets. `settle` takes it off the disk. */
export async function eraseTraces(log: Pick<Log, 'records' | 'now'>, documents: ReadonlySet<string>): Promise<void> {
	await eraseQuotes(log, documents);
	await eraseExamples(log.records, { documents }, log.now());
}

/** Models whose lineage names one of these datasets (`name@version`), wherever in it. */
async function modelsTrainedOn(folder: string, datasets: RemovalReceipt['datasets']): Promise<string[]> {
	if (datasets.length === 0) return [];
	const ids = new Set(datasets.map(({ dataset }) => dataset));
	const names: string[] = await readdir(folder).catch(() => []);
	const trained: string[] = [];
	for (const name of names.toSorted((a, b) => (a < b ? -1 : 1))) {
		// What has no manifest is not complete and serves nobody.
		const manifest = await readManifest(join(folder, name)).catch(() => null);
		if (manifest && mentions(manifest.lineage, ids)) trained.push(manifest.id);
	}
	return trained;
}

function mentions(value: unknown, ids: ReadonlySet<string>): boolean {
	if (typeof value === 'string') return ids.has(value);
	return typeof value === 'object' && value !== null && Object.values(value).some((inside) => mentions(inside, ids));
}
