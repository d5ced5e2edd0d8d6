import type { RemovalReceipt } from '../core/receipt.ts';
import type { Records } from '../core/store.ts';
import { eraseExamples, examplesFrom } from './datasets/datasets.ts';
import { eraseQuotes, type Log, quotingInteractions } from './interactions/interactions.ts';
import { modelsFrom } from './trained/registry.ts';

/** What was made of documents and outlives them. */
export type Traces = Pick<RemovalReceipt, 'interactions' | 'datasets' | 'models'>;

/** `folder` is the project's. */
export async function tracesOf(records: Records, documents: ReadonlySet<string>, folder: string): Promise<Traces> {
	const interactions = await quotingInteractions(records, documents);
	const datasets = await examplesFrom(records, { documents });
	const ids = new Set(datasets.map(({ dataset }) => dataset));
	return { interactions, datasets, models: await modelsFrom(folder, { documents, datasets: ids }) };
}

/** Takes the text of these documents out of kept answers and datasets. `settle` takes it off the disk. */
export async function eraseTraces(log: Pick<Log, 'records' | 'now'>, documents: ReadonlySet<string>): Promise<void> {
	await eraseQuotes(log, documents);
	await eraseExamples(log.records, { documents }, log.now());
}
