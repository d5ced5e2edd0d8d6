import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { uncased, WordPiece } from './wordpiece.ts';

/** By the Python package `tokenizers`: see make.py there. */
const { vocabulary, texts, cases } = JSON.parse(
	readFileSync(new URL('../../test/fixtures/wordpiece/expected.json', import.meta.url), 'utf8'),
) as { vocabulary: string[]; texts: string[]; cases: { name: keyof typeof options; ids: number[][] }[] };

const options = {
	uncased,
	cased: { ...uncased, lowers: false, stripsAccents: false },
	accents: { ...uncased, stripsAccents: false },
};

describe('WordPiece', () => {
	for (const { name, ids } of cases) {
		test(`gives the ids of the reference implementation (${name})`, () => {
			const words = new WordPiece(vocabulary, options[name]);
			// Twice: the second time from the cache.
			for (const [i, text] of [...texts, ...texts].entries()) {
				assert.deepEqual([...words.encode(text)], ids[i % texts.length], JSON.stringify(text));
			}
			const found = new Set(ids.flat());
			assert.ok(found.size > 150 && found.has(words.unknown), 'the reference finds many pieces and misses some');
		});
	}

	const words = new WordPiece(vocabulary);
	const ids = (text: string): number[] => [...words.encode(text)];
	const someText = fc.oneof(
		fc.string({ unit: 'binary' }),
		fc.string({ unit: 'grapheme' }),
		fc.array(fc.constantFrom(...texts, ...vocabulary), { maxLength: 5 }).map((parts) => parts.join('')),
	);

	test('a text is cut at spaces and ASCII punctuation: its ids are those of its parts', () => {
		fc.assert(
			fc.property(someText, fc.constantFrom(' ', '\n', '.', '-', '_', '#'), someText, (a, mark, b) => {
				assert.deepEqual(ids(`${a}${mark}${b}`), [...ids(a), ...ids(mark), ...ids(b)]);
			}),
		);
	});

	test('capitals and accents do not matter to the uncased tokeniser', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
				assert.deepEqual(ids(text.toUpperCase()), ids(text));
				assert.deepEqual(ids(text.replace(/[a-z]/gi, '$&\u0301')), ids(text));
			}),
		);
	});

	test('the pieces of a known word spell it, each as long as the vocabulary allows', () => {
		const known = new Set(vocabulary);
		fc.assert(
			fc.property(
				fc.string({ unit: fc.constantFrom(...'aeiouxlnrst'.split('')), minLength: 1, maxLength: 30 }),
				(word) => {
					const pieces = ids(word).map((id) => vocabulary[id]!);
					assert.equal(pieces.map((piece) => piece.replace('##', '')).join(''), word);
					let at = 0;
					for (const [i, piece] of pieces.entries()) {
						const size = piece.replace('##', '').length;
						const longer = word.slice(at, at + size + 1);
						const isLast = at + size === word.length;
						assert.ok(isLast || !known.has(i === 0 ? longer : `##${longer}`), `${piece} could be ${longer}`);
						at += size;
					}
				},
			),
		);
	});

	test('any string gives ids of the vocabulary, at most one for each UTF-16 unit', () => {
		fc.assert(
			fc.property(someText, (text) => {
				const found = ids(text);
				assert.ok(found.length <= text.normalize('NFD').length);
				assert.ok(found.every((id) => id >= 0 && id < vocabulary.length));
			}),
		);
	});
});
