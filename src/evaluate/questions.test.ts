import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseQuestions } from './questions.ts';

function one(line: object, options = {}) {
	return parseQuestions(JSON.stringify(line), 'q.jsonl', options)[0]!;
}

describe('parseQuestions', () => {
	test('reads an answer, its parts, other wordings, and evidence', () => {
		const found = one({
			id: 'q-1',
			question: 'How?',
			answer: ['first', 'second'],
			answers: ['in two steps'],
			evidence: [{ path: 'a.md', quote: 'first' }],
			class: 'how-to',
		});
		assert.deepEqual(found, {
			id: 'q-1',
			question: 'How?',
			answers: [['first', 'second'], ['in two steps']],
			answerable: true,
			evidence: [{ source: 'a.md', quote: 'first' }],
			class: 'how-to',
			language: null,
			split: null,
		});
	});

	test('tells unanswerable from unknown', () => {
		assert.equal(one({ question: 'Q', answer: null }).answerable, false);
		assert.equal(one({ question: 'Q' }).answerable, null);
		assert.equal(one({ question: 'Q', answerable: false, answers: ['plausible'] }).answers.length, 0);
	});

	test('takes the revision that is asked for, else the first', () => {
		const line = {
			question: 'Q',
			answer: { v1: 'old', v2: 'new' },
			evidence: { v1: [], v2: [{ path: 'b', quote: 'new' }] },
		};
		assert.deepEqual(one(line).answers, [['old']]);
		assert.deepEqual(one(line, { revision: 'v2' }).answers, [['new']]);
		assert.equal(one(line, { revision: 'v2' }).evidence[0]?.quote, 'new');
	});

	test('reads SQuAD, as one object and as lines', () => {
		const qas = [
			{ id: 'a', question: 'Who?', answers: [{ text: 'Ann', answer_start: 3 }], is_impossible: false },
			{ id: 'b', question: 'Why?', answers: [], is_impossible: true },
		];
		for (const indent of [0, 2]) {
			const whole = `\uFEFF${JSON.stringify(
				{ version: 'v2.0', data: [{ title: 'T', paragraphs: [{ context: 'c', qas }] }] },
				null,
				indent,
			)}`;
			const read = parseQuestions(whole, 'dev.json');
			assert.deepEqual(
				read.map(({ id, answers, answerable }) => [id, answers, answerable]),
				[
					['a', [['Ann']], true],
					['b', [], false],
				],
			);
		}
		const line = one({
			id: 1,
			question: 'Who?',
			answerable: true,
			answers: [{ text: 'Ann', start: 3 }],
			doc_id: 'T-1',
		});
		assert.deepEqual([line.id, line.evidence], ['1', [{ source: 'T-1', quote: 'Ann' }]]);
	});

	test('says which line is wrong, and that an id is there twice', () => {
		const good = '{"id":"a","question":"Q"}';
		assert.throws(() => parseQuestions(`${good}\n{"id":"b"}`, 'q.jsonl'), {
			code: 'invalid_data',
			message: /q\.jsonl:2: question/,
		});
		assert.throws(() => parseQuestions(`${good}\nno json`, 'q.jsonl'), {
			code: 'invalid_data',
			message: /q\.jsonl:2 is not JSON/,
		});
		assert.throws(() => parseQuestions(`${good}\n${good}`, 'q.jsonl'), {
			code: 'invalid_data',
			message: /"a" is there twice/,
		});
		for (const [line, message] of [
			['{"question":" "}', /:1: question: is empty/],
			['{"question":"Q","answer":""}', /:1: answer: is empty/],
			['{"question":"Q","answer":[]}', /:1: answer: is empty/],
			['{"question":"Q","answer":5}', /:1: answer: must be a text, a list/],
			['{"question":"Q","evidence":[{"quote":""}]}', /:1: evidence\.0\.quote: is empty/],
			['{}', /:1: question: must be a text/],
		] as const) {
			assert.throws(() => parseQuestions(line, 'q.jsonl'), { code: 'invalid_data', message });
		}
		assert.throws(() => parseQuestions('{"question":"Q","answer":{"v1":"old"}}', 'q.jsonl', { revision: 'v2' }), {
			code: 'invalid_data',
			hint: 'Its revisions: v1.',
		});
		assert.deepEqual(one({ question: 'Q', answer: 'always' }, { revision: 'v2' }).answers, [['always']]);
		assert.throws(() => parseQuestions('{"question":"Q","split":"dev"}', 'q.jsonl', { split: 'test' }), {
			code: 'invalid_data',
			hint: 'Its splits: dev.',
		});
	});
});
