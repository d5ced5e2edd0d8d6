import { MemoryVectorStore } from '@langchain/classic/vectorstores/memory';
import { Document } from '@langchain/core/documents';
import { FakeEmbeddings } from '@langchain/core/utils/testing';
import { indexedText } from '../../src/core/document.ts';
import { readDocuments, readVectors } from '../corpus.ts';

/** Vectors only, in memory. */
/** @type {import('./engine.ts').Engine} */
export const engine = { name: 'LangChain MemoryVectorStore', limit: Infinity, isPersistent: false, build, open };

let built;

/** @type {import('./engine.ts').Engine['build']} */
async function build(corpus) {
	const vectors = readVectors(corpus, 'chunks');
	const began = performance.now();
	built = new MemoryVectorStore(new FakeEmbeddings());
	for (const { first, title, tags, chunks } of readDocuments(corpus)) {
		const documents = chunks.map((text, i) => {
			const metadata = { id: first + i, one: tags.includes('one'), ten: tags.includes('ten') };
			return new Document({ pageContent: indexedText(title, { headings: [], text }), metadata });
		});
		await built.addVectors(
			documents.map((_, i) => Array.from(vectors[first + i])),
			documents,
		);
	}
	return { insertMs: performance.now() - began, indexMs: 0 };
}

/** @type {import('./engine.ts').Engine['open']} */
async function open() {
	return {
		vector: async (vector, k, tag) => {
			const filter = tag === null ? undefined : (document) => document.metadata[tag];
			const found = await built.similaritySearchVectorWithScore(Array.from(vector), k, filter);
			return found.map(([document]) => document.metadata.id);
		},
	};
}
