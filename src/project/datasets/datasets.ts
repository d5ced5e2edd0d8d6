import { type Dataset, type DatasetSummary, type Example, type Split, splits } from '../../core/dataset.ts';
import { KnowhowError } from '../../core/error.ts';
import type { RemovalReceipt } from '../../core/receipt.ts';
import type { Records } from '../../core/store.ts';
import { allRecords, changeRecord, readRecord } from '../records.ts';

const datasetKind = 'dataset';
/** Examples of a dataset, so many a record that an erasure rewrites little. */
const pageKind = 'dataset-page';
const pageSize = 200;

type Page = { readonly examples: readonly Example[] };

/** Stores a dataset, its examples first: where its record is, it is complete. Returns whether it was not there before. */
export async function saveDataset(
	records: Records,
	summary: Omit<DatasetSummary, 'pages'>,
	examples: readonly Example[],
): Promise<boolean> {
	if ((await records.get(datasetKind, summary.id)) !== null) return false;
	const pages = Math.ceil(examples.length / pageSize);
	for (let page = 0; page < pages; page++) {
		const value: Page = { examples: examples.slice(page * pageSize, (page + 1) * pageSize) };
		await records.put({ kind: pageKind, id: pageId(summary.id, page), value });
	}
	await records.put({ kind: datasetKind, id: summary.id, value: { ...summary, pages } });
	return true;
}

function pageId(dataset: string, page: number): string {
	return `${dataset}:${String(page).padStart(6, '0')}`;
}

/** Newest first. */
export async function listDatasets(records: Records): Promise<DatasetSummary[]> {
	const found: DatasetSummary[] = [];
	for await (const { value } of allRecords(records, datasetKind)) found.push(value as DatasetSummary);
	return found.sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1));
}

/** By `name@version`, or by name: the newest version. Null when there is none. */
export async function findDataset(records: Records, reference: string): Promise<DatasetSummary | null> {
	if (reference.includes('@')) return await readRecord<DatasetSummary>(records, datasetKind, reference);
	return (await listDatasets(records)).find(({ name }) => name === reference) ?? null;
}

/** The whole dataset. Throws `not_found`. */
export async function readDataset(records: Records, reference: string): Promise<Dataset> {
	const summary = await findDataset(records, reference);
	if (summary === null) throw absent(reference);
	const examples: Record<Split, Example[]> = { train: [], dev: [], test: [] };
	for (let page = 0; page < summary.pages; page++) {
		const stored = await readRecord<Page>(records, pageKind, pageId(summary.id, page));
		for (const example of stored?.examples ?? []) examples[example.split ?? 'train'].push(example);
	}
	return { ...summary, examples };
}

/** Removes a version; `settle` takes its text off the disk. Throws `not_found`. */
export async function removeDataset(records: Records, reference: string): Promise<DatasetSummary> {
	const summary = await findDataset(records, reference);
	if (summary === null) throw absent(reference);
	// The record goes first: what is there without it is no dataset.
	await records.remove(datasetKind, summary.id);
	await records.removeAll(
		pageKind,
		Array.from({ length: summary.pages }, (_, page) => pageId(summary.id, page)),
	);
	return summary;
}

function absent(reference: string): KnowhowError {
	return new KnowhowError('not_found', `There is no dataset "${reference}".`, {
		hint: 'List them with `knowhow datasets`, make one with `knowhow collect`.',
	});
}

/** What examples were made of and shall be forgotten: documents, or kept answers. */
type Forgotten = { readonly documents?: ReadonlySet<string>; readonly interactions?: ReadonlySet<string> };

/** The examples that hold text of these, by dataset. */
export async function examplesFrom(records: Records, gone: Forgotten): Promise<RemovalReceipt['datasets']> {
	const found = new Map<string, string[]>();
	for await (const { id, value } of allRecords(records, pageKind)) {
		const examples = (value as Page).examples.filter((example) => isFrom(example, gone));
		if (examples.length === 0) continue;
		const dataset = id.slice(0, id.lastIndexOf(':'));
		found.set(dataset, [...(found.get(dataset) ?? []), ...examples.map((example) => example.id)]);
	}
	return [...found].map(([dataset, examples]) => ({ dataset, examples }));
}

/** Takes the examples that hold text of these out of every dataset, which records that. `settle` takes them off the disk. */
export async function eraseExamples(records: Records, gone: Forgotten, at: number): Promise<void> {
	const documents = [...(gone.documents ?? [])];
	const erased = await examplesFrom(records, gone);
	// First what the dataset says of itself, so that a kill in between leaves nothing untold; the removal can be repeated.
	for (const { dataset, examples } of erased) {
		await changeRecord<DatasetSummary>(records, { kind: datasetKind, id: dataset }, (summary) => {
			if (summary === null) return null;
			const told = new Set(summary.erasures.flatMap((erasure) => erasure.examples));
			const fresh = examples.filter((example) => !told.has(example));
			if (fresh.length === 0) return null;
			return { ...summary, erasures: [...summary.erasures, { at, documents, examples: fresh }] };
		});
	}
	const touched = new Set(erased.map(({ dataset }) => dataset));
	for await (const { id } of allRecords(records, pageKind)) {
		if (!touched.has(id.slice(0, id.lastIndexOf(':')))) continue;
		await changeRecord<Page>(records, { kind: pageKind, id }, (page) => {
			if (page === null || !page.examples.some((example) => isFrom(example, gone))) return null;
			return { examples: page.examples.filter((example) => !isFrom(example, gone)) };
		});
	}
}

function isFrom({ sources, origin }: Example, { documents, interactions }: Forgotten): boolean {
	if (origin.kind === 'interaction' && interactions?.has(origin.of)) return true;
	return sources.some(({ document }) => documents?.has(document));
}

/** The part of every example of a dataset, by its id; empty without a dataset. */
export async function partsOf(records: Records, summary: DatasetSummary | null): Promise<Map<string, Split>> {
	const parts = new Map<string, Split>();
	if (summary === null) return parts;
	const { examples } = await readDataset(records, summary.id);
	for (const split of splits) for (const { id } of examples[split]) parts.set(id, split);
	return parts;
}
