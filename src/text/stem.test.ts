import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fold, stemmer } from './stem.ts';
import { stopWords } from './stop-words.ts';

test('forms of a word meet in one stem, in their language', () => {
	const pairs = {
		en: ['refunds', 'refunded'],
		de: ['rückerstattung', 'rückerstattungen'],
		es: ['reembolso', 'reembolsos'],
		fr: ['remboursement', 'remboursements'],
	};
	for (const [language, [one, other]] of Object.entries(pairs)) {
		assert.equal(stemmer(language)(one!), stemmer(language)(other!), language);
	}
});

test('a language without a stemmer, or none, is stemmed as English', () => {
	assert.equal(stemmer('xx')('refunds'), 'refund');
	assert.equal(stemmer(null)('refunds'), 'refund');
	assert.equal(stemmer('constructor')('refunds'), 'refund');
});

test('diacritics do not keep words apart', () => {
	assert.equal(fold('café'), 'cafe');
	assert.equal(fold('plain'), 'plain');
});

test('stop words are known by language', () => {
	assert.ok(stopWords('de').has('und') && !stopWords('en').has('und'));
	assert.equal(stopWords('toString').size, 0);
});
