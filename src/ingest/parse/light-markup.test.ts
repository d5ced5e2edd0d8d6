import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse, type Parsed } from './parse.ts';

function read(path: string, ...lines: readonly string[]): Promise<Parsed> {
	return parse(Buffer.from(lines.join('\n')), path, { html: 'full' });
}

describe('reStructuredText', () => {
	test('headings take their level from the order of their underlines', async () => {
		const { text, title } = await read(
			'a.rst',
			'=====',
			'Title',
			'=====',
			'',
			'One',
			'---',
			'',
			'Two',
			'~~~',
			'',
			'Three',
			'-----',
			'End.',
		);
		assert.equal(text, '# Title\n\n## One\n\n### Two\n\n## Three\n\nEnd.');
		assert.equal(title, 'Title');
	});

	test('code is fenced, notes begin with their word, what steers is dropped', async () => {
		const { text } = await read(
			'a.rst',
			'.. _target:',
			'',
			'Call ``open()`` or :func:`~os.path.join`, see `the docs <https://x.org>`_::',
			'',
			'    raw # text',
			'',
			'.. code-block:: python',
			'   :linenos:',
			'',
			'   print(1)',
			'',
			'.. warning:: Mind',
			'   the gap.',
			'',
			'.. versionadded:: 3.2',
			'',
			'.. toctree::',
			'   :maxdepth: 2',
			'',
			'   other',
			'',
			'.. a comment',
			'',
			'.. function:: f(x)',
			'',
			'   Does it.',
			'',
			'   :param x: what',
		);
		assert.equal(
			text,
			'Call `open()` or os.path.join, see the docs:\n\n```\nraw # text\n```\n\n```python\nprint(1)\n```\n\n' +
				'Warning: Mind\nthe gap.\n\nAdded in version 3.2\n\nf(x):\n\nDoes it.\n\n- param x: what',
		);
	});

	test('lists nest and definitions read on', async () => {
		const { text } = await read(
			'a.rst',
			'* one',
			'',
			'  more',
			'* two',
			'',
			'  1. deep',
			'',
			'#. first',
			'#. second',
			'',
			'term',
			'    what it means',
		);
		assert.equal(text, '- one\n\n  more\n- two\n  1. deep\n\n1. first\n2. second\n\n- term: what it means');
	});

	test('grid, simple, list and CSV tables become tables', async () => {
		const grid = await read(
			'a.rst',
			'+------+-----+',
			'| Plan | Fee |',
			'+======+=====+',
			'| Big  | 5   |',
			'|      | EUR |',
			'+      +-----+',
			'|      | 6   |',
			'+------+-----+',
		);
		assert.equal(grid.text, '| Plan | Fee |\n| --- | --- |\n| Big | 5 EUR |\n| Big | 6 |');
		const simple = await read(
			'a.rst',
			'=====  ===',
			'Plan   Fee',
			'=====  ===',
			'Big    5',
			'       or 6',
			'Small  1',
			'=====  ===',
			'',
			'End.',
		);
		assert.equal(simple.text, '| Plan | Fee |\n| --- | --- |\n| Big | 5 or 6 |\n| Small | 1 |\n\nEnd.');
		const list = await read(
			'a.rst',
			'.. list-table:: Fees',
			'   :header-rows: 1',
			'',
			'   * - Plan',
			'     - Fee',
			'   * - Big',
			'     - 5',
		);
		assert.equal(list.text, 'Fees\n\n| Plan | Fee |\n| --- | --- |\n| Big | 5 |');
		const csv = await read('a.rst', '.. csv-table::', '   :header: "Plan", "Fee"', '', '   "Big, new", 5');
		assert.equal(csv.text, '| Plan | Fee |\n| --- | --- |\n| Big, new | 5 |');
	});
});

test('AsciiDoc keeps its structure, opens nothing and prints nothing', async (t) => {
	const fetched = t.mock.method(globalThis, 'fetch', () => Promise.reject(new Error('offline')));
	const printed = [t.mock.method(console, 'error', () => {}), t.mock.method(console, 'warn', () => {})];
	const written = t.mock.method(process.stderr, 'write', () => true);
	const parsed = await read(
		'a.adoc',
		'= The Title',
		'Jane Doe <jane@example.org>',
		'v1, 2024-05-06',
		':toc:',
		':allow-uri-read:',
		':data-uri:',
		':source-highlighter: highlight.js',
		'',
		'NOTE: Mind the gap.',
		'',
		'include::/etc/hostname[]',
		'',
		'image::http://127.0.0.1:9/x.svg[A picture,opts=inline]',
		'',
		'== Fees',
		'',
		'[source,js]',
		'----',
		'let x',
		'----',
		'',
		'|===',
		'|Plan |Fee',
		'',
		'|Big',
		'|5',
		'|===',
		'',
		'==== Too deep',
		'',
		'<<nowhere>> {missing}',
	);
	const { length } = written.mock.calls;
	written.mock.restore();
	assert.equal(length, 0);
	assert.deepEqual(
		[fetched, ...printed].map(({ mock }) => mock.callCount()),
		[0, 0, 0],
	);
	assert.equal(parsed.title, 'The Title');
	assert.equal(parsed.date, '2024-05-06');
	assert.deepEqual(parsed.attributes, { author: 'Jane Doe' });
	assert.equal(
		parsed.text,
		'# The Title\n\nNote: Mind the gap.\n\n/etc/hostname\n\nA picture\n\n## Fees\n\n```js\nlet x\n```\n\n' +
			'| Plan | Fee |\n| --- | --- |\n| Big | 5 |\n\n#### Too deep\n\n[nowhere] {missing}',
	);
});

describe('subtitles', () => {
	test('cues join to paragraphs by speaker and pause', async () => {
		const { text, format } = await read(
			'a.vtt',
			'WEBVTT',
			'',
			'NOTE not said',
			'',
			'1',
			'00:01.000 --> 00:02.000 align:start',
			'<v.loud Ann>So <i>many</i>',
			'',
			'2',
			'00:02.000 --> 00:03.000',
			'<v Ann>words &amp; more.',
			'',
			'00:03.000 --> 00:04.000',
			'<v Bo>Yes.</v>',
			'',
			'01:00:09.000 --> 01:00:10.000',
			'<v Bo>Later.</v>',
		);
		assert.equal(format, 'subtitles');
		assert.equal(text, 'Ann: So many\nwords & more.\n\nBo: Yes.\n\nBo: Later.');
	});

	test('SubRip is read as well, and what is neither stays', async () => {
		const srt = await read(
			'a.srt',
			'1',
			'00:00:01,000 --> 00:00:02,000',
			'{\\an8}Hello',
			'',
			'2',
			'00:00:02,100 --> 00:00:03,000',
			'there',
		);
		assert.equal(srt.text, 'Hello\nthere');
		assert.equal((await read('a.srt', 'only words')).text, 'only words');
	});
});
