import { toExample } from '../../collect/example.ts';
import type { Row } from '../../collect/read-examples.ts';
import type { Passage } from '../../core/dataset.ts';
import type { Document } from '../../core/document.ts';
import type { Corpus } from '../../core/store.ts';

/**
 * Finds the passages of examples that name their document by its source, or by the end of it, in the project: the document's id,
 * and in place of a quote the chunk that has it. A document that is not there, or of which two sources end so, stays unknown.
 */
export async function findPassages(
	rows: readonly Row[],
	documents: AsyncIterable<Document>,
	corpus: Pick<Corpus, 'chunksOf'>,
): Promise<Row[]> {
	const named = new Set(rows.flatMap(({ example }) => [...example.positives, ...example.negatives].flatMap(sourceOf)));
	if (named.size === 0) return [...rows];
	const found = await documentsBySource(named, documents);
	const place = async (passage: Passage): Promise<Passage> => {
		const [source] = sourceOf(passage);
		if (source === undefined) return passage;
		const document = found.get(source);
		return document ? await inDocument(passage, document, corpus) : { ...passage, document: null, version: null };
	};
	const placed: Row[] = [];
	for (const row of rows) {
		const { positives, negatives, sources: _, ...others } = row.example;
		const content = {
			...others,
			positives: await Promise.all(positives.map(place)),
			negatives: await Promise.all(negatives.map(place)),
		};
		const isNamed = [...positives, ...negatives].some((passage) => sourceOf(passage).length > 0);
		placed.push(isNamed ? { ...row, example: toExample(content, others) } : row);
	}
	return placed;
}

/** What a passage calls its document, unless that is an id. */
function sourceOf({ document }: Passage): string[] {
	return document === null || /^doc_[0-9a-z]+$/.test(document) ? [] : [document];
}

async function documentsBySource(
	named: ReadonlySet<string>,
	documents: AsyncIterable<Document>,
): Promise<Map<string, Document | null>> {
	const found = new Map<string, Document | null>();
	for await (const document of documents) {
		for (const source of endings(document.source)) {
			if (named.has(source)) found.set(source, found.has(source) && source !== document.source ? null : document);
		}
	}
	return found;
}

/** `a/b/c.md`, `b/c.md` and `c.md`. */
function endings(source: string): string[] {
	const parts = source.split('/');
	return parts.map((_, at) => parts.slice(at).join('/'));
}

/** A newer version without the quote keeps the version of the quote, so that the example is found to be stale. */
async function inDocument(passage: Passage, document: Document, corpus: Pick<Corpus, 'chunksOf'>): Promise<Passage> {
	const { id, version } = document;
	const quote = collapsed(passage.text);
	const chunks = await corpus.chunksOf(id, 'everything');
	const chunk = chunks.find(({ text }) => collapsed(text).includes(quote));
	if (chunk) return { text: chunk.text, document: id, version, chunk: chunk.id };
	return { ...passage, document: id, version: passage.version ?? version };
}

function collapsed(text: string): string {
	return text.replaceAll(/\s+/g, ' ').trim();
}
