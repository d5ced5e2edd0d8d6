import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { answerPieces } from '../web/src/ask/answer-pieces.ts';
import { findOnPage } from '../web/src/document/find-on-page.ts';
import { placeOf } from '../web/src/document/place.ts';
import { quoteFrom, quoteParams } from '../web/src/document/quote-params.ts';
import { textBlocks } from '../web/src/document/text-blocks.ts';

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
