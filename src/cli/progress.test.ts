import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import type { IngestEvent } from '../ingest/ingest.ts';
import type { Terminal } from './command.ts';
import { followIngest } from './progress.ts';
import { createStyle, definitions, harmless, oneLine, shortened, shortLines, wantsColour, wrap } from './style.ts';
import { warn } from './warning.ts';

const events: readonly IngestEvent[] = [
	{ type: 'walk-end', files: 2 },
	{ type: 'file-start', path: 'docs/a\u001b[31m.md', index: 0, files: 2 },
	{ type: 'file-end', path: 'docs/a.md', outcome: 'added', chunks: 3 },
	{ type: 'file-start', path: `docs/${'long/'.repeat(40)}b.md`, index: 1, files: 2 },
	{ type: 'warning', path: null, message: 'No vectors.', hint: 'Reindex later.' },
];

/** What following these events writes to standard error. */
function written({ isInteractive, isQuiet = false }: { isInteractive: boolean; isQuiet?: boolean }): string {
	let text = '';
	const terminal: Terminal = {
		stdin: Readable.from([]),
		writeOut: () => assert.fail('progress belongs on standard error'),
		writeError: (part) => (text += part),
		style: createStyle(false),
		isTerminal: false,
		isInteractive,
		columns: 60,
	};
	const progress = followIngest(terminal, isQuiet);
	for (const event of events) progress.onEvent(event);
	progress.end();
	return text;
}

describe('followIngest', () => {
	test('draws a bar of one line on a terminal, without control characters of file names, and clears it', () => {
		const lines = written({ isInteractive: true }).split('\r\u001b[2K');
		assert.match(lines[1] ?? '', /^█{12}░{12} 1\/2 docs\/a \[31m\.md$/);
		assert.match(lines[2] ?? '', /^█{24} 2\/2 docs\/long/);
		assert.ok((lines[2] ?? '').length < 60);
		assert.equal(lines[3], 'warning: No vectors. Reindex later.\n');
		assert.equal(lines.at(-1), '');
	});

	test('writes JSON lines otherwise, and nothing when quiet', () => {
		const lines = written({ isInteractive: false }).trimEnd().split('\n');
		assert.deepEqual(
			lines.map((line) => JSON.parse(line) as unknown),
			events,
		);
		assert.equal(written({ isInteractive: true, isQuiet: true }), '');
	});
});

describe('style', () => {
	test('colours only on a terminal that wants them', () => {
		assert.equal(wantsColour(true, {}), true);
		assert.equal(wantsColour(false, {}), false);
		assert.equal(wantsColour(true, { NO_COLOR: '1' }), false);
		assert.equal(wantsColour(true, { TERM: 'dumb' }), false);
		assert.equal(wantsColour(false, { FORCE_COLOR: '1' }), true);
		assert.equal(createStyle(false).red('x'), 'x');
		assert.equal(createStyle(true).red('x'), '\u001b[31mx\u001b[39m');
	});

	test('text of others is printed without what a terminal would obey', () => {
		assert.equal(oneLine('a\u001b]0;t\u0007\n b\u202e\u009b'), 'a ]0;t b');
	});

	test('output keeps the marks of its style, and nothing else that a terminal would obey', () => {
		const { bold, red } = createStyle(true);
		const ours = `${bold('a')} ${red('b')}\n\tc`;
		assert.equal(harmless(ours), ours);
		assert.equal(harmless('a\u001b[2J\u001b[8mb\r\u009b'), 'a [2J [8mb  ');
	});

	test('definitions keep to the width: long names have a line, and break at their choices', () => {
		const rows = [
			['--json', 'Print one JSON object on standard output, and nothing else.'],
			[`--goal ${['retriever', 'reranker', 'router', 'extractor', 'generator'].join('|')}`, 'What it is for.'],
		] as const;
		const text = definitions(rows, 40);
		assert.ok(text.split('\n').every((line) => line.length <= 40));
		assert.equal(text.replace(/\s+/g, ''), rows.flat().join('').replace(/\s+/g, ''));
	});

	test('a list on a terminal keeps to its width: of a path the end stays, of a line the beginning', () => {
		assert.equal(shortened('docs/a/long/path.md', 10), '…g/path.md');
		assert.equal(shortened('docs/a.md', Infinity), 'docs/a.md');
		assert.equal(shortLines('abcdef\nabc', 4), 'abc…\nabc');
	});

	test('a warning in the words of others commands no terminal', () => {
		let text = '';
		warn({ writeError: (part) => (text += part) }, 'The server says \u001b[2Jno.');
		assert.equal(text, 'warning: The server says  [2Jno.\n');
	});

	test('wrap breaks at spaces and loses no word', () => {
		const text = 'the quick brown fox jumps over a_word_longer_than_the_line and more';
		const lines = wrap(text, 20).split('\n');
		assert.ok(lines.every((line) => line.length <= 20 || !line.includes(' ')));
		assert.equal(lines.join(' '), text);
	});
});
