import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import type { Browser, Page } from 'playwright-core';
import { noBrowser, startBrowser, visit } from '../scripts/browser.ts';
import { answerPieces } from '../web/src/ask/answer-pieces.ts';
import { findOnPage } from '../web/src/document/find-on-page.ts';
import { inlinePieces, type Piece, piecesBetween } from '../web/src/document/markup.ts';
import { placeOf } from '../web/src/document/place.ts';
import { quoteFrom, quoteParams } from '../web/src/document/quote-params.ts';
import { markdownRows } from '../web/src/document/rows.ts';
import { textBlocks } from '../web/src/document/text-blocks.ts';
import { longestTask } from './longest-task.ts';
import { type Served, serveSmallProject } from './serving.ts';

const lines = fc
	.array(
		fc.oneof(fc.constantFrom('', '  ', '# Title', '| a | b |', '```', '~~~', 'words'), fc.string({ unit: 'binary' })),
	)
	.map((each) => each.join('\n'));

describe('the text of a document, cut into blocks', () => {
	test('is the text again when they are put together, and every block knows where it begins', () => {
		fc.assert(
			fc.property(lines, (text) => {
				const blocks = textBlocks(text);
				assert.equal(blocks.map((block) => block.text).join(''), text);
				for (const block of blocks) assert.ok(text.startsWith(block.text, block.start));
			}),
		);
	});

	test('tells headings, tables and code by their lines', () => {
		const text = '# One\n\nWords\ngo on.\n\n| a | b |\n| - | - |\n\n```\n# no heading\n```\nMore.\n';
		assert.deepEqual(
			textBlocks(text).map(({ kind }) => kind),
			['heading', 'prose', 'table', 'code', 'prose'],
		);
	});

	test('a megabyte becomes blocks that are each laid out alone', () => {
		const blocks = textBlocks('Some forty characters of words in a line.\n'.repeat(25_000));
		assert.ok(blocks.length > 100 && blocks.length < 1000, `${blocks.length} blocks`);
	});
});

describe('Markdown, cut into pieces', () => {
	const part = fc.oneof(
		fc.constantFrom(
			'*',
			'**',
			'_',
			'`',
			'``',
			'[',
			'](',
			')',
			'!',
			'\\',
			'<a:b>',
			'> ',
			'- ',
			'1. ',
			'## ',
			'| ',
			'\n',
			'---\n',
			'---\na: b\n',
		),
		fc.string({ unit: 'binary', maxLength: 4 }),
	);
	const markdown = fc.array(part, { maxLength: 60 }).map((parts) => parts.join(''));
	const piecesOf = (text: string): readonly Piece[] =>
		textBlocks(text, { isMarkdown: true }).flatMap((block) => markdownRows(block).flatMap(({ pieces }) => pieces));
	const shown = (pieces: readonly Piece[]): string =>
		pieces.map(({ text, kinds }) => (kinds.length === 0 ? text : `‹${kinds.join(' ')} ${text}›`)).join('');

	test('is the text again when they are put together, and every piece knows where it begins', () => {
		fc.assert(
			fc.property(fc.oneof(markdown, fc.string({ unit: 'binary' })), (text) => {
				const pieces = piecesOf(text);
				assert.equal(pieces.map((piece) => piece.text).join(''), text);
				for (const piece of pieces) assert.ok(piece.text !== '' && text.startsWith(piece.text, piece.start));
			}),
		);
	});

	test('what lies between two offsets is the text between them', () => {
		fc.assert(
			fc.property(markdown, fc.nat(100), fc.nat(100), (text, from, length) => {
				const pieces = piecesBetween(piecesOf(text), from, from + length);
				assert.equal(pieces.map((piece) => piece.text).join(''), text.slice(from, from + length));
			}),
		);
	});

	test('tells marks from words, and what the words are', () => {
		const cases = {
			'**b *c* d** **e': '‹mark **›‹strong b ›‹mark *›‹strong emphasis c›‹mark *›‹strong  d›‹mark **› **e',
			'`a*b*` [the _API_](../a_(b).md "c")':
				'‹mark `›‹code a*b*›‹mark `› ‹mark [›the ‹mark _›‹emphasis API›‹mark _›‹mark ](../a_(b).md "c")›',
			'![a picture](a.png)': '‹mark ![›a picture‹mark ](a.png)›',
			'2 * 3 * 4, *.md, snake_case_name, \\*': '2 * 3 * 4, *.md, snake_case_name, ‹mark \\›*',
			'<https://a.example/b>': '‹mark <›https://a.example/b‹mark >›',
		};
		for (const [text, pieces] of Object.entries(cases)) assert.equal(shown(inlinePieces(text, 0)), pieces);
	});

	test('tells the marks that lines begin with, fences, pipes, rules and front matter', () => {
		const cases = {
			'---\ntitle: A\n\n---\n# B #\n': '‹mark ---\ntitle: A\n\n---\n›‹mark # ›B‹mark  #›\n',
			'1. a\n   b\n10. c\n  - d\n\n> e\n': '‹lead 1. ›a\n   b\n‹lead 10. ›c\n‹lead   - ›d\n\n‹lead > ›e\n',
			'a\n---\nb: c\n---\n': 'a\n‹mark ---›\nb: c\n‹mark ---›\n',
			'a\n***\n\nb\n===\n': 'a\n‹mark ***›\n\nb\n‹mark ===›\n',
			'| a | *b* |\n| - | - |\n': '‹mark |› a ‹mark |› ‹mark *›‹emphasis b›‹mark *› ‹mark |›\n‹mark | - | - |›\n',
			'```js\n*a*\n```\n': '‹mark ```js›\n*a*\n‹mark ```›\n',
		};
		for (const [text, pieces] of Object.entries(cases)) assert.equal(shown(piecesOf(text)), pieces);
		assert.equal(textBlocks('---\ntitle: A\n---\n')[0]!.kind, 'prose', 'of what is no Markdown');
	});
});

