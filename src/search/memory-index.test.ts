import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import type { DocumentSummary } from '../core/document.ts';
import type { ChunkRow } from '../core/store.ts';
import { MemoryIndex, type IndexQuery } from './memory-index.ts';

function summary(id: string, more: Partial<DocumentSummary> = {}): DocumentSummary {
	return {
		id,
		collection: 'c',
		source: `${id}.md`,
		title: '',
		version: 1,
		hash: '',
		format: 'markdown',
		language: 'en',
		date: null,
		attributes: {},
		readers: 'everyone',
		updatedAt: 0,
		...more,
	};
}

function chunk(document: string, row: number, text: string): ChunkRow {
	return {
		id: `${document}:1:0-${row}`,
		document,
		version: 1,
		start: 0,
		end: text.length,
		text,
		headings: [],
		page: null,
		row,
	};
}

function query(text: string | null, more: Partial<IndexQuery> = {}): IndexQuery {
	return { text, vector: null, k: 10, filter: null, access: 'everything', ...more };
}

function ranking(
	index: MemoryIndex,
	asked: IndexQuery,
): { row: number; keyword: number | null; vector: number | null }[] {
	return index
		.search(asked)
		.candidates.map(({ row, keyword, vector }) => ({ row, keyword, vector }))
		.sort((a, b) => (b.keyword ?? b.vector ?? 0) - (a.keyword ?? a.vector ?? 0) || a.row - b.row);
}

const vocabulary = ['refund', 'payout', 'terminal', 'dispute', 'invoice', 'webhook', 'limit', 'fee', 'card', 'token'];
const passage = fc
	.array(fc.constantFrom(...vocabulary), { minLength: 1, maxLength: 12 })
	.map((words) => words.join(' '));

test('BM25 ranks and scores as FTS5 does, given the same words', () => {
	const texts = fc.sample(passage, { numRuns: 400, seed: 7 });
	const index = new MemoryIndex({ k1: 1.2, b: 0.75 });
	const database = new DatabaseSync(':memory:');
	database.exec("create virtual table passages using fts5(text, tokenize = 'porter ascii')");
	texts.forEach((text, i) => {
		index.put(summary(`d${i}`), [chunk(`d${i}`, i + 1, text)], () => null);
		database.prepare('insert into passages(rowid, text) values (?, ?)').run(i + 1, text);
	});
	let compared = 0;
	for (const [first, second] of [
		['refund', 'fee'],
		['webhook', 'token'],
		['card', 'limit'],
	] as const) {
		const ours = ranking(index, query(`${first} ${second}`, { k: 400 }));
		const theirs = database
			.prepare('select rowid as row, -bm25(passages) as score from passages where passages match ?')
			.all(`${first} OR ${second}`) as { row: number; score: number }[];
		// FTS5: idf = ln((N − df + 0.5) / (df + 0.5)) without Lucene's "1 +", and the factor (k1 + 1). Undo both, term by term.
		const score = new Map(theirs.map(({ row, score }) => [row, score]));
		assert.equal(ours.length, theirs.length);
		for (const { row, keyword } of ours) {
			assert.ok(Math.abs(lucene(texts, row - 1, [first, second]) - keyword!) < 1e-4);
			assert.ok(Math.abs(fts5(texts, row - 1, [first, second]) - score.get(row)!) < 1e-4);
			compared++;
		}
	}
	assert.ok(compared > 300, `compared ${compared} scores`);
});

/** The formulas written plainly: they tie our scores and FTS5's to each other. */
function lucene(texts: readonly string[], at: number, terms: readonly string[]): number {
	return bm25(texts, at, terms, (n, df) => Math.log(1 + (n - df + 0.5) / (df + 0.5)));
}

function fts5(texts: readonly string[], at: number, terms: readonly string[]): number {
	return 2.2 * bm25(texts, at, terms, (n, df) => Math.max(1e-6, Math.log((n - df + 0.5) / (df + 0.5))));
}

function bm25(
	texts: readonly string[],
	at: number,
	terms: readonly string[],
	idf: (n: number, df: number) => number,
): number {
	const split = texts.map((text) => text.split(' '));
	const average = split.reduce((sum, words) => sum + words.length, 0) / split.length;
	return terms.reduce((sum, term) => {
		const tf = split[at]!.filter((word) => word === term).length;
		const df = split.filter((words) => words.includes(term)).length;
		return sum + (idf(split.length, df) * tf) / (tf + 1.2 * (0.25 + (0.75 * split[at]!.length) / average));
	}, 0);
}

