import type { Receipt } from '../core/receipt.ts';
import type { Corpus } from '../core/store.ts';
import { changesAfter } from './changes.ts';
import { checkWrite } from './check-write.ts';
import { chunksByRow, chunksOfDocument } from './chunks.ts';
import {
	collectionNamed,
	createCollection,
	listCollections,
	removeCollection,
	swapCollections,
} from './collections.ts';
import { checkLimit, type Context } from './context.ts';
import {
	adoptDocument,
	countDocuments,
	listDocuments,
	listVersions,
	moveDocument,
	readDocument,
	readDocumentAt,
	readSummaries,
	removeDocuments,
	replaceDocument,
	setAccess,
	setAttributes,
} from './documents.ts';
import { settle } from './settle.ts';
import {
	activate,
	addVectors,
	allVectors,
	dropSpace,
	listSpaces,
	missingVectors,
	vectorsByRow,
	vectorsOfDocument,
} from './vectors.ts';

/** The corpus in SQLite; see the contract in `core/store.ts`. Each method is one transaction around one function. */
export function createCorpus(context: Context, epoch: string): Corpus {
	const { database } = context;
	const erasing = async (remove: () => Receipt): Promise<Receipt> => {
		const receipt = database.write(remove);
		await settle(database, receipt);
		return receipt;
	};
	return {
		epoch,
		createCollection: async (name) => database.write(() => createCollection(context, name)),
		collections: async () => database.read(() => listCollections(database)),
		collection: async (name) => database.read(() => collectionNamed(database, name)),
		removeCollection: async (name) => erasing(() => removeCollection(context, name)),
		swapCollections: async (a, b) => database.write(() => swapCollections(context, a, b)),

		replace: async (write) => {
			checkWrite(write);
			return database.write(() => replaceDocument(context, write));
		},
		adopt: async ({ id, version, updatedAt, earlier, ...content }) => {
			const write = { ...content, id, expected: version - 1, vectors: [], keepVersion: false };
			checkWrite({ ...write, id: null, expected: 0 });
			return database.write(() => adoptDocument(context, write, { id, updatedAt, earlier }));
		},
		move: async (id, source) => database.write(() => moveDocument(context, id, source)),
		setAccess: async (id, readers) => database.write(() => setAccess(context, id, readers)),
		setAttributes: async (id, attributes) => database.write(() => setAttributes(context, id, attributes)),
		remove: async (ids) => erasing(() => removeDocuments(context, ids)),

		document: async (id, access) => database.read(() => readDocument(database, id, access)),
		summaries: async (ids, access) => database.read(() => readSummaries(database, ids, access)),
		documentAt: async (collection, source, access) =>
			database.read(() => readDocumentAt(database, collection, source, access)),
		documents: async (collection, access, { limit = 100, ...page } = {}) => {
			checkLimit(limit, 1000);
			return database.read(() => listDocuments(database, collection, access, { ...page, limit }));
		},
		counts: async (collection, access) => database.read(() => countDocuments(database, collection, access)),
		versions: async (document, access) => database.read(() => listVersions(database, document, access)),
		chunksOf: async (document, access) =>
			database.read(() =>
				readDocument(database, document, access) === null ? [] : chunksOfDocument(database, document),
			),
		chunks: async (rows, access) => database.read(() => chunksByRow(database, rows, access)),

		changes: async (collection, sequence, limit = 1000) => {
			checkLimit(limit, 100_000);
			return database.read(() => changesAfter(database, collection, sequence, limit));
		},
		pulse: () => database.pulse(),

		addVectors: async (collection, space, vectors) =>
			database.write(() => addVectors(context, collection, space, vectors)),
		missingVectors: async (collection, space, limit, afterRow = 0) => {
			checkLimit(limit, 100_000);
			return database.read(() => missingVectors(database, collection, space, { limit, afterRow }));
		},
		vectors: async (space, rows) => database.read(() => vectorsByRow(database, space, rows)),
		allVectors: async (collection, space, afterRow, limit) => {
			checkLimit(limit, 100_000);
			return database.read(() => allVectors(database, collection, space, afterRow, limit));
		},
		vectorsOf: async (document) => database.read(() => vectorsOfDocument(database, document)),
		activate: async (collection, space) => database.write(() => activate(context, collection, space)),
		dropSpace: async (collection, space) => erasing(() => dropSpace(context, collection, space)),
		spaces: async (collection) => database.read(() => listSpaces(database, collection)),
	};
}