describe('a document of Markdown in the browser', { skip: noBrowser }, () => {
	let browser: Browser;
	let served: Served;
	before(async () => {
		[browser, served] = await Promise.all([startBrowser(), serveSmallProject()]);
	});
	after(async () => {
		await browser.close();
		await served[Symbol.asyncDispose]();
	});

	/** Where it opens, with what stands between `from` and `to` as the quote. */
	async function documentUrl(text: string, from: string, to: string): Promise<string> {
		const path = join(served.folder, 'shown.md');
		await writeFile(path, text);
		await served.knowhow.ingest(path);
		const documents = await served.knowhow.documents({ access: 'everything' });
		const { id } = documents.find(({ source }) => source.endsWith('shown.md'))!;
		const start = text.indexOf(from);
		const span = { start: String(start), end: String(text.indexOf(to, start) + to.length) };
		return `${served.server.url}/?${new URLSearchParams({ document: id, ...span }).toString()}`;
	}

	async function markedIn(page: Page): Promise<string> {
		await page.locator('mark').first().waitFor();
		return (await page.locator('mark').allTextContents()).join('');
	}

	test('a quote across emphasis, a link and points of a list is marked, to the character; all others are there, too', async () => {
		const text =
			'# A\n\n> Not **this**.\n\n- One *two **three* [four](5.md) six.\n- Seven `eight`. Nine.\n\n| a | b |\n';
		await using visiting = await visit(browser, await documentUrl(text, 'wo **three', 'ght`'));
		const { page } = visiting;
		assert.equal(await markedIn(page), 'wo **three* [four](5.md) six.\n- Seven `eight`');
		const shown = page.getByRole('region', { name: 'Text' });
		assert.equal(await shown.textContent(), text);
		const copied = await shown.evaluate((region) => {
			const selection = region.ownerDocument.getSelection()!;
			selection.selectAllChildren(region);
			return selection.toString();
		});
		assert.equal(copied.trimEnd(), text.trimEnd());
		assert.deepEqual(visiting.complaints, []);
	});

	test('what is found far out of sight stays selected when it is scrolled to', async () => {
		const half = 'Some **words** here.\n\n- and a [link](a.md)\n\n'.repeat(1000);
		const url = await documentUrl(`${half}A *needle* is here.\n\n${half}`, 'Some', 'words');
		await using visiting = await visit(browser, url);
		const { page, settled } = visiting;
		const needle = page.locator('span', { hasText: 'needle' });
		await needle.waitFor({ state: 'attached' });
		assert.equal(await page.evaluate('find("needle")'), true);
		await needle.scrollIntoViewIfNeeded();
		await settled();
		assert.equal(await page.evaluate('String(getSelection())'), 'needle');
	});

	test('one of a megabyte opens at a quote in its middle in tasks of at most 100 ms of CPU, and stays there', async () => {
		const lines =
			'## Title\n\n- **Bold** and *slanted* with `code` and a [link](to/it.md)\n\nSome words of [text](a.md).\n\n';
		const half = lines.repeat(5000);
		const url = await documentUrl(`${half}Here **it** is.\n\n${half}`, 'Here', 'is.');
		await using visiting = await visit(browser, served.server.url);
		const { page, settled } = visiting;
		const { ms, tasks } = await longestTask(browser, page, async () => {
			await page.goto(url);
			assert.equal(await markedIn(page), 'Here **it** is.');
			await settled();
		});
		assert.ok(tasks > 5 && ms > 0, `the trace holds ${tasks} tasks`);
		assert.ok(ms < 100, `a task of ${ms} ms`);
		const { y, height } = (await page.locator('mark').first().boundingBox())!;
		assert.ok(y > 200 && y + height < 600, `it is at ${y} of 800 pixels`);
	});
});