test('an index that saw documents come, change and go answers like one built from what is left', () => {
	const step = fc.record({
		id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
		kind: fc.constantFrom('put', 'put', 'remove', 'compact'),
		texts: fc.array(passage, { maxLength: 4 }),
	});
	fc.assert(
		fc.property(fc.array(step, { maxLength: 25 }), passage, (steps, asked) => {
			const index = new MemoryIndex();
			const left = new Map<string, { summary: DocumentSummary; chunks: ChunkRow[] }>();
			let row = 0;
			let version = 0;
			for (const { id, kind, texts } of steps) {
				if (kind === 'compact') index.compact();
				else if (kind === 'remove') {
					index.remove(id);
					left.delete(id);
				} else {
					const written = {
						summary: summary(id, { version: ++version }),
						chunks: texts.map((text) => chunk(id, ++row, text)),
					};
					index.put(written.summary, written.chunks, vectorOf);
					left.set(id, written);
				}
			}
			const fresh = new MemoryIndex();
			for (const written of left.values()) fresh.put(written.summary, written.chunks, vectorOf);
			assert.equal(index.chunks, fresh.chunks);
			const all = query(asked, { k: 200 });
			assert.deepEqual(rounded(ranking(index, all)), rounded(ranking(fresh, all)));
			assert.deepEqual(rounded(ranking(MemoryIndex.fromState(index.state()), all)), rounded(ranking(fresh, all)));
		}),
	);
});

function vectorOf(): null {
	return null;
}

function rounded(found: { row: number; keyword: number | null }[]): unknown {
	return found.map(({ row, keyword }) => [row, keyword!.toFixed(5)].join(' ')).toSorted((a, b) => (a < b ? -1 : 1));
}

test('a caller finds nothing of documents that are not shared with one of its principals', () => {
	const readers = fc.oneof(
		fc.constant('everyone' as const),
		fc.array(fc.constantFrom('ann', 'bob', 'team'), { maxLength: 2 }),
	);
	const principals = fc.array(fc.constantFrom('ann', 'bob', 'team', 'eve'), { maxLength: 2 });
	fc.assert(
		fc.property(
			fc.array(fc.tuple(readers, passage), { minLength: 1, maxLength: 20 }),
			principals,
			passage,
			(documents, who, asked) => {
				const index = new MemoryIndex();
				documents.forEach(([access, text], i) =>
					index.put(summary(`d${i}`, { readers: access }), [chunk(`d${i}`, i + 1, text)], () => null),
				);
				const seen = index.search(query(asked, { access: { principals: who }, k: 50 })).candidates;
				for (const { document } of seen) {
					assert.ok(
						document.readers === 'everyone' || document.readers.some((reader) => (who as string[]).includes(reader)),
					);
				}
				const open = index.search(query(asked, { k: 50 })).candidates;
				const expected = open.filter(
					({ document: { readers } }) =>
						readers === 'everyone' || readers.some((reader) => (who as string[]).includes(reader)),
				);
				assert.equal(seen.length, expected.length);
			},
		),
	);
});

test('a changed summary changes what filters and access see, without a new version', () => {
	const index = new MemoryIndex();
	index.put(summary('a', { attributes: { year: 2024 } }), [chunk('a', 1, 'refund window')], () => null);
	const asked = query('refund', { filter: { type: 'eq', key: 'year', value: 2025 } });
	assert.equal(index.search(asked).candidates.length, 0);
	index.put(summary('a', { attributes: { year: 2025 } }), [], () => null);
	assert.equal(index.search(asked).candidates.length, 1);
	index.put(summary('a', { attributes: { year: 2025 }, readers: [] }), [], () => null);
	assert.equal(index.search(query('refund', { access: { principals: ['ann'] } })).candidates.length, 0);
});

test('an identifier is found whole however it is joined, and by its parts', () => {
	const index = new MemoryIndex();
	index.put(
		summary('a'),
		[chunk('a', 1, 'The PX-1200/B prints receipts.'), chunk('a', 2, 'The PX-1300/C does not.')],
		() => null,
	);
	for (const asked of ['PX-1200/B', 'px1200b', 'PX 1200 B', 'px-1200']) {
		assert.equal(ranking(index, query(asked))[0]?.row, 1, asked);
	}
});

test('a question in a language of the collection finds words through its stems', () => {
	const index = new MemoryIndex();
	index.put(summary('a', { language: 'de' }), [chunk('a', 1, 'Die Rückerstattungen dauern fünf Tage.')], () => null);
	index.put(summary('b', { language: 'en' }), [chunk('b', 2, 'Terminals are shipped within two days.')], () => null);
	assert.equal(ranking(index, query('Wie lange dauert eine Rückerstattung?'))[0]?.row, 1);
	assert.equal(ranking(index, query('shipping a terminal'))[0]?.row, 2);
});

test('a query of stop words alone still finds', () => {
	const index = new MemoryIndex();
	index.put(summary('a'), [chunk('a', 1, 'to be or not to be')], () => null);
	assert.equal(ranking(index, query('to be'))[0]?.row, 1);
});
