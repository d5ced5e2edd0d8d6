import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { KnowhowError } from '../../core/error.ts';
import { accuracy } from './accuracy.ts';
import { auroc } from './auroc.ts';
import { averagePrecision } from './average-precision.ts';
import { citationScore } from './citations.ts';
import { containment } from './containment.ts';
import { spending } from './cost.ts';
import { exactMatch } from './exact-match.ts';
import { fieldF1 } from './field-f1.ts';
import { parseJsonSchema } from './json-schema.ts';
import { jsonValidity } from './json-validity.ts';
import { latency } from './latency.ts';
import { macroF1, perLabel } from './macro-f1.ts';
import { mean } from './mean.ts';
import { reciprocalRank } from './mrr.ts';
import { ndcg } from './ndcg.ts';
import { precision } from './precision.ts';
import { quantile } from './quantile.ts';
import { quoteExactness } from './quote-exactness.ts';
import { rankByScore } from './rank.ts';
import { recall } from './recall.ts';
import { refusalScore } from './refusal.ts';
import { rougeL } from './rouge-l.ts';
import { tokenF1 } from './token-f1.ts';
import { identifierCorrectness, numericCorrectness } from './values.ts';

const ids = 'abcdefgh'.split('');
const judged = fc.uniqueArray(fc.tuple(fc.constantFrom(...ids), fc.integer({ min: -1, max: 3 })), {
	selector: ([id]) => id,
});
const ranking = fc.shuffledSubarray(ids);
const cut = fc.integer({ min: 0, max: 10 });
const rankingMetrics = { ndcg, recall, precision, averagePrecision, reciprocalRank };

function isShare(value: number | null): void {
	assert.ok(value === null || (value >= 0 && value <= 1 + 1e-12), `${value} is no share`);
}

describe('metrics of rankings', () => {
	test('lie between 0 and 1, and the ideal ranking has nDCG 1', () => {
		fc.assert(
			fc.property(judged, ranking, cut, (grades, order, k) => {
				const judgements = new Map(grades);
				for (const metric of Object.values(rankingMetrics)) isShare(metric(order, judgements, k));
				const ideal = grades.toSorted((a, b) => b[1] - a[1]).map(([id]) => id);
				const expected = k > 0 && ideal.some((id) => judgements.get(id)! > 0) ? 1 : 0;
				assert.ok(Math.abs(ndcg(ideal, judgements, k) - expected) < 1e-12);
			}),
		);
	});

	test('moving a relevant document one place up never makes one smaller', () => {
		fc.assert(
			fc.property(judged, ranking, cut, fc.nat(6), (grades, order, k, at) => {
				const judgements = new Map(grades);
				const lower = judgements.get(order[at + 1] ?? '') ?? 0;
				if (lower <= 0 || lower < (judgements.get(order[at]!) ?? 0)) return;
				const better = order.toSpliced(at, 2, order[at + 1]!, order[at]!);
				for (const [name, metric] of Object.entries(rankingMetrics)) {
					assert.ok(metric(better, judgements, k) >= metric(order, judgements, k) - 1e-12, name);
				}
			}),
		);
	});

	test('an unjudged document counts as one judged irrelevant, and what follows the first k counts nothing', () => {
		fc.assert(
			fc.property(judged, ranking, cut, (grades, order, k) => {
				const judgements = new Map(grades);
				const all = new Map([...ids.map((id) => [id, 0] as const), ...grades]);
				for (const metric of Object.values(rankingMetrics)) {
					const value = metric(order, judgements, k);
					assert.equal(metric(order, all, k), value);
					assert.equal(metric(order.slice(0, k), judgements, k), value);
				}
			}),
		);
	});

	test('the values of a ranking worked out by hand', () => {
		const judgements = new Map([
			['a', 2],
			['b', 1],
			['z', 1],
		]);
		const order = ['x', 'b', 'a'];
		const dcg = 1 / Math.log2(3) + 2 / Math.log2(4);
		const ideal = 2 + 1 / Math.log2(3) + 1 / Math.log2(4);
		assert.ok(Math.abs(ndcg(order, judgements, 10) - dcg / ideal) < 1e-12);
		assert.equal(recall(order, judgements, 10), 2 / 3);
		assert.equal(reciprocalRank(order, judgements, 10), 0.5);
		assert.equal(reciprocalRank(order, judgements, 1), 0);
		assert.equal(precision(order, judgements, 5), 2 / 5);
		assert.equal(averagePrecision(order, judgements), (1 / 2 + 2 / 3) / 3);
	});

	test('the order in which equal scores came does not matter, and a document counts once', () => {
		const scored = fc.array(fc.record({ id: fc.constantFrom(...ids), score: fc.constantFrom(0, 1, 1 + 1e-12, 2) }));
		fc.assert(
			fc.property(scored, (found) => {
				const order = rankByScore(found);
				assert.deepEqual(rankByScore(found.toReversed()), order);
				assert.equal(new Set(order).size, order.length);
			}),
		);
		assert.deepEqual(rankByScore(['a', 'c', 'b'].map((id) => ({ id, score: 1 }))), ['c', 'b', 'a']);
	});
});

