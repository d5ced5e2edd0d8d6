import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { KnowhowError } from '../core/error.ts';
import { jsonLines, readBeir } from './beir.ts';

/** What answers a query: a document, a passage, or both. */
export type Positive = {
	/** A document by its id or source, or by how its source ends; null: whichever holds the quote. */
	readonly document: string | null;
	/** Words that the passage holds; null: any passage of the document. */
	readonly quote: string | null;
	/** Above 0; larger is more relevant. */
	readonly grade: number;
};

/** A query with what is known to answer it, at least one thing. */
export type LabelledQuery = { readonly query: string; readonly positives: readonly Positive[] };

const names = z.union([z.string().min(1), z.array(z.string().min(1))]).optional();
const passage = z.object({
	document: z.string().nullish(),
	source: z.string().nullish(),
	path: z.string().nullish(),
	quote: z.string().nullish(),
	text: z.string().nullish(),
});
const passages = z.array(passage);

/** One line; keys that are not here are left alone. Of several revisions of the evidence all hold. */
const lineSchema = z
	.object({
		query: z.string().min(1).optional(),
		question: z.string().min(1).optional(),
		document: names,
		source: names,
		quote: names,
		evidence: z.union([passages, z.record(z.string(), passages)]).nullish(),
		positives: passages.nullish(),
		split: z.string().nullish(),
	})
	.refine(({ query, question }) => (query ?? question) !== undefined, 'it has neither "query" nor "question"');

export type LabelledOptions = {
	/** Only the queries of this part: `qrels/SPLIT.tsv` of a folder (default train), `"split"` of a line (default all). */
	readonly split?: string | undefined;
};

/**
 * Queries with what answers them: a folder in BEIR's layout, or JSON lines (also `.gz`) with `query` or `question` and one of `document`,
 * `source`, `quote` (a text or a list), `evidence` (`{path, quote}`), `positives` (as `collect` writes them). Queries without an answer
 * are left out. Throws `not_found`, and `invalid_data` with the line, or when nothing is left.
 */
export async function readLabelledQueries(path: string, options: LabelledOptions = {}): Promise<LabelledQuery[]> {
	const found = await stat(path).catch(() => null);
	if (found === null) throw new KnowhowError('not_found', `There is no file or folder ${path}.`);
	const all = found.isDirectory() ? await fromBeir(path, options) : await fromLines(path, options);
	const labelled = all.filter(({ positives }) => positives.length > 0);
	if (labelled.length > 0) return labelled;
	throw new KnowhowError('invalid_data', `${path} holds no query with a known answer.`, {
		hint: 'A line looks like {"query": "…", "source": "guide.md"} or {"query": "…", "quote": "words of the passage"}.',
	});
}

async function fromBeir(folder: string, { split = 'train' }: LabelledOptions): Promise<LabelledQuery[]> {
	const { queries, qrels } = await readBeir(folder, { split });
	return queries.map(({ id, text }) => ({
		query: text,
		positives: [...(qrels.get(id) ?? [])]
			.filter(([, grade]) => grade > 0)
			.map(([document, grade]) => ({ document, quote: null, grade })),
	}));
}

async function fromLines(path: string, { split }: LabelledOptions): Promise<LabelledQuery[]> {
	const labelled: LabelledQuery[] = [];
	for await (const { value } of jsonLines(path, lineSchema)) {
		if (split !== undefined && value.split !== split) continue;
		labelled.push({ query: (value.query ?? value.question)!, positives: positivesOf(value) });
	}
	return labelled;
}

function positivesOf({ document, source, quote, evidence, positives }: z.output<typeof lineSchema>): Positive[] {
	const documents = [document ?? [], source ?? []].flat();
	const quotes = [quote ?? []].flat();
	const stated = Array.isArray(evidence) ? evidence : Object.values(evidence ?? {}).flat();
	const within = documents.length === 1 ? documents[0]! : null;
	return [
		...(quotes.length > 0
			? quotes.map((words) => ({ document: within, quote: words, grade: 1 }))
			: documents.map((name) => ({ document: name, quote: null, grade: 1 }))),
		...[...stated, ...(positives ?? [])].map((one) => ({
			document: one.document ?? one.source ?? one.path ?? null,
			quote: one.quote ?? one.text ?? null,
			grade: 1,
		})),
	].filter((one) => one.document !== null || one.quote !== null);
}
