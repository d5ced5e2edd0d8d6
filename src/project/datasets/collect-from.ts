import { basename, resolve } from 'node:path';
import { fromBeir, isBeir } from '../../collect/beir-examples.ts';
import type { Found } from '../../collect/collect.ts';
import type { FormatName } from '../../collect/formats/format.ts';
import { fromDocument } from '../../collect/from-documents.ts';
import { fromInteractions, type RatedKind } from '../../collect/from-interactions.ts';
import { generateQuestions } from '../../collect/generate-questions.ts';
import { readExamples, type Row } from '../../collect/read-examples.ts';
import type { Access } from '../../core/access.ts';
import type { Config } from '../../core/config.ts';
import type { Chunk, Document } from '../../core/document.ts';
import { KnowhowError } from '../../core/error.ts';
import type { Interaction } from '../../core/interaction.ts';
import type { Store } from '../../core/store.ts';
import { allDocuments } from '../all-documents.ts';
import { findPassages } from './find-passages.ts';
import type { Generators } from '../generators.ts';
import { allInteractions, isExpired, type Log } from '../interactions/interactions.ts';
import { collectionNamed } from '../access/reach.ts';

/** What examples are made of; rated answers when nothing is named. */
export type CollectFrom = {
	/** Files in any known format, and folders in BEIR's layout. */
	readonly files?: readonly string[] | undefined;
	/** The format of the files; found by content when absent. */
	readonly format?: FormatName | undefined;
	/** Answers by their rating: `good` (rated up, corrected or with accepted citations), `up` or `corrected`. */
	readonly rated?: RatedKind | undefined;
	/** Only answers of this system, `name` or `name@version`. */
	readonly system?: string | undefined;
	/** Only answers from this moment on, milliseconds since the epoch. */
	readonly since?: number | undefined;
	/** Headings, questions and definitions of the documents. */
	readonly documents?: boolean | undefined;
	/** Questions that the configured language model asks of every passage of the documents, 1 to 10. */
	readonly generate?: number | undefined;
	/** Names of the collections whose documents are read; the setting `collection` when absent. */
	readonly collections?: readonly string[] | undefined;
	readonly access?: Access | undefined;
	readonly signal?: AbortSignal | undefined;
	/** While questions are generated. */
	readonly onProgress?: ((done: number, total: number) => void) | undefined;
};

/** What collecting works with. */
export type CollectParts = {
	readonly store: Pick<Store, 'corpus' | 'records'>;
	readonly log: Log;
	readonly folder: string;
	readonly config: Pick<Config, 'collection'>;
	/** Asked when questions are generated. */
	readonly generators: Pick<Generators, 'configured'>;
};

/** With the ids of the collections that are read. */
type ReadParts = CollectParts & { readonly collections: readonly string[] };

/**
 * The ids of the collections that `options` name; that of the settings, if it is there, when they are not asked for. Throws
 * `not_found`.
 */
export async function collectionsRead(
	{ store: { corpus }, config }: CollectParts,
	{ collections, documents, generate }: CollectFrom,
): Promise<string[]> {
	const names = collections ?? [config.collection];
	const isNeeded = documents === true || generate !== undefined || collections !== undefined;
	const found = names.map((name) => (isNeeded ? collectionNamed(corpus, name) : corpus.collection(name)));
	return (await Promise.all(found)).flatMap((collection) => collection?.id ?? []);
}

/** Every row that `options` name, and a sentence for each source. Throws `invalid_argument`, `not_found`, `invalid_data`. */
export async function findRows(
	parts: ReadParts,
	options: CollectFrom,
): Promise<{ found: Found; madeOf: readonly string[] }> {
	const { files = [], documents, generate } = options;
	const isFromLog = options.rated !== undefined || (files.length === 0 && !documents && generate === undefined);
	const all: { found: Found; from: string }[] = [];
	for (const file of files) {
		const { found, from } = await fromFile(resolve(parts.folder, file), options.format);
		const rows = await findPassages(found.rows, documentsOf(parts, 'everything'), parts.store.corpus);
		all.push({ found: { ...found, rows }, from });
	}
	if (isFromLog) all.push(await fromLog(parts, options));
	if (documents) all.push(await fromCorpus(parts, options));
	if (generate !== undefined) all.push(await fromModel(parts, { ...options, generate }));
	return {
		found: {
			rows: all.flatMap(({ found }) => found.rows),
			rejected: all.flatMap(({ found }) => found.rejected),
			faults: all.flatMap(({ found }) => found.faults),
		},
		madeOf: all.map(({ from }) => from),
	};
}

