import { connect, Index, rerankers } from '@lancedb/lancedb';
import { Bool, Field, FixedSizeList, Float32, Int32, Schema, Utf8 } from 'apache-arrow';
import { indexedText } from '../../src/core/document.ts';
import { dimensions, readDocuments, readVectors } from '../corpus.ts';

/** HNSW over scalar-quantised vectors, BM25 index, RRF: its fastest hybrid setting at equal recall. */
const graph = { m: 16, efConstruction: 150, numPartitions: 1, distanceType: 'cosine' };
const words = { stem: true, removeStopWords: false, withPosition: false };
const ef = 100;
const refineFactor = 2;
const rowsPerBatch = 5000;

/** @type {import('./engine.ts').Engine} */
export const engine = { name: 'LanceDB, HNSW-SQ + FTS', limit: Infinity, isPersistent: true, build, open };

/** @type {import('./engine.ts').Engine['build']} */
async function build(corpus, folder) {
	const vectors = readVectors(corpus, 'chunks');
	const schema = new Schema([
		new Field('id', new Int32()),
		new Field('text', new Utf8()),
		new Field('one', new Bool()),
		new Field('ten', new Bool()),
		new Field('vector', new FixedSizeList(dimensions, new Field('item', new Float32()))),
	]);
	const database = await connect(folder);
	let began = performance.now();
	const table = await database.createEmptyTable('chunks', schema);
	let batch = [];
	for (const { first, title, tags, chunks } of readDocuments(corpus)) {
		for (const [i, text] of chunks.entries()) {
			const own = { one: tags.includes('one'), ten: tags.includes('ten') };
			const indexed = indexedText(title, { headings: [], text });
			batch.push({ id: first + i, text: indexed, ...own, vector: vectors[first + i] });
		}
		if (batch.length < rowsPerBatch) continue;
		await table.add(batch);
		batch = [];
	}
	if (batch.length > 0) await table.add(batch);
	const insertMs = performance.now() - began;
	began = performance.now();
	await table.createIndex('text', { config: Index.fts(words) });
	await table.createIndex('vector', { config: Index.hnswSq(graph) });
	await table.createIndex('one', { config: Index.bitmap() });
	await table.createIndex('ten', { config: Index.bitmap() });
	await table.optimize();
	return { insertMs, indexMs: performance.now() - began };
}

/** @type {import('./engine.ts').Engine['open']} */
async function open(folder) {
	const database = await connect(folder);
	const table = await database.openTable('chunks');
	const fusion = await rerankers.RRFReranker.create();
	const ids = (rows) => rows.map(({ id }) => Number(id));
	const filtered = (query, tag) => (tag === null ? query : query.where(`${tag} = true`));
	const near = (vector) => table.query().nearestTo(vector).distanceType('cosine').ef(ef).refineFactor(refineFactor);
	const both = (text, vector, k, columns) =>
		near(vector)
			.fullTextSearch(text, { columns: ['text'] })
			.rerank(fusion)
			.select(columns)
			.limit(k)
			.toArray();
	return {
		keyword: async (text, k, tag) => {
			const query = filtered(table.query().fullTextSearch(text, { columns: ['text'] }), tag);
			return ids(await query.select(['id']).limit(k).toArray());
		},
		vector: async (vector, k, tag) => ids(await filtered(near(vector), tag).select(['id']).limit(k).toArray()),
		hybrid: async (text, vector, k) => ids(await both(text, vector, k, ['id'])),
		texts: async (text, vector, k) =>
			(await both(text, vector, k, ['id', 'text'])).map((row) => ({ chunk: Number(row.id), text: row.text })),
	};
}