describe('a quote on the page of a PDF', () => {
	const runs = ['Merchants may re-', 'fund within ', '45 days. Later', ' they ﬁle a claim.'];

	test('is found across its runs, whatever stands between the letters', () => {
		assert.deepEqual(findOnPage('may refund within 45 days.', runs), [
			{ run: 0, start: 10, end: 16 },
			{ run: 1, start: 0, end: 11 },
			{ run: 2, start: 0, end: 7 },
		]);
	});

	test('is found where a ligature stands for two letters, and accents are written in parts', () => {
		assert.deepEqual(findOnPage('they file a claim', runs), [{ run: 3, start: 1, end: 17 }]);
		assert.deepEqual(findOnPage('Café au lait', ['Cafe\u0301 au lait']), [{ run: 0, start: 0, end: 13 }]);
	});

	test('that goes on overleaf is marked as far as the page has it', () => {
		assert.deepEqual(findOnPage('Merchants may refund within 45 days. Nobody else may.', runs).at(-1), {
			run: 2,
			start: 0,
			end: 7,
		});
	});

	test('that the page does not have is not marked', () => {
		assert.deepEqual(findOnPage('may refund within 46 days.', runs), []);
	});
});

describe('the text of an answer, cut at its markers', () => {
	const citation = (marker: string, answerStart: number) => ({ marker, answerStart, quote: `of ${answerStart}` });

	test('is the text again when the pieces are put together, but for the space before a chip', () => {
		const spans = fc.array(fc.tuple(fc.nat(60), fc.nat(20)));
		fc.assert(
			fc.property(fc.string(), spans, fc.nat(20), (text, found, at) => {
				const answer = `${text} [1] ${text}[2]`;
				const starts = found.map(([start]) => start).sort((a, b) => a - b);
				const unsupported = starts.map((start, i) => ({ start, end: Math.min(start + 7, starts[i + 1] ?? Infinity) }));
				const pieces = answerPieces(answer, at, { citations: [citation('[1]', at)], unsupported });
				assert.equal(pieces.map((piece) => piece.text.replace(/\u00A0$/, ' ')).join(''), answer);
			}),
		);
	});

	test('a marker that stands twice leads to the quote of its own sentence', () => {
		const citations = [citation('[1]', 0), citation('[1]', 11)];
		const pieces = answerPieces('First. [1] Second. [1]', 0, { citations, unsupported: [] });
		assert.deepEqual(
			pieces.flatMap(({ marker }) => (marker === null ? [] : [marker.citation])),
			citations,
		);
	});

	test('what no quote supports is told from what one does', () => {
		const pieces = answerPieces('Yes. No. Yes.', 100, { citations: [], unsupported: [{ start: 105, end: 108 }] });
		assert.deepEqual(
			pieces.map(({ text, isUnsupported }) => [text, isUnsupported]),
			[
				['Yes. ', false],
				['No.', true],
				[' Yes.', false],
			],
		);
	});
});

describe('where a quote stands now', () => {
	const text = 'It is blue. It was red. It is blue.';

	test('in the version that was quoted, where it was', () => {
		assert.deepEqual(placeOf({ start: 3, end: 5, page: null, version: 2 }, { text, version: 2 }), {
			span: { start: 3, end: 5 },
			state: 'same',
		});
	});

	test('in a newer one, at the nearest place that says the same, or nowhere', () => {
		const quote = { start: 20, end: 31, page: null, version: 1 };
		assert.deepEqual(placeOf({ ...quote, text: 'It is blue.' }, { text, version: 2 }), {
			span: { start: 24, end: 35 },
			state: 'changed',
		});
		assert.equal(placeOf({ ...quote, text: 'It is green.' }, { text, version: 2 }).state, 'no-longer-says');
	});

	test('an address says it and is read again; one that makes no sense says nothing', () => {
		const quote = { start: 3, end: 5, page: 2, version: 4 };
		assert.deepEqual(quoteFrom(new URLSearchParams(quoteParams(quote))), quote);
		for (const wrong of ['', 'start=3', 'start=5&end=3', 'start=-1&end=4', 'start=1e3&end=2e3']) {
			assert.equal(quoteFrom(new URLSearchParams(wrong)), undefined);
		}
	});
});
