import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fingerprint, isNearDuplicate, mayBeNearDuplicates, sketch } from './near-duplicates.ts';
import { words } from './words.ts';

const same = (a: string, b: string): boolean => isNearDuplicate(fingerprint(a), fingerprint(b));
const maySeemSame = (a: string, b: string): boolean => mayBeNearDuplicates(sketch(words(a)), sketch(words(b)));
const text =
	'Merchants on the Growth plan receive their payouts every Tuesday by bank transfer, and the fee is 12 euros a month for each terminal in use.';

test('copies are near-duplicates, in other case and punctuation too', () => {
	assert.ok(same(text, text.toUpperCase().replace(',', ';')));
});

test('texts that differ in a number are not, nor are texts that share only half', () => {
	assert.ok(!same(text, text.replace('12', '15')));
	assert.ok(!same(text, text.slice(0, text.length / 2)));
	assert.ok(!same('', text));
});

test('sketches never tell near-duplicates apart', () => {
	const word = fc.constantFrom(...'a b c d e f g h getUserName getusername 12 1,200 1200 x-1 é'.split(' '));
	const passage = fc.array(word, { maxLength: 80 });
	const change = fc.record({ at: fc.nat(80), word, kind: fc.constantFrom('add', 'drop', 'set') });
	let duplicates = 0;
	fc.assert(
		fc.property(passage, fc.array(change, { maxLength: 2 }), fc.nat(3), (before, changes, times) => {
			// Many repetitions fill a group.
			const long = Array.from({ length: times + 1 }, (_, i) =>
				before.map((one) => (i === 0 ? one : `${one}${'xyz'[i]}`)),
			);
			const after = long.flat();
			for (const { at, word: other, kind } of changes) {
				after.splice(at, kind === 'add' ? 0 : 1, ...(kind === 'drop' ? [] : [other]));
			}
			const [a, b] = [long.flat().join(' '), after.join(' ')];
			if (!same(a, b)) return;
			duplicates++;
			assert.ok(maySeemSame(a, b));
			assert.ok(maySeemSame(b, a));
		}),
		{ seed: 1, numRuns: 2000 },
	);
	assert.ok(duplicates > 500, `${duplicates} pairs were near-duplicates`);
});

test('sketches tell texts apart that differ in a number, a third of the words, or everything', () => {
	assert.ok(!maySeemSame(text, text.replace('12', '15')));
	const plain = text.replace('12', 'twelve');
	assert.ok(!maySeemSame(plain, plain.replace(/^\S+ \S+ \S+ \S+ \S+ \S+ \S+ \S+/, 'Others')));
	assert.ok(
		!maySeemSame(
			plain,
			'Terminals that are sent back within thirty days cost nothing, whoever bought them and wherever.',
		),
	);
});
