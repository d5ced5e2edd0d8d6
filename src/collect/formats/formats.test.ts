import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Turn } from '../../core/dataset.ts';
import { checkRows } from '../check.ts';
import { applyDifference, difference, type Json, type JsonObject } from '../difference.ts';
import { type Content, toContent, toExample, toPassage } from '../example.ts';
import { fixRows } from '../fix.ts';
import { readExamples } from '../read-examples.ts';
import { type Container } from '../rows.ts';
import { writeExamples } from '../write-examples.ts';
import { type FormatName, isFaulty } from './format.ts';
import { detectFormat, formatNamed, formats } from './formats.ts';

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).map((given) => `t${given.toWellFormed()}`);
const maybe = <T>(given: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(given, { nil: null });
const exchange: fc.Arbitrary<Turn[]> = fc
	.tuple(text, text)
	.map(([asked, said]) => [turn('user', asked), turn('assistant', said)]);
const earlier: fc.Arbitrary<Turn[]> = fc
	.tuple(maybe(text), fc.array(exchange, { maxLength: 3 }))
	.map(([system, turns]) => [...(system === null ? [] : [turn('system', system)]), ...turns.flat()]);
const passages = fc.uniqueArray(text, { maxLength: 3 }).map((texts) => texts.map((given) => toPassage(given)));

function turn(role: Turn['role'], content: string): Turn {
	return { role, content };
}

const chat = fc.record({ query: text, earlier, answer: text }).map(toContent);
const pair = fc.record({ query: text, earlier, answer: text, rejected: text }).map(toContent);
// A question with nothing but a class is a row of `labelled`.
const whole = fc
	.record({
		query: text,
		answer: text,
		rejected: maybe(text),
		label: maybe(text),
		positives: passages,
		negatives: passages,
	})
	.map(toContent);

/** What each format can hold. */
const contents: Readonly<Record<FormatName, fc.Arbitrary<Content>>> = {
	knowhow: fc
		.record({ query: text, earlier, answer: maybe(text), label: maybe(text), positives: passages, negatives: passages })
		.map(toContent),
	openai: chat,
	'openai-preference': pair,
	sharegpt: chat,
	preference: pair,
	alpaca: chat,
	'prompt-completion': chat,
	ragas: fc.record({ query: text, answer: maybe(text), positives: passages }).map(toContent),
	'openai-evals': chat,
	promptfoo: fc
		.record({ query: text, answer: maybe(text), positives: passages.map((found) => found.slice(0, 1)) })
		.map(toContent),
	'rated-answers': fc.record({ query: text, answer: text, rejected: maybe(text), positives: passages }).map(toContent),
	labelled: fc.record({ query: text, label: text }).map(toContent),
	fields: fc
		.record({ query: text, output: fc.record({ city: text, slots: fc.array(text) }) })
		.map(({ query, output }) => toContent({ query, answer: JSON.stringify(output) })),
	'question-answer': whole,
};

/** Rows as people write them, with what the nouns have no word for. */
const rows: Readonly<Record<Exclude<FormatName, 'knowhow'>, readonly JsonObject[]>> = {
	openai: [
		{
			messages: [
				{ role: 'developer', content: 'Be brief.' },
				{
					role: 'user',
					name: 'ann',
					content: [
						{ type: 'text', text: 'Hi' },
						{ type: 'image_url', image_url: { url: 'x' } },
					],
				},
				{
					role: 'assistant',
					content: null,
					tool_calls: [{ id: '1', type: 'function', function: { name: 'f', arguments: '{}' } }],
				},
				{ role: 'tool', tool_call_id: '1', content: '18' },
				{ role: 'assistant', content: 'It is 18.', weight: 0 },
			],
			tools: [{ type: 'function', function: { name: 'f' } }],
			parallel_tool_calls: false,
		},
		{ messages: [{ role: 'user', content: 'Only a question' }] },
	],
	'openai-preference': [
		{
			input: { messages: [{ role: 'user', content: 'a' }], tools: [] },
			preferred_output: [{ role: 'assistant', content: 'b', extra: 1 }],
			non_preferred_output: [{ role: 'assistant', content: 'c' }],
		},
	],
	sharegpt: [
		{
			id: 'x_1',
			system: 'Be kind.',
			conversations: [
				{ from: 'user', value: 'a', markdown: null },
				{ from: 'chatgpt', value: 'b' },
				{ from: 'human', value: 'c' },
				{ from: 'gpt', value: 'd' },
			],
		},
	],
	preference: [
		{ prompt: 'a', chosen: 'b', rejected: 'c', score_chosen: 4.5 },
		{
			prompt: [{ role: 'user', content: 'a' }],
			chosen: [{ role: 'assistant', content: 'b' }],
			rejected: [{ role: 'assistant', content: 'c' }],
		},
		{
			chosen: [
				{ role: 'user', content: 'a' },
				{ role: 'assistant', content: 'b' },
			],
			rejected: [
				{ role: 'user', content: 'a' },
				{ role: 'assistant', content: 'c' },
			],
		},
	],
	alpaca: [
		{ instruction: 'Translate.', input: 'Hello', output: 'Hallo', text: 'Below is …' },
		{ instruction: 'a', output: 'b', system: 's', history: [['x', 'y']] },
	],
	'prompt-completion': [
		{ prompt: 'a ->', completion: ' b\n' },
		{ prompt: [{ role: 'user', content: 'a' }], completion: [{ role: 'assistant', content: 'b' }], id: 7 },
	],
	ragas: [
		{
			user_input: 'a',
			reference: 'b',
			retrieved_contexts: ['x'],
			reference_contexts: ['y', 'z'],
			response: 'r',
			rubrics: {},
		},
		{ question: 'a', ground_truths: ['b', 'c'], contexts: ['x'], answer: 'what a system said' },
	],
	'openai-evals': [
		{
			input: [
				{ role: 'system', content: 's' },
				{ role: 'user', content: 'a' },
			],
			ideal: ['b', 'c'],
			source: 'x',
		},
		{ input: 'a', ideal: 'b' },
		{ item: { question: 'a', answer: 'b', difficulty: 3 }, sample: null },
	],
	promptfoo: [
		{
			description: 'd',
			vars: { question: 'a', language: 'de', list: ['x'] },
			assert: [
				{ type: 'javascript', value: '1' },
				{ type: 'icontains', value: 'b', weight: 2 },
			],
		},
		{ vars: { topic: 'a' } },
	],
	'rated-answers': [
		{
			id: 'i-1',
			question: 'a',
			answer: 'b',
			rating: 'up',
			acceptedCitations: [{ source: 's', version: 1, quote: 'q', page: 2 }],
		},
		{ question: 'a', answer: null, rating: 'down', correction: { answer: 'b', citations: [] }, hits: [] },
		{ question: 'a', answer: 'b', rating: null, citations: [] },
	],
	labelled: [
		{ utterance: 'a', intent: 'b', id: 3 },
		{ text: 'a', label: 4 },
	],
	fields: [
		{ text: 'a in b', output: { city: 'b', all: ['a', 'b'] }, id: 3 },
		{ text: 'a', output: {} },
	],
	'question-answer': [
		{ input: 'a', output: 'b', id: 'x' },
		{ question: 'a', answer: 'b', context: 'c', tags: ['d'] },
		{ question: 'a', answer: ['first', 'second'], evidence: [{ path: 'x.md', quote: 'q' }], class: 'how-to' },
		{ query: 'a', positives: [{ text: 'p', document: 'doc_1', version: 2, title: 't' }], __proto__x: null },
	],
};

describe('a format', () => {
	for (const format of formats) {
		test(`${format.name}: what it can hold, it gives back; and its rows are found to be its own`, () => {
			fc.assert(
				fc.property(contents[format.name], (content) => {
					const row = format.write(content);
					assert.ok(row);
					assert.deepEqual(format.read(JSON.parse(JSON.stringify(row)) as JsonObject), content);
					if (format.name !== 'knowhow') assert.equal(detectFormat([row], 'rows').name, format.name);
				}),
			);
		});
	}

	for (const [name, examples] of Object.entries(rows) as [FormatName, readonly JsonObject[]][]) {
		test(`${name}: rows that say more come out as they went in`, async () => {
			const lines = examples.map((row) => JSON.stringify(row)).join('\n');
			const read = await readExamples('rows.jsonl', { text: lines, format: name });
			assert.deepEqual(read.faults, []);
			const { text: written } = writeExamples(
				read.rows.map(({ example }) => example),
				{ format: name, container: 'jsonl' },
			);
			const again = written
				.trimEnd()
				.split('\n')
				.map((line) => JSON.parse(line) as unknown);
			assert.deepEqual(again, examples);
		});
	}

	test('a chat goes through ShareGPT, Alpaca and prompt/completion and is the same', () => {
		fc.assert(
			fc.property(chat, (content) => {
				let carried = content;
				for (const name of ['sharegpt', 'alpaca', 'prompt-completion', 'openai'] as const) {
					const read = formatNamed(name).read(formatNamed(name).write(carried)!);
					assert.ok(!isFaulty(read));
					carried = read;
				}
				assert.deepEqual(carried, content);
			}),
		);
	});

	test('says what it has no room for, and which examples it cannot hold', () => {
		const origin = { kind: 'file', of: 'x' } as const;
		const examples = [
			toExample(toContent({ query: 'a', answer: 'b', label: 'c' }), { origin }),
			toExample(toContent({ query: 'd', label: 'e' }), { origin }),
		];
		const { written, lost, left } = writeExamples(examples, { format: 'openai', container: 'jsonl' });
		assert.deepEqual([written, lost, left], [1, { label: 1 }, [examples[1]!.id]]);
	});
});

describe('a file', () => {
	for (const container of ['jsonl', 'json', 'yaml', 'csv', 'tsv'] as const satisfies Container[]) {
		test(`of ${container} gives back what was written`, async () => {
			await fc.assert(
				fc.asyncProperty(
					fc.uniqueArray(fc.record({ query: text, answer: text, label: maybe(text) }).map(toContent), {
						minLength: 1,
						maxLength: 8,
						selector: ({ query }) => query,
					}),
					async (all) => {
						const examples = all.map((content) => toExample(content, { origin: { kind: 'file', of: 'x' } }));
						const { text: written } = writeExamples(examples, { format: 'question-answer', container });
						const read = await readExamples(`file.${container}`, { text: written });
						assert.deepEqual(
							read.rows.map(({ example }) => example.id),
							examples.map(({ id }) => id),
						);
					},
				),
				{ numRuns: 50 },
			);
		});
	}

	test('keeps what stands around the list of rows', async () => {
		const text = 'prompts:\n  - "{{question}}"\nproviders:\n  - echo\ntests:\n  - vars:\n      question: Why?\n';
		const read = await readExamples('promptfooconfig.yaml', { text });
		assert.equal(read.format, 'promptfoo');
		assert.equal(read.rows[0]?.line, 6);
		const examples = read.rows.map(({ example }) => example);
		assert.equal(writeExamples(examples, { format: 'promptfoo', ...read.shape }).text, text);
	});

	test('in no known format is refused with what was seen', async () => {
		await assert.rejects(
			readExamples('odd.jsonl', { text: '{"foo": 1, "bar": 2}' }),
			/no format that is known.*foo, bar/,
		);
		const binary = String.fromCharCode(137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 27, 91, 50, 74);
		await assert.rejects(readExamples('image.png', { text: binary }), (error: Error) => !/\p{C}/u.test(error.message));
		const deep = `{"question": ${'['.repeat(9000)}${']'.repeat(9000)}}\n{"question":"a","answer":"b"}`;
		const { faults } = await readExamples('deep.jsonl', { text: deep });
		assert.deepEqual(
			faults.map(({ line, code }) => [line, code]),
			[[1, 'wrong-type']],
		);
		await assert.rejects(readExamples('empty.jsonl', { text: '\n \n' }), /is empty/);
		await assert.rejects(
			readExamples('broken.json', { text: '[{"question": "a"},\n {"question"]' }),
			/broken\.json:2 is not JSON/,
		);
	});
});

test('a difference applied gives the other value', () => {
	fc.assert(
		fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
			assert.deepEqual(applyDifference(a as Json, difference(a as Json, b as Json)), b);
		}),
	);
	const nested = { a: [1, { b: 2, c: 3 }], d: 'x' };
	assert.deepEqual(difference(nested, { a: [1, { b: 2 }], d: 'x', e: null }), {
		in: { a: { in: { 1: { in: { c: { gone: true } } } } }, e: { set: null } },
	});
});

test('personal data beside what is learned is found and taken out, too', async () => {
	const row = { question: 'Why?', answer: 'So.', asker: { mail: 'pia.roth@mail-roth.net' } };
	const read = await readExamples('rows.jsonl', { text: JSON.stringify(row) });
	const { faults } = await checkRows(read.rows);
	assert.deepEqual(
		faults.map(({ code, message }) => [code, message]),
		[['personal-email', 'in the rest of the row']],
	);
	const { rows: fixed } = fixRows(read.rows, faults);
	const { text: written } = writeExamples(
		fixed.map(({ example }) => example),
		{ format: 'question-answer', container: 'jsonl' },
	);
	assert.deepEqual(JSON.parse(written), { ...row, asker: { mail: '[email]' } });
});
