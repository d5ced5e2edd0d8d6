import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { DocumentSummary } from '../core/document.ts';
import { documentFrequency } from './bm25.ts';
import { MemoryIndex } from './memory-index.ts';
import { noEntry, Postings } from './postings.ts';

const vocabulary = ['a', 'ab', 'b', 'é', 'z', '𝒳', '漢'];
/** The terms of some slots; a slot may repeat a term. */
const slots = fc.array(fc.array(fc.constantFrom(...vocabulary), { maxLength: 6 }), { maxLength: 12 });

/** Slot → frequency of a term, read through base and tail. */
function entries(postings: Postings, term: string): Map<number, number> {
	const found = new Map<number, number>();
	const at = postings.find(term);
	if (at === null) return found;
	for (let i = at.start; i < at.end; i++) found.set(at.slots[i]!, at.frequencies[i]!);
	for (let i = at.tail?.newest ?? noEntry; i !== noEntry; i = at.tail!.older[i]!) {
		found.set(at.tail!.slots[i]!, at.tail!.frequencies[i]!);
	}
	assert.equal(documentFrequency(at, null), found.size);
	return found;
}

function counted(terms: readonly string[][], term: string): Map<number, number> {
	const pairs = terms.map((list, slot) => [slot, list.filter((one) => one === term).length] as const);
	return new Map(pairs.filter(([, frequency]) => frequency > 0));
}

test('postings count what was added, before and after merging, whatever was merged before', () => {
	fc.assert(
		fc.property(slots, slots, fc.array(fc.boolean(), { minLength: 24, maxLength: 24 }), (before, after, keep) => {
			const first = new Postings();
			before.forEach((list, slot) => list.forEach((term) => first.add(first.number(term), slot)));
			const postings = new Postings(first.merge(Int32Array.from(before.keys())).postings);
			after.forEach((list, i) => list.forEach((term) => postings.add(postings.number(term), before.length + i)));
			const all = [...before, ...after];
			for (const term of vocabulary) assert.deepEqual(entries(postings, term), counted(all, term));

			let next = 0;
			const renumber = Int32Array.from(all, (_, slot) => (keep[slot]! ? next++ : -1));
			const merged = new Postings(postings.merge(renumber).postings);
			const kept = all.filter((_, slot) => keep[slot]!);
			assert.equal(merged.tailSize, 0);
			for (const term of vocabulary) assert.deepEqual(entries(merged, term), counted(kept, term));
			for (let i = 1; i < merged.base.offsets.length; i++) {
				const own = merged.base.slots.subarray(merged.base.offsets[i - 1], merged.base.offsets[i]);
				assert.deepEqual(
					[...own],
					[...own].toSorted((a, b) => a - b),
				);
			}
		}),
	);
});

test('terms keep their numbers until a merge, and what most slots have gets the lowest', () => {
	const first = new Postings();
	const before = new Map(['rare', 'common', 'gone'].map((term) => [term, first.number(term)]));
	[['rare', 'common'], ['common'], ['gone']].forEach((terms, slot) =>
		terms.forEach((term) => first.add(before.get(term)!, slot)),
	);
	const { postings, renumbered } = first.merge(Int32Array.of(0, 1, -1));
	assert.deepEqual([renumbered[before.get('common')!], renumbered[before.get('rare')!]], [0, 1]);
	const merged = new Postings(postings);
	assert.deepEqual([merged.find('common')?.number, merged.find('rare')?.number, merged.find('gone')], [0, 1, null]);
	assert.deepEqual([merged.number('rare'), merged.number('new'), merged.number('common')], [1, 2, 0]);
});

test('a frequency ends at 255', () => {
	const postings = new Postings();
	for (let i = 0; i < 300; i++) postings.add(postings.number('a'), 0);
	assert.deepEqual(entries(postings, 'a'), new Map([[0, 255]]));
});

test('the state of an index has no removed document, not even one without chunks', () => {
	const index = new MemoryIndex();
	const summary = { id: 'd', version: 1, title: 'Secret', readers: 'everyone', language: 'en' } as DocumentSummary;
	index.put(summary, [], () => null);
	index.remove('d');
	assert.deepEqual(index.state().documents, []);
});
