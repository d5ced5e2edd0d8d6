import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Example, type Split, splits } from '../core/dataset.ts';
import { toContent, toExample, toPassage } from './example.ts';
import { paraphrasePairs } from './paraphrases.ts';
import { splitExamples } from './split.ts';

const topics = [
	'refund',
	'payout',
	'terminal',
	'invoice',
	'dispute',
	'webhook',
	'battery',
	'contract',
	'receipt',
	'country',
];
const verbs = ['cancel', 'find', 'change', 'print', 'reset', 'export', 'delay', 'verify', 'translate', 'count'];

/** Queries of a small vocabulary, so that many are paraphrases, from a few documents. */
const example: fc.Arbitrary<Example> = fc
	.record({
		verb: fc.constantFrom(...verbs),
		topic: fc.constantFrom(...topics),
		form: fc.constantFrom('How do I', 'Can I', 'Please'),
		document: fc.option(fc.integer({ min: 1, max: 30 }), { nil: null }),
		group: fc.option(fc.constantFrom('ann', 'bob', 'cid', 'dan'), { nil: null, freq: 4 }),
	})
	.map(({ verb, topic, form, document, group }) => {
		const from = document === null ? {} : { document: `doc_${document}`, version: 1 };
		const content = toContent({
			query: `${form} ${verb} the ${topic}?`,
			positives: [toPassage(`About ${topic}.`, from)],
		});
		return toExample(content, { origin: { kind: 'file', of: 'x' }, group });
	});
const examples = fc.array(example, { minLength: 1, maxLength: 60 });

/** Pairs that must be in one part. */
function tied(a: Example, b: Example): boolean {
	if (a.group !== null && a.group === b.group) return true;
	if (a.sources.some(({ document }) => b.sources.some((other) => other.document === document))) return true;
	return paraphrasePairs([a.query, b.query]).length > 0;
}

describe('a split', () => {
	test('never has a document, a group or a paraphrase on two sides', () => {
		fc.assert(
			fc.property(examples, fc.nat(100), (all, seed) => {
				const parts = splitExamples(all, { seed });
				assert.equal(parts.length, all.length);
				for (const [i, a] of all.entries()) {
					for (const [j, b] of all.entries()) if (tied(a, b)) assert.equal(parts[i], parts[j], `${a.query} ${b.query}`);
				}
			}),
		);
	});

	test('is the same for the same seed, in whatever order the examples come', () => {
		fc.assert(
			fc.property(examples, fc.nat(100), (all, seed) => {
				const parts = splitExamples(all, { seed });
				assert.deepEqual(splitExamples(all.toReversed(), { seed }).reverse(), parts);
			}),
		);
	});

	test('moves no example when others are added, with the parts that were there before', () => {
		fc.assert(
			fc.property(examples, examples, fc.nat(100), (all, more, seed) => {
				const before = new Map(splitExamples(all, { seed }).map((part, at) => [all[at]!.id, part] as const));
				const together = [...all, ...more];
				const parts = splitExamples(together, { seed, before });
				// What new examples tie together must be in one part, and what was measured with is never trained on.
				for (const [at, { id }] of together.entries()) {
					const was = before.get(id);
					if (was === 'test') assert.equal(parts[at], 'test');
					if (was === 'dev') assert.notEqual(parts[at], 'train');
				}
			}),
		);
	});

	test('without ties has the shares that were asked for, and another seed another split', () => {
		const all = Array.from({ length: 1000 }, (_, at) =>
			toExample(toContent({ query: `word${at}a word${at}b word${at}c`, answer: 'x' }), {
				origin: { kind: 'file', of: 'x' },
			}),
		);
		const parts = splitExamples(all, { seed: 7, shares: { train: 0.7, dev: 0.1, test: 0.2 } });
		const counts = splits.map((split) => parts.filter((part) => part === split).length);
		assert.deepEqual(counts, [700, 100, 200]);
		assert.notDeepEqual(splitExamples(all, { seed: 8, shares: { train: 0.7, dev: 0.1, test: 0.2 } }), parts);
	});

	test('obeys the part that an example names, and leaves no part empty where there are groups enough', () => {
		const make = (query: string, split: Split | null = null) =>
			toExample(toContent({ query, answer: 'x' }), { origin: { kind: 'file', of: 'x' }, split });
		const named = [make('alpha beta', 'test'), make('beta alpha'), make('gamma delta', 'train')];
		assert.deepEqual(splitExamples(named, { seed: 1 }), ['test', 'test', 'train']);
		for (let seed = 0; seed < 50; seed++) {
			const parts = splitExamples(
				['alpha', 'beta', 'gamma', 'delta'].map((query) => make(query)),
				{ seed },
			);
			assert.deepEqual(new Set(parts), new Set(splits));
		}
		assert.deepEqual(splitExamples([make('alpha')], { seed: 3 }), ['train']);
	});
});

describe('paraphrase pairs', () => {
	test('tie together what comparing each with each ties', () => {
		const word = fc.constantFrom(...topics, ...verbs);
		const query = fc.array(word, { minLength: 1, maxLength: 7 }).map((words) => words.join(' '));
		fc.assert(
			fc.property(fc.array(query, { maxLength: 25 }), (queries) => {
				const all: [number, number][] = [];
				for (let a = 0; a < queries.length; a++) {
					for (let b = a + 1; b < queries.length; b++) if (jaccard(queries[a]!, queries[b]!) >= 0.7) all.push([a, b]);
				}
				const found = paraphrasePairs(queries);
				for (const [a, b] of found) assert.ok(jaccard(queries[a]!, queries[b]!) >= 0.7);
				assert.deepEqual(tiedTo(queries.length, found), tiedTo(queries.length, all));
			}),
		);
	});
});

function jaccard(a: string, b: string): number {
	const [x, y] = [new Set(a.split(' ')), new Set(b.split(' '))];
	const shared = [...x].filter((word) => y.has(word)).length;
	return shared / (x.size + y.size - shared);
}

/** For each item the smallest one that pairs lead to. */
function tiedTo(count: number, pairs: readonly (readonly [number, number])[]): number[] {
	const least = Array.from({ length: count }, (_, at) => at);
	for (let round = 0; round < count; round++) {
		for (const [a, b] of pairs) least[a] = least[b] = Math.min(least[a]!, least[b]!);
	}
	return least;
}
