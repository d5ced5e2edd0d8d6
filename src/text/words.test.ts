import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stemmer } from './stem.ts';
import { isIdentifier, terms, wholeOf, words } from './words.ts';

const texts = (text: string): string[] => words(text).map((word) => word.text);

test('identifiers stay whole and come in parts', () => {
	const parts = (text: string): (readonly string[] | null)[] => words(text).map((word) => word.parts);
	assert.deepEqual(texts('PX-1200/B and ERR_1042'), ['px-1200/b', 'and', 'err_1042']);
	assert.deepEqual(parts('PX-1200/B and ERR_1042'), [['px', '1200', 'b'], null, ['err', '1042']]);
	assert.deepEqual(parts('getUserName v2.3.1 10am'), [
		['get', 'user', 'name'],
		['v', '2', '3', '1'],
		['10', 'am'],
	]);
});

test('a compound has one spelling however it is joined; dates and decimals keep their connectors', () => {
	const whole = (text: string): string => wholeOf(words(text)[0]!);
	assert.equal(whole('PX-1200/B'), whole('px1200b'));
	assert.equal(whole('ERR_1042'), 'err1042');
	assert.equal(whole('2025-03-01'), '2025-03-01');
	assert.equal(whole('12.50'), '12.50');
});

test('numbers lose their thousands commas and elisions their stubs', () => {
	assert.deepEqual(texts('$1,299.50, 3,500 and 3,50'), ['1299.50', '3500', 'and', '3', '50']);
	assert.deepEqual(texts("the customer's l'argent don't"), ['the', 'customer', 'argent', 'don']);
});

test('codes are identifiers, ordinary compounds are not', () => {
	const identifiers = (text: string): string[] =>
		words(text)
			.filter(isIdentifier)
			.map(({ text: word }) => word);
	assert.deepEqual(identifiers('ERR_1042 payment.succeeded v1/refunds PX-900 long-term check-in 2025-03-01 12 café'), [
		'err_1042',
		'payment.succeeded',
		'v1/refunds',
		'px-900',
		'2025-03-01',
	]);
});

test('where a script does not write spaces the words are found all the same', () => {
	assert.deepEqual(texts('退款需要多长时间'), ['退款', '需要', '多', '长', '时间']);
});

test('words lie in order inside the text and are what stands there', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
			let last = 0;
			for (const word of words(text)) {
				assert.ok(word.start >= last && word.end > word.start && word.end <= text.length);
				last = word.end;
			}
		}),
	);
});

test('every word of a text is among its terms, and positions never fall', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
			const found: string[] = [];
			let last = 0;
			const length = terms(text, stemmer('en'), (term, position) => {
				assert.ok(position >= last);
				last = position;
				found.push(term);
			});
			const plain = words(text).filter((word) => word.parts === null);
			for (const word of plain) assert.ok(found.includes(stemmer('en')(word.text)));
			assert.ok(length >= plain.length);
		}),
	);
});