/** Examples of a file or of a folder in BEIR's layout. */
export async function fromFile(path: string, format?: FormatName): Promise<{ found: Found; from: string }> {
	if (await isBeir(path)) {
		const rows = await fromBeir(path);
		return { found: only(rows), from: `${rows.length} queries of ${basename(path)}` };
	}
	const read = await readExamples(path, { format });
	return { found: read, from: `${read.rows.length + read.rejected.length} rows of ${read.file} (${read.format})` };
}

async function fromLog({ store: { corpus, records }, log }: CollectParts, options: CollectFrom) {
	const { rated = 'good', system, since = 0, access = 'everything' } = options;
	const interactions: Interaction[] = [];
	for await (const interaction of allInteractions(records)) {
		const isOf = system === undefined || interaction.system === system || interaction.system.startsWith(`${system}@`);
		if (isOf && interaction.at >= since && !isExpired(interaction.id, log)) interactions.push(interaction);
	}
	const rows = await fromInteractions(interactions, {
		kind: rated,
		chunk: async (id) => (await corpus.chunksOf(id.split(':')[0]!, access)).find((chunk) => chunk.id === id) ?? null,
	});
	return { found: only(rows), from: `${rows.length} rated answers (${rated}) of ${interactions.length} kept` };
}

async function fromCorpus(parts: ReadParts, { access = 'everything' }: CollectFrom) {
	const rows: Row[] = [];
	let count = 0;
	for await (const document of documentsOf(parts, access)) {
		rows.push(...fromDocument(document));
		count++;
	}
	return {
		found: only(distinct(rows)),
		from: `${rows.length} headings, questions and definitions of ${count} documents`,
	};
}

async function fromModel(parts: ReadParts, options: CollectFrom & { readonly generate: number }) {
	const { access = 'everything', generate: each, signal, onProgress } = options;
	if (!Number.isInteger(each) || each < 1 || each > 10) {
		throw new KnowhowError('invalid_argument', 'Questions are generated 1 to 10 for each passage.');
	}
	const generator = await parts.generators.configured();
	if (generator === null) {
		throw new KnowhowError('invalid_argument', 'No language model is configured that could ask questions.', {
			hint: 'Name one with --model or the setting "model".',
		});
	}
	const passages = [];
	for await (const document of documentsOf(parts, access)) {
		for (const chunk of await parts.store.corpus.chunksOf(document.id, access)) passages.push(toAsked(chunk, document));
	}
	const rows = await generateQuestions(passages, { generator, each, signal, onProgress });
	return {
		found: only(distinct(rows)),
		from: `${rows.length} questions of ${generator.id} to ${passages.length} passages`,
	};
}

function toAsked(chunk: Chunk, { source, title, text }: Document) {
	return { ...chunk, source, title, line: text.slice(0, chunk.start).split('\n').length };
}

async function* documentsOf({ store: { corpus }, collections }: ReadParts, access: Access): AsyncGenerator<Document> {
	for (const collection of collections) {
		for await (const { id } of allDocuments(corpus, collection, access)) {
			const document = await corpus.document(id, access);
			if (document !== null) yield document;
		}
	}
}

/** Two documents that ask the same in the same words ("Overview") ask nothing in particular. */
function distinct(rows: readonly Row[]): Row[] {
	const byQuery = Map.groupBy(rows, ({ example }) => example.query.toLowerCase());
	return [...byQuery.values()].flatMap((same) => (same.length === 1 ? same : []));
}

function only(rows: readonly Row[]): Found {
	return { rows, rejected: [], faults: [] };
}