describe('metrics of texts', () => {
	const word = fc.constantFrom('refund', 'the', '30', 'Days', 'é', '退', '款', '', '.', 'on-time');
	const text = fc.array(word, { maxLength: 8 }).map((words) => words.join(' '));
	const symmetric = { tokenF1, rougeL };

	test('lie between 0 and 1, are null without gold answers, and grow with the choice of gold answers', () => {
		fc.assert(
			fc.property(text, text, text, (answer, gold, other) => {
				for (const metric of [exactMatch, tokenF1, rougeL, containment, numericCorrectness, identifierCorrectness]) {
					assert.equal(metric(answer, []), null);
					const one = metric(answer, [gold]);
					isShare(one);
					if (one !== null) assert.ok(metric(answer, [other, gold])! >= one);
				}
			}),
		);
	});

	test('exact match implies the others, and F1 has no direction', () => {
		fc.assert(
			fc.property(text, text, (answer, gold) => {
				for (const metric of Object.values(symmetric)) assert.equal(metric(answer, [gold]), metric(gold, [answer]));
				assert.equal(exactMatch(answer, [answer.toUpperCase()]), 1);
				if (exactMatch(answer, [gold]) === 0) return;
				assert.equal(tokenF1(answer, [gold]), 1);
				assert.ok(containment(answer, [gold]) !== 0);
			}),
		);
	});

	test('containment asks for whole words in a row', () => {
		assert.equal(containment('You have 30 days to return it.', ['30 days']), 1);
		assert.equal(containment('You have 130 days.', ['30 days']), 0);
		assert.equal(containment('Days: at most 30.', ['30 days']), 0);
		assert.equal(containment('Anything', ['the']), null);
		assert.equal(containment('退款需要三十天。', ['三十天']), 1);
	});

	test('numbers are compared with their units, identifiers without their connectors', () => {
		assert.equal(numericCorrectness('It takes two hours.', ['120 minutes']), 1);
		assert.equal(numericCorrectness('It takes 10 weeks.', ['10 days']), 0);
		assert.equal(
			numericCorrectness('By 3 May 2026 at most 1,500 EUR.', ['2026-05-03, up to 1500 EUR and 7 cards']),
			2 / 3,
		);
		assert.equal(numericCorrectness('Nothing to count.', ['Nothing here either.']), null);
		assert.equal(identifierCorrectness('Raise error ERR-1042.', ['`ERR_1042`']), 1);
		assert.equal(identifierCorrectness('Raise error ERR-1043.', ['ERR_1042']), 0);
	});
});

