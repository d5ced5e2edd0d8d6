import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bareSummary, type DocumentSummary } from '../core/document.ts';
import type { ChunkRow } from '../core/store.ts';
import { MemoryIndex } from './memory-index.ts';
import { occurrencesInDigest, occurrencesInText } from './occurrences.ts';

/** Plain words, stems that meet, identifiers, elisions, numbers with commas, camel case, words of two alphabets. */
const vocabulary =
	"refund refunds refunded the PX-1200/B px1200b getUserName getusername don't 1,200.50 ERR_1042 C++ é café 東京都庁 Häuser".split(
		' ',
	);
const line = fc
	.array(fc.tuple(fc.constantFrom(...vocabulary), fc.constantFrom(' ', ' ', '\n', ', ')), { maxLength: 30 })
	.map((parts) => parts.flat().join(''));
const document = fc.record({
	title: line,
	source: fc.constantFrom('a/refunds PX-1200.md', 'b.md', 'c/getUserName.ts'),
	language: fc.constantFrom('en', 'de', null),
	isRemoved: fc.boolean(),
	chunks: fc.array(fc.record({ headings: fc.array(line, { maxLength: 2 }), text: line, isNamed: fc.boolean() }), {
		maxLength: 4,
	}),
});

test('what an index keeps of a chunk shows the words of a query where cutting its text shows them', () => {
	let compared = 0;
	fc.assert(
		fc.property(fc.array(document, { maxLength: 5 }), fc.nat(5), line, (documents, merged, query) => {
			let index = new MemoryIndex();
			const rows = new Map<number, { summary: DocumentSummary; chunk: ChunkRow }>();
			documents.forEach(({ title, source, language, isRemoved, chunks }, i) => {
				const summary = { ...bareSummary(`d${i}`, title, language), source };
				const put = chunks.map(({ headings, text, isNamed }, at): ChunkRow => {
					const place = { document: summary.id, version: 1, start: 0, end: text.length, page: null };
					const row = i * 100 + at + 1;
					return { ...place, id: `${row}`, row, text, headings: isNamed ? [title, ...headings] : headings };
				});
				index.put(summary, put, () => null);
				for (const chunk of put) rows.set(chunk.row, { summary, chunk });
				if (isRemoved) index.remove(summary.id);
				// Once in the middle, so that there are chunks merged, and chunks added since.
				if (i === merged) index = MemoryIndex.fromState(index.state());
			});
			for (const state of [index, MemoryIndex.fromState(index.state())]) {
				const asked = { text: query, vector: null, k: 100, filter: null, access: 'everything' } as const;
				const { candidates, terms, wanted } = state.search(asked);
				for (const { row, digest, document: found } of candidates) {
					const { chunk, summary } = rows.get(row)!;
					assert.equal(found, summary);
					const { inTitle, inText, order } = occurrencesInDigest(terms, { digest, wanted }, summary);
					const read = occurrencesInText(terms, chunk, summary);
					assert.deepEqual({ inTitle, inText, order }, { ...read });
					compared++;
				}
			}
		}),
		{ seed: 1, numRuns: 300 },
	);
	assert.ok(compared > 500, `compared ${compared}`);
});

test('occurrences are those of words within the text, a whole where its last part stands', () => {
	const index = new MemoryIndex();
	const summary = bareSummary('manual', 'Printers', 'en');
	const chunk = { id: '1', row: 1, document: 'manual', version: 1, start: 0, end: 0, page: null };
	index.put(summary, [{ ...chunk, headings: ['Paper jams'], text: 'Open the PX-1200 and open the lid.' }], () => null);
	const asked = {
		text: 'open PX-1200 jams printer manual',
		vector: null,
		k: 9,
		filter: null,
		access: 'everything',
	} as const;
	const { candidates, terms, wanted } = index.search(asked);
	const { inTitle, inText } = occurrencesInDigest(terms, { digest: candidates[0]!.digest, wanted }, summary);
	const places = terms.map(({ variants }, i) => [variants[0], inTitle[i], inText[i]]);
	assert.deepEqual(places, [
		['open', false, [0, 5]],
		['px', false, [2]],
		['1200', false, [3]],
		['px1200', false, [3]],
		['jam', true, []],
		['printer', true, []],
		['manual', true, []],
	]);
});
