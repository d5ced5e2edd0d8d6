import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { type BeirDataset, readBeir } from '../../collect/beir.ts';
import { isBeir } from '../../collect/beir-examples.ts';
import { toContent, toExample, toPassage } from '../../collect/example.ts';
import { readLabelledQueries } from '../../collect/labelled-queries.ts';
import { readExamples } from '../../collect/read-examples.ts';
import { splitExamples } from '../../collect/split.ts';
import { type Example, type Split, splits } from '../../core/dataset.ts';
import { bareChunk, bareSummary, type DocumentSummary, indexedText } from '../../core/document.ts';
import { KnowhowError } from '../../core/error.ts';
import type { ChunkRow, Corpus, Records } from '../../core/store.ts';
import { readDataset } from '../datasets/datasets.ts';
import { answers } from './fusion-queries.ts';

/** Something that is searched and found: a chunk of the project, or a text of a dataset. */
export type Entry = {
	readonly document: DocumentSummary;
	readonly chunk: ChunkRow;
	/** What the embedder sees. */
	readonly indexed: string;
};

/** A query with what answers it, as positions of entries. */
export type JudgedQuery = {
	readonly query: string;
	readonly positives: readonly number[];
	/** Whether any chunk of the document that has the answer counts. */
	readonly byDocument: boolean;
};

/** What a retriever is trained and measured on. */
export type RetrieverData = {
	readonly name: string;
	readonly entries: readonly Entry[];
	readonly queries: Readonly<Record<Split, readonly JudgedQuery[]>>;
	/** Whether queries are tested that were given for testing; else they were held out of those for training. */
	readonly isTestGiven: boolean;
	/** For the lineage: the dataset, and the examples and documents that were learned from. */
	readonly from: {
		readonly dataset: string | null;
		readonly examples: readonly string[];
		readonly documents: readonly string[];
	};
};

/** What is held out to stop by and to measure with, of data that has no parts. */
const shares = { train: 0.7, dev: 0.15, test: 0.15 };

export type DataSource = {
	readonly corpus: Corpus;
	readonly records: Records;
	/** The id of the collection whose chunks are searched. Throws `not_found`. */
	readonly collection: () => Promise<string>;
	readonly seed: number;
};

/**
 * Reads what `train retriever --data` names: a folder in BEIR's layout with its own texts (trained on `qrels/train.tsv`, tested on
 * `qrels/test.tsv` where there is one), a file of examples, rated answers or clicks, or a dataset (`name` or `name@version`) whose passages are
 * in the collection. Throws `not_found`, and `invalid_data` when a part is empty.
 */
export async function readRetrieverData(data: string, source: DataSource): Promise<RetrieverData> {
	const found = await stat(data).catch(() => null);
	if (found?.isDirectory() && (await isBeir(data))) return await fromBeirFolder(data, source.seed);
	const entries = await readEntries(source.corpus, await source.collection());
	if (found !== null) {
		const { examples, file } = await readPairs(data);
		const parts = splitExamples(examples.map(withDocuments), { seed: source.seed, shares });
		return checked({ name: file, entries, ...judgeExamples(bySplit(examples, parts), entries), dataset: null });
	}
	const dataset = await readDataset(source.records, data);
	return checked({ name: dataset.id, entries, ...judgeExamples(dataset.examples, entries), dataset: dataset.id });
}

/** Examples that have passages, in any format; in a file of none, queries with the documents that they were answered by, such as clicks. */
async function readPairs(path: string): Promise<{ examples: readonly Example[]; file: string }> {
	try {
		const { rows, file } = await readExamples(path);
		const examples = rows.map(({ example }) => example).filter(({ positives }) => positives.length > 0);
		if (examples.length > 0) return { examples, file };
	} catch (error) {
		if (!(error instanceof KnowhowError) || error.code !== 'invalid_data') throw error;
	}
	const labelled = Map.groupBy(await readLabelledQueries(path), ({ query }) => query);
	const examples = [...labelled].map(([query, lines]) => {
		const found = lines.flatMap(({ positives }) => positives);
		const positives = found.map(({ document, quote }) => toPassage(quote ?? '', { document, version: null }));
		return toExample(toContent({ query, positives }), { origin: { kind: 'file', of: path } });
	});
	return { examples, file: basename(path) };
}

/** A document that is named by its source ties examples into a group as one that is named by id and version does. */
function withDocuments(example: Example): Example {
	const sources = example.positives.flatMap(({ document }) => (document === null ? [] : [{ document, version: 1 }]));
	return { ...example, sources };
}

function bySplit(examples: readonly Example[], parts: readonly Split[]): Record<Split, Example[]> {
	const divided: Record<Split, Example[]> = { train: [], dev: [], test: [] };
	examples.forEach((example, at) => divided[parts[at]!].push(example));
	return divided;
}