describe('metrics of JSON', () => {
	const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value));

	test('a JSON text has all of its own fields, whatever the order; field F1 has no direction', () => {
		fc.assert(
			fc.property(json, json, (answer, gold) => {
				isShare(fieldF1(answer, gold));
				assert.equal(fieldF1(answer, answer), 1);
				assert.equal(fieldF1(answer, gold), fieldF1(gold, answer));
			}),
		);
		assert.equal(fieldF1('{"b": [2, 1], "a": "x"}', '{"a": "x", "b": [1, 2]}'), 1);
		assert.equal(fieldF1('{"a": 1, "b": 2}', '{"a": 1, "b": 3, "c": 4}'), 2 / 5);
		assert.equal(fieldF1('{"a.b": 1}', '{"a": {"b": 1}}'), 0);
		assert.equal(fieldF1('none', '{}'), 0);
		assert.equal(fieldF1('{}', 'none'), null);
	});

	test('validity asks for JSON alone, in the shape of the schema', () => {
		const accepts = parseJsonSchema({
			type: 'object',
			properties: { intent: { enum: ['book', 'play'] }, slots: { $ref: '#/$defs/slots' } },
			required: ['intent'],
			additionalProperties: false,
			$defs: { slots: { type: 'object', additionalProperties: { type: 'string', minLength: 1 } } },
		});
		assert.equal(jsonValidity('{"intent": "book", "slots": {"city": "Ulm"}}', accepts), 1);
		assert.equal(jsonValidity('{"intent": "book"}', accepts), 1);
		for (const wrong of [
			'{"intent": "sing"}',
			'{}',
			'{"intent": "book", "more": 1}',
			'{"intent": "book", "slots": {"city": ""}}',
			'```json\n{"intent": "book"}\n```',
			'',
		]) {
			assert.equal(jsonValidity(wrong, accepts), 0, wrong);
		}
		assert.equal(jsonValidity('[]'), 1);
	});

	test('a schema that would be half applied is refused', () => {
		for (const schema of [
			{ intents: ['book'] },
			{ unevaluatedProperties: false },
			{ items: [{ type: 'string' }] },
			{ $ref: 'https://example.com/schema' },
			{ properties: { a: { $ref: '#/$defs/nothing' } } },
		]) {
			assert.throws(
				() => parseJsonSchema(schema),
				(error) => error instanceof KnowhowError && error.code === 'invalid_data',
			);
		}
	});
});

describe('metrics of labels', () => {
	const label = fc.constantFrom('a', 'b', 'c');

	test('are shares, 1 when all is right, and do not see what the labels are called', () => {
		const rename = (name: string): string => ({ a: 'z', b: 'a', c: 'y' })[name]!;
		fc.assert(
			fc.property(fc.array(fc.record({ label, gold: label }), { minLength: 1 }), (labelled) => {
				for (const metric of [accuracy, macroF1]) {
					isShare(metric(labelled));
					assert.equal(metric(labelled.map(({ gold }) => ({ label: gold, gold }))), 1);
					const renamed = labelled.map((one) => ({ label: rename(one.label), gold: rename(one.gold) }));
					assert.ok(Math.abs(metric(renamed)! - metric(labelled)!) < 1e-12);
				}
			}),
		);
		assert.equal(accuracy([]), null);
		assert.equal(macroF1([]), null);
	});

	test('a label that was never given has no precision', () => {
		const [a, b] = perLabel([{ label: 'a', gold: 'b' }]);
		assert.deepEqual(a, { label: 'a', precision: 0, recall: null, f1: 0, support: 0 });
		assert.deepEqual(b, { label: 'b', precision: null, recall: 0, f1: 0, support: 1 });
	});

	test('AUROC sees only the order of scores, and turning them round turns it round', () => {
		const scored = fc.array(fc.record({ score: fc.integer({ min: 0, max: 5 }), isPositive: fc.boolean() }));
		fc.assert(
			fc.property(scored, (all) => {
				const area = auroc(all);
				isShare(area);
				if (area === null) return;
				assert.equal(auroc(all.map((one) => ({ ...one, score: one.score ** 3 - 7 }))), area);
				assert.ok(Math.abs(auroc(all.map((one) => ({ ...one, score: -one.score })))! - (1 - area)) < 1e-12);
			}),
		);
		const tied = [true, false, true].map((isPositive) => ({ score: 1, isPositive }));
		assert.equal(auroc(tied), 0.5);
		assert.equal(auroc([{ score: 1, isPositive: true }]), null);
	});
});

