import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import { KnowhowError } from '../core/error.ts';
import { splitLines } from './split-lines.ts';

/** A retrieval dataset as BEIR lays it out (Thakur et al. 2021). */
export type BeirDataset = {
	/** The folder's name. */
	readonly name: string;
	readonly corpus: readonly { readonly id: string; readonly title: string; readonly text: string }[];
	/** In the order of the file; queries without judgements included. */
	readonly queries: readonly { readonly id: string; readonly text: string }[];
	/** Query id → document id → grade (0: judged irrelevant). */
	readonly qrels: ReadonlyMap<string, ReadonlyMap<string, number>>;
};

const id = z.union([z.string().min(1), z.int()]).transform(String);
const corpusLine = z
	.object({ _id: id, title: z.string().nullish(), text: z.string() })
	.transform(({ _id: key, title, text }) => ({ id: key, title: title ?? '', text }));
const queryLine = z.object({ _id: id, text: z.string() }).transform(({ _id: key, text }) => ({ id: key, text }));

/**
 * Reads `corpus.jsonl` and `queries.jsonl` (or `.jsonl.gz`) and `qrels/<split>.tsv`. Throws `not_found` for a missing
 * file and `invalid_data`, with file and line, for a line in another shape, an id given twice and a judgement of an
 * unknown query or document.
 */
export async function readBeir(folder: string, { split = 'test' }: { split?: string } = {}): Promise<BeirDataset> {
	const corpus: { id: string; title: string; text: string }[] = [];
	const documents = new Set<string>();
	for await (const { value, where } of jsonLines(await present(folder, 'corpus.jsonl'), corpusLine)) {
		if (documents.has(value.id)) throw invalid(where, `the document "${value.id}" was there before`);
		documents.add(value.id);
		corpus.push(value);
	}
	const queries: { id: string; text: string }[] = [];
	const asked = new Set<string>();
	for await (const { value, where } of jsonLines(await present(folder, 'queries.jsonl'), queryLine)) {
		if (asked.has(value.id)) throw invalid(where, `the query "${value.id}" was there before`);
		asked.add(value.id);
		queries.push(value);
	}
	const qrels = await readQrels(await present(folder, join('qrels', `${split}.tsv`)), { documents, queries: asked });
	return { name: basename(resolve(folder)), corpus, queries, qrels };
}

type Ids = { readonly documents: ReadonlySet<string>; readonly queries: ReadonlySet<string> };

/** Lines of query id, document id and grade, separated by tabs; the first may be a header. */
async function readQrels(path: string, { documents, queries }: Ids): Promise<Map<string, Map<string, number>>> {
	const qrels = new Map<string, Map<string, number>>();
	for await (const { text, where, line } of lines(path)) {
		const cells = text.split('\t').map((cell) => cell.trim());
		const [query = '', document = '', gradeText = ''] = cells;
		const grade = Number(gradeText);
		if (line === 1 && !Number.isFinite(grade)) continue;
		if (cells.length !== 3 || gradeText === '' || !Number.isInteger(grade)) {
			throw invalid(where, 'expected query id, document id and a whole number, separated by tabs');
		}
		if (!queries.has(query)) throw invalid(where, `there is no query "${query}"`);
		if (!documents.has(document)) throw invalid(where, `there is no document "${document}"`);
		const grades = qrels.get(query) ?? new Map<string, number>();
		qrels.set(query, grades.set(document, grade));
	}
	if (qrels.size === 0) throw new KnowhowError('invalid_data', `${path} holds no judgements.`);
	return qrels;
}

async function present(folder: string, name: string): Promise<string> {
	const candidates = name.endsWith('.jsonl') ? [name, `${name}.gz`] : [name];
	for (const candidate of candidates) {
		const path = join(folder, candidate);
		const isThere = await access(path).then(
			() => true,
			() => false,
		);
		if (isThere) return path;
	}
	throw new KnowhowError('not_found', `${folder} has no ${candidates.join(' or ')}.`, {
		hint: 'A dataset in BEIR layout has corpus.jsonl, queries.jsonl (both may end in .gz) and qrels/SPLIT.tsv.',
	});
}

type Line = { readonly text: string; readonly line: number; readonly where: string };

/** The lines of a file that are not blank, unpacked when it ends in `.gz`. */
async function* lines(path: string): AsyncGenerator<Line> {
	let line = 0;
	try {
		for await (const text of splitLines(textOf(path))) {
			line++;
			const clean = line === 1 ? text.replace(/^\uFEFF/, '') : text;
			if (clean.trim() !== '') yield { text: clean, line, where: `${path}:${line}` };
		}
	} catch (cause) {
		if (cause instanceof KnowhowError) throw cause;
		throw new KnowhowError('invalid_data', `${path} could not be read after line ${line}.`, { cause });
	}
}

function textOf(path: string): AsyncIterable<string> {
	const file = createReadStream(path);
	const input = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
	// A pipe does not pass errors on.
	if (input !== file) file.on('error', (error) => input.destroy(error));
	return input.setEncoding('utf8');
}

/** The lines of a file that are not blank, unpacked when it ends in `.gz`, each as `schema` reads it. Throws `invalid_data` with the line. */
export async function* jsonLines<T>(path: string, schema: z.ZodType<T>): AsyncGenerator<{ value: T; where: string }> {
	for await (const { text, where } of lines(path)) {
		let json: unknown;
		try {
			json = JSON.parse(text);
		} catch (cause) {
			throw invalid(where, 'is not JSON', cause);
		}
		const parsed = schema.safeParse(json);
		if (!parsed.success) {
			throw invalid(
				where,
				parsed.error.issues
					.map(({ path: at, message }) => [at.join('.'), message].filter(Boolean).join(': '))
					.join('; '),
			);
		}
		yield { value: parsed.data, where };
	}
}

function invalid(where: string, what: string, cause?: unknown): KnowhowError {
	return new KnowhowError('invalid_data', `${where}: ${what}.`, cause === undefined ? {} : { cause });
}
