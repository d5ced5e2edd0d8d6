import { create, insertMultiple, search } from '@orama/orama';
import { indexedText } from '../../src/core/document.ts';
import { dimensions, readDocuments, readVectors } from '../corpus.ts';

/** Whole words instead of prefixes: the default finds the source chunk half as often. */
const exact = true;

/** In memory; its own persistence could not be reopened at 100,000 chunks when it was tried. */
/** @type {import('./engine.ts').Engine} */
export const engine = { name: 'Orama', limit: 10_000, isPersistent: false, build, open };

let built;

/** @type {import('./engine.ts').Engine['build']} */
async function build(corpus) {
	const vectors = readVectors(corpus, 'chunks');
	const rows = [];
	for (const { first, title, tags, chunks } of readDocuments(corpus)) {
		for (const [i, text] of chunks.entries()) {
			const indexed = indexedText(title, { headings: [], text });
			rows.push({ id: String(first + i), text: indexed, tags: [...tags], vector: [...vectors[first + i]] });
		}
	}
	const began = performance.now();
	built = create({ schema: { text: 'string', tags: 'enum[]', vector: `vector[${dimensions}]` } });
	await insertMultiple(built, rows, 1000);
	return { insertMs: performance.now() - began, indexMs: 0 };
}

/** @type {import('./engine.ts').Engine['open']} */
async function open() {
	const ids = ({ hits }) => hits.map(({ id }) => Number(id));
	const where = (tag) => (tag === null ? {} : { where: { tags: { containsAny: [tag] } } });
	const near = (vector) => ({ vector: { value: [...vector], property: 'vector' }, similarity: 0 });
	const both = (text, vector, k) =>
		search(built, { mode: 'hybrid', exact, term: text, properties: ['text'], ...near(vector), limit: k });
	return {
		keyword: async (text, k, tag) =>
			ids(await search(built, { exact, term: text, properties: ['text'], limit: k, ...where(tag) })),
		vector: async (vector, k, tag) =>
			ids(await search(built, { mode: 'vector', ...near(vector), limit: k, ...where(tag) })),
		hybrid: async (text, vector, k) => ids(await both(text, vector, k)),
		texts: async (text, vector, k) => {
			const { hits } = await both(text, vector, k);
			return hits.map(({ id, document }) => ({ chunk: Number(id), text: document.text }));
		},
	};
}