describe('metrics of answers', () => {
	/** Supported when the quotes together have every letter of the sentence. */
	const supports = async (sentence: string, quotes: readonly string[]): Promise<boolean> =>
		sentence.split('').every((letter) => quotes.some((quote) => quote.includes(letter)));

	test('citations count as in ALCE: each sentence supported, each citation needed', async () => {
		const both = [{ text: 'ab', quotes: ['a', 'b'] }];
		assert.deepEqual(await citationScore(both, supports), { recall: 1, precision: 1 });
		const oneTooMany = [{ text: 'ab', quotes: ['a', 'b', 'x'] }];
		assert.deepEqual(await citationScore(oneTooMany, supports), { recall: 1, precision: 2 / 3 });
		const twice = [{ text: 'ab', quotes: ['ab', 'abc'] }];
		assert.deepEqual(await citationScore(twice, supports), { recall: 1, precision: 1 });
		const half = [...both, { text: 'cd', quotes: ['c'] }, { text: 'e', quotes: [] }];
		assert.deepEqual(await citationScore(half, supports), { recall: 1 / 3, precision: 2 / 3 });
		assert.deepEqual(await citationScore([{ text: 'a', quotes: [] }], supports), { recall: 0, precision: 0 });
		assert.deepEqual(await citationScore([], supports), { recall: null, precision: null });
	});

	test('citation scores are shares', async () => {
		const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 3 });
		const sentences = fc.array(fc.record({ text: letters, quotes: fc.array(letters, { maxLength: 4 }) }), {
			maxLength: 4,
		});
		await fc.assert(
			fc.asyncProperty(sentences, async (answer) => {
				const { recall: found, precision: needed } = await citationScore(answer, supports);
				isShare(found);
				isShare(needed);
				if (found === 0) assert.equal(needed, 0);
			}),
		);
	});

	test('a quote is exact when it stands between its offsets', () => {
		const at = (quote: string, start: number, end: number, documentId = 'd') => ({
			quote,
			start,
			end,
			documentId,
			version: 1,
		});
		const textOf = (id: string): string | null => (id === 'd' ? 'Refunds take 5 days.' : null);
		assert.equal(quoteExactness([at('5 days', 13, 19), at('5 days', 12, 19), at('x', 0, 1, 'gone')], textOf), 1 / 3);
		assert.equal(quoteExactness([], textOf), null);
	});

	test('refusals are right when nothing answers', () => {
		const all = [
			{ isAnswerable: false, abstained: true },
			{ isAnswerable: false, abstained: false },
			{ isAnswerable: true, abstained: true },
			{ isAnswerable: true, abstained: false },
			{ isAnswerable: true, abstained: false },
		];
		assert.deepEqual(refusalScore(all), { precision: 1 / 2, recall: 1 / 2, falseRefusals: 1 / 3 });
		assert.deepEqual(refusalScore([]), { precision: null, recall: null, falseRefusals: null });
	});

	test('quantiles lie among the values and grow with p; those of one value are that value', () => {
		const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 });
		fc.assert(
			fc.property(
				values,
				fc.double({ min: 0, max: 1, noNaN: true }),
				fc.double({ min: 0, max: 1, noNaN: true }),
				(all, p, q) => {
					const low = quantile(all, Math.min(p, q))!;
					const high = quantile(all, Math.max(p, q))!;
					assert.ok(low <= high + 1e-9 && low >= Math.min(...all) - 1e-9 && high <= Math.max(...all) + 1e-9);
				},
			),
		);
		assert.equal(quantile([7], 0.95), 7);
		assert.equal(quantile([], 0.5), null);
	});

	test('latency is told by stage, over the answers in which the stage ran', () => {
		const answers = [{ search: 2, total: 10 }, { search: 4, total: 4 }, { total: 7 }];
		assert.deepEqual(latency(answers), {
			search: { p50Ms: 3, p95Ms: 3.9, count: 2 },
			total: { p50Ms: 7, p95Ms: 9.7, count: 3 },
		});
		assert.deepEqual(latency([]), {});
	});

	test('an unknown price makes the sum unknown, not smaller', () => {
		const usage = { inputTokens: 100, outputTokens: 10 };
		const known = { usage, costUsd: 0.5 };
		assert.deepEqual(spending([known, known]), {
			inputTokens: 200,
			outputTokens: 20,
			costUsd: 1,
			knownCostUsd: 1,
			unknown: 0,
		});
		assert.deepEqual(spending([known, { usage: null, costUsd: null }]), {
			inputTokens: null,
			outputTokens: null,
			costUsd: null,
			knownCostUsd: 0.5,
			unknown: 1,
		});
		assert.equal(spending([]).costUsd, 0);
	});

	test('a mean leaves out what is not known', () => {
		assert.equal(mean([1, null, 2]), 1.5);
		assert.equal(mean([null]), null);
		assert.equal(mean([]), null);
	});
});
