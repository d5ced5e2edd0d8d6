import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { DocumentSummary } from './document.ts';
import { filterLimits, parseFilter, testOf, type Filter } from './filter.ts';

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

function matches(filter: Filter, of: DocumentSummary): boolean {
	return testOf(filter)(of);
}

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

test('an attribute goes before the built-in key of its name', () => {
	const own: DocumentSummary = {
		...document,
		attributes: { date: 1672531200, source: 'crm', document: 'd', format: true },
	};
	const cases: [Filter, boolean][] = [
		[{ type: 'gte', key: 'date', value: 1600000000 }, true],
		[{ type: 'eq', key: 'date', value: '2025-03-01' }, false],
		[{ type: 'in', key: 'source', value: ['crm'] }, true],
		[{ type: 'eq', key: 'document', value: 'd' }, true],
		[{ type: 'nin', key: 'format', value: ['markdown'] }, true],
		[{ type: 'eq', key: 'title', value: 'Plans' }, true],
	];
	for (const [filter, expected] of cases) assert.equal(matches(filter, own), expected, JSON.stringify(filter));
});

test('a filter has limits, named when it breaks one', () => {
	const { parts, values, characters, levels } = filterLimits;
	const leaf: Filter = { type: 'eq', key: 'a', value: 'b' };
	const many = (count: number): Filter => ({ type: 'or', filters: Array.from({ length: count - 1 }, () => leaf) });
	const list = (count: number): Filter => ({ type: 'in', key: 'a', value: Array.from({ length: count }, (_, i) => i) });
	const long = (length: number): Filter => ({ type: 'ne', key: 'a', value: 'x'.repeat(length - 1) });
	const deep = (level: number): Filter => (level === 1 ? leaf : { type: 'and', filters: [deep(level - 1)] });
	const limits = [
		[many, parts],
		[list, values],
		[long, characters],
		[deep, levels],
	] as const;
	for (const [make, most] of limits) {
		assert.deepEqual(parseFilter(make(most)), make(most));
		const named = { code: 'invalid_filter', message: new RegExp(`more than ${most} `), details: { param: 'filters' } };
		assert.throws(() => parseFilter(make(most + 1), 'filters'), named);
	}
	const lists: Filter = { type: 'and', filters: [list(values / 2), list(values / 2 + 1)] };
	assert.throws(() => parseFilter(lists), { code: 'invalid_filter' });
});