/** Every chunk of a collection, in order of its commits. */
export async function readEntries(corpus: Corpus, collection: string): Promise<Entry[]> {
	const entries: Entry[] = [];
	for (let after = 0; ;) {
		const { documents, sequence, done } = await corpus.changes(collection, after);
		for (const { summary, chunks } of documents) {
			for (const chunk of chunks) {
				entries.push({ document: summary, chunk, indexed: indexedText(summary.title, chunk) });
			}
		}
		if (done) return entries;
		after = sequence;
	}
}

type Judged = {
	readonly queries: Record<Split, JudgedQuery[]>;
	readonly learned: { readonly examples: readonly string[]; readonly documents: readonly string[] };
};

/** Examples whose passages are not among the entries are left out. */
function judgeExamples(examples: Readonly<Record<Split, readonly Example[]>>, entries: readonly Entry[]): Judged {
	const queries: Record<Split, JudgedQuery[]> = { train: [], dev: [], test: [] };
	const learned = { examples: [] as string[], documents: new Set<string>() };
	for (const split of splits) {
		for (const { id, query, positives } of examples[split]) {
			const wanted = positives.map(({ document, text }) => ({ document, quote: text || null }));
			const judged = judgeQuery(query, wanted, entries);
			if (judged === null) continue;
			queries[split].push(judged);
			if (split === 'test') continue;
			learned.examples.push(id);
			for (const at of judged.positives) learned.documents.add(entries[at]!.document.id);
		}
	}
	return { queries, learned: { examples: learned.examples, documents: [...learned.documents] } };
}

/** Null when nothing of it is among the entries. */
export function judgeQuery(
	query: string,
	wanted: readonly { readonly document: string | null; readonly quote: string | null }[],
	entries: readonly Entry[],
): JudgedQuery | null {
	const positives = entries.flatMap((entry, at) =>
		wanted.some((one) => answers(one, entry, entry.chunk)) ? [at] : [],
	);
	return positives.length === 0 ? null : { query, positives, byDocument: wanted.every(({ quote }) => quote === null) };
}

async function fromBeirFolder(folder: string, seed: number): Promise<RetrieverData> {
	const train = await readBeir(folder, { split: 'train' });
	const test = await readBeir(folder, { split: 'test' }).catch((error: unknown) => {
		if (error instanceof KnowhowError && error.code === 'not_found') return null;
		throw error;
	});
	const entries = train.corpus.map(toEntry);
	const rows = new Map(train.corpus.map(({ id }, at) => [id, at]));
	const judged = judgedIn(train, rows);
	const examples = judged.map(({ query, positives }) => {
		const passages = positives.map((at) => toPassage('', { document: entries[at]!.document.id, version: 1 }));
		return toExample(toContent({ query, positives: passages }), { origin: { kind: 'file', of: folder } });
	});
	const free = test === null ? shares : { train: shares.train + shares.test, dev: shares.dev, test: 0 };
	const parts = splitExamples(examples, { seed, shares: free });
	const queries: Record<Split, JudgedQuery[]> = { train: [], dev: [], test: test === null ? [] : judgedIn(test, rows) };
	judged.forEach((one, at) => queries[parts[at]!].push(one));
	const learned = { examples: [], documents: [] };
	const data = checked({ name: train.name, entries, queries, learned, dataset: null });
	return { ...data, isTestGiven: test !== null };
}

function judgedIn({ queries, qrels }: BeirDataset, rows: ReadonlyMap<string, number>): JudgedQuery[] {
	return queries.flatMap(({ id, text }) => {
		const relevant = [...(qrels.get(id) ?? [])].filter(([, grade]) => grade > 0);
		if (relevant.length === 0) return [];
		return [{ query: text, positives: relevant.map(([document]) => rows.get(document)!), byDocument: true }];
	});
}

function toEntry({ id, title, text }: BeirDataset['corpus'][number], at: number): Entry {
	const chunk = bareChunk(id, text, at + 1);
	return { document: bareSummary(id, title, null), chunk, indexed: title === '' ? text : `${title}\n${text}` };
}

type Unchecked = Pick<RetrieverData, 'name' | 'entries' | 'queries'> &
	Pick<Judged, 'learned'> & { readonly dataset: string | null };

function checked({ name, entries, queries, learned, dataset }: Unchecked): RetrieverData {
	const from = { dataset, ...learned };
	for (const split of ['train', 'dev'] as const) {
		if (queries[split].length > 0) continue;
		throw new KnowhowError('invalid_data', `${name} has no ${split} queries whose passage is known and found.`, {
			hint: 'Passages are looked for in the collection: ingest their documents first, and name them by source, quote or both.',
		});
	}
	return { name, entries, queries, isTestGiven: dataset !== null, from };
}
