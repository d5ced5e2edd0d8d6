import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { DocumentSummary } from './document.ts';
import { matches, parseFilter, type Filter } from './filter.ts';

const document: DocumentSummary = {
	id: 'doc_1',
	collection: 'col_1',
	source: 'pricing/plans.md',
	title: 'Plans',
	version: 1,
	hash: '',
	format: 'markdown',
	language: 'en',
	date: '2025-03-01',
	attributes: { year: 2025, team: 'billing', public: true },
	readers: 'everyone',
	updatedAt: 0,
};

test('comparisons read attributes and built-in keys', () => {
	const cases: [Filter, boolean][] = [
		[{ type: 'eq', key: 'team', value: 'billing' }, true],
		[{ type: 'ne', key: 'team', value: 'billing' }, false],
		[{ type: 'gte', key: 'year', value: 2025 }, true],
		[{ type: 'gt', key: 'year', value: 2025 }, false],
		[{ type: 'lt', key: 'date', value: '2025-06-01' }, true],
		[{ type: 'lte', key: 'year', value: '2025' }, false],
		[{ type: 'in', key: 'format', value: ['pdf', 'markdown'] }, true],
		[{ type: 'nin', key: 'absent', value: ['x'] }, true],
		[{ type: 'in', key: 'absent', value: ['x'] }, false],
		[{ type: 'ne', key: 'absent', value: 'x' }, true],
		[{ type: 'gt', key: 'absent', value: 0 }, false],
		[{ type: 'eq', key: 'toString', value: 'x' }, false],
	];
	for (const [filter, expected] of cases) assert.equal(matches(filter, document), expected, JSON.stringify(filter));
});

test('and, or and their empty forms obey logic', () => {
	const leaf = fc.constantFrom<Filter>(
		{ type: 'eq', key: 'year', value: 2025 },
		{ type: 'eq', key: 'year', value: 1999 },
	);
	fc.assert(
		fc.property(fc.array(leaf), (filters) => {
			const each = filters.map((filter) => matches(filter, document));
			assert.equal(matches({ type: 'and', filters }, document), each.every(Boolean));
			assert.equal(matches({ type: 'or', filters }, document), each.some(Boolean));
		}),
	);
});

test('a filter in another shape is refused with an example', () => {
	for (const wrong of [
		{ type: 'like', key: 'a', value: 'b' },
		{ type: 'eq', key: 'a' },
		[],
		'x',
		{ type: 'and', filters: [{}] },
	]) {
		assert.throws(() => parseFilter(wrong), { code: 'invalid_filter' });
	}
	assert.deepEqual(parseFilter({ type: 'eq', key: 'a', value: 1 }), { type: 'eq', key: 'a', value: 1 });
});
