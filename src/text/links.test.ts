import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkAround } from './links.ts';

test('a place inside a link or image has the whole of it around it, a place at its ends or in brackets alone none', () => {
	const text = '[a] and ![a page]({% page "/x y" %}), then (b).';
	const start = text.indexOf('!');
	const end = text.indexOf(', then');
	for (let at = 0; at <= text.length; at++) {
		const isInside = at > start + 1 && at < end;
		assert.deepEqual(linkAround(text, at), isInside ? { start, end } : null, `${at}`);
	}
});
