import assert from 'node:assert/strict';
import { test } from 'node:test';
import { languageOf, phrasesIn } from './phrases.ts';

test('the language of a question is told', async () => {
	assert.equal(await languageOf('How long does the battery last?'), 'en');
	assert.equal(await languageOf('Wie lange hält der Akku?'), 'de');
	assert.equal(await languageOf('¿Cuánto tarda la revisión del alta?'), 'es');
	assert.equal(await languageOf('Quelle est la durée de la garantie ?'), 'fr');
	assert.equal(await languageOf('电池能用多久?'), 'zh');
	assert.equal(await languageOf('كم تدوم البطارية؟'), 'ar');
});

test('languages without wording fall back on English', () => {
	assert.equal(phrasesIn('fi'), phrasesIn('en'));
	assert.equal(phrasesIn(null), phrasesIn('en'));
});
