import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromLines, type Lexicon, meaningsIn, toLines, translated } from './lexicon.ts';

const lexicon: Lexicon = {
	language: 'en',
	entries: new Map([
		['zapper', ['terminal']],
		['juic', ['battery', 'charger']],
	]),
};

test('words mean what their stem means, parts of compounds too', () => {
	assert.deepEqual(
		[...meaningsIn('Juices for zapper-2?', lexicon)],
		[
			['juices', ['battery', 'charger']],
			['zapper', ['terminal']],
		],
	);
	assert.deepEqual([...meaningsIn('What does it cost?', lexicon)], []);
});

test('what words mean stands in their place, and the rest as it was', () => {
	assert.equal(translated("My  zapper's juice is empty?", lexicon), 'My  terminal battery charger is empty?');
	assert.equal(translated('zapper-2: no juice', lexicon), 'terminal 2: no battery charger');
	assert.equal(translated(' What does it cost? ', lexicon), ' What does it cost? ');
});

test('a lexicon that is written and read is the same', () => {
	const word = fc.stringMatching(/^\p{L}{1,8}$/u);
	const rows = fc.uniqueArray(fc.tuple(word, fc.array(word, { minLength: 1, maxLength: 3 })), {
		selector: ([stem]) => stem,
		minLength: 1,
	});
	fc.assert(
		fc.property(rows, (entries) => {
			const one: Lexicon = { language: 'de', entries: new Map(entries) };
			assert.deepEqual(fromLines(toLines(one).trimEnd().split('\n'), 'de'), one);
		}),
	);
});
