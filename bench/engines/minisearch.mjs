import MiniSearch from 'minisearch';
import { indexedText } from '../../src/core/document.ts';
import { readDocuments } from '../corpus.ts';

/** Keyword search only, in memory. */
/** @type {import('./engine.ts').Engine} */
export const engine = { name: 'MiniSearch', limit: Infinity, isPersistent: false, build, open };

let built;

/** @type {import('./engine.ts').Engine['build']} */
async function build(corpus) {
	const began = performance.now();
	built = new MiniSearch({ fields: ['text'], storeFields: ['one', 'ten'] });
	for (const { first, title, tags, chunks } of readDocuments(corpus)) {
		for (const [i, text] of chunks.entries()) {
			const own = { one: tags.includes('one'), ten: tags.includes('ten') };
			built.add({ id: first + i, text: indexedText(title, { headings: [], text }), ...own });
		}
	}
	return { insertMs: performance.now() - began, indexMs: 0 };
}

/** @type {import('./engine.ts').Engine['open']} */
async function open() {
	return {
		keyword: async (text, k, tag) => {
			const options = tag === null ? {} : { filter: (result) => result[tag] };
			return built
				.search(text, options)
				.slice(0, k)
				.map(({ id }) => id);
		},
	};
}
