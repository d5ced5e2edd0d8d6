import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { blocks } from '../text/blocks.ts';
import { countTokens } from '../text/tokens.ts';
import { chunk } from './chunk.ts';

function chunksOf(text: string, maxTokens = 256, pages: readonly number[] = []) {
	return chunk({ text, pages }, { maxTokens });
}

const words = (count: number, word = 'word') =>
	Array.from({ length: count }, (_, index) => `${word}${index}`).join(' ');

const line = fc.oneof(
	fc.constantFrom(
		'# One',
		'## Two',
		'### Three',
		'',
		'',
		'---',
		'```',
		'> quoted text here.',
		'Setext',
		'===',
		'| - | - |',
	),
	fc.constantFrom(
		'| a | b |',
		'1. step one',
		'   more of it',
		'- bullet',
		'  - nested',
		'The fees are:',
		'<!-- x',
		'-->',
	),
	fc.integer({ min: 1, max: 60 }).map((count) => `${words(count)}. Another sentence follows.`),
	fc.string({ unit: 'grapheme', maxLength: 40 }),
	fc.integer({ min: 1, max: 300 }).map((length) => '😀'.repeat(length)),
);
const markdown = fc.array(line, { maxLength: 40, size: 'max' }).map((lines) => lines.join('\n').toWellFormed());

test('every non-space character lies in exactly one chunk, chunks are slices, none splits a surrogate pair', () => {
	fc.assert(
		fc.property(markdown, fc.integer({ min: 32, max: 120 }), (text, maxTokens) => {
			let at = 0;
			for (const each of chunksOf(text, maxTokens)) {
				assert.equal(text.slice(at, each.start).trim(), '');
				assert.equal(each.text, text.slice(each.start, each.end));
				assert.ok(each.start >= at && each.text.trim() !== '' && each.text.isWellFormed());
				at = each.end;
			}
			assert.equal(text.slice(at).trim(), '');
		}),
		{ numRuns: 1000 },
	);
});

test('no chunk exceeds the budget', () => {
	fc.assert(
		fc.property(markdown, fc.integer({ min: 32, max: 120 }), (text, maxTokens) => {
			for (const each of chunksOf(text, maxTokens)) {
				assert.ok(countTokens(each.text) <= maxTokens, `${countTokens(each.text)} > ${maxTokens}: ${each.text}`);
			}
		}),
		{ numRuns: 1000 },
	);
});

test('no row, code block or list item that fits the budget is split', () => {
	fc.assert(
		fc.property(markdown, fc.integer({ min: 32, max: 120 }), (text, maxTokens) => {
			const starts = new Set(chunksOf(text, maxTokens).map((each) => each.start));
			for (const block of blocks(text)) {
				if (countTokens(text, block.start, block.end) > maxTokens) continue;
				for (let at = block.start + 1; at < block.end; at++) assert.ok(!starts.has(at));
			}
		}),
		{ numRuns: 500 },
	);
});

test('sections begin chunks and carry the path of their headings', () => {
	const text = `# Guide\n\n## Refunds\n\n${words(60)}\n\n### Partial\n\n${words(60)}\n\n## Fees\n\n${words(60)}`;
	assert.deepEqual(
		chunksOf(text).map((each) => [each.text.split('\n')[0], each.headings]),
		[
			['# Guide', ['Guide', 'Refunds']],
			['### Partial', ['Guide', 'Refunds', 'Partial']],
			['## Fees', ['Guide', 'Fees']],
		],
	);
});

test('tiny siblings share a chunk under the headings they share; larger ones do not', () => {
	const text = `# Phones\n\n${words(60)}\n\n## Office\n\n555-1\n\n## Support\n\n555-2\n\n## Sales\n\n${words(60)}`;
	assert.deepEqual(
		chunksOf(text).map((each) => each.headings),
		[['Phones'], ['Phones'], ['Phones', 'Sales']],
	);
	assert.match(chunksOf(text)[1]?.text ?? '', /^## Office[^]+555-2$/);
});

test('front matter stays with the beginning of the text when it is small', () => {
	const text = `---\ntitle: Leave\ntags: [a]\n---\n\n${words(40)}\n\n## More\n\n${words(40)}`;
	assert.deepEqual(
		chunksOf(text).map((each) => [each.text.slice(0, 3), each.headings]),
		[
			['---', []],
			['## ', ['More']],
		],
	);
});

test('a table that does not fit continues under its header row, and a row is never split', () => {
	const rows = Array.from({ length: 40 }, (_, index) => `| X-${index} | ${index} EUR | none |`);
	const text = `# Prices\n\nWhat each model costs:\n\n| Model | Fee | Deposit |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
	const found = chunksOf(text, 128);
	assert.ok(found.length > 3);
	assert.deepEqual(found[0]?.headings, ['Prices']);
	for (const each of found.slice(1)) {
		assert.deepEqual(each.headings, ['Prices', 'Model | Fee | Deposit']);
		assert.match(each.text, /^\| X-\d+ .* \|$/s);
	}
});

test('a line that introduces a list goes with the list', () => {
	const text = `${words(30)}.\n\nDo this in order:\n\n1. ${words(12)}\n2. ${words(12)}`;
	const found = chunksOf(text, 64);
	assert.ok(found.length > 1);
	assert.ok(found.some((each) => each.text.startsWith('Do this in order:\n\n1. ')));
});

test('a long paragraph is cut at the ends of its sentences, wrapped or not', () => {
	const sentence = 'The quick brown fox jumps over\nthe lazy dog near Mr. Smith today.';
	const found = chunksOf(Array.from({ length: 30 }, () => sentence).join(' '), 64);
	assert.ok(found.length > 4);
	for (const each of found) {
		assert.ok(each.text.startsWith('The quick') && each.text.endsWith('today.'));
		assert.ok(countTokens(each.text) > 24, 'chunks are filled evenly');
	}
});

test('a sentence that is too long is cut inside no link', () => {
	const link = '[a page of ours]({% page "/travel/guide" %})';
	const found = chunksOf(Array.from({ length: 60 }, (_, i) => `word${i} ${link} more,`).join(' '), 64);
	assert.ok(found.length > 10);
	for (const each of found) assert.doesNotMatch(each.text.replaceAll(link, ''), /[[\]{}]/);
	assert.ok(chunksOf(`[${words(40)}](${words(400)})`, 64).length > 6, 'a link that is too long is cut');
});

test('a text without spaces and a megabyte of one line are cut', () => {
	assert.ok(chunksOf('x'.repeat(200_000)).length > 100);
	assert.ok(chunksOf(`${words(120_000)}.`).length > 400);
});

test('a chunk is on the page where it begins', () => {
	const text = `# A\n\n${words(60)}\n\n# B\n\n${words(60)}`;
	assert.deepEqual(
		chunksOf(text, 256, [0, text.indexOf('# B')]).map((each) => each.page),
		[1, 2],
	);
	assert.equal(chunksOf(text)[0]?.page, null);
});
