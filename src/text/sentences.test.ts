import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sentences } from './sentences.ts';

const split = (text: string): string[] => sentences(text).map(({ start, end }) => text.slice(start, end));

test('sentences end at full stops, not at abbreviations or line breaks', () => {
	assert.deepEqual(split('Dr. Smith pays approx. 30 euros, e.g. in\ncash. See No. 5! Is it so? Yes.'), [
		'Dr. Smith pays approx. 30 euros, e.g. in\ncash.',
		'See No. 5!',
		'Is it so?',
		'Yes.',
	]);
	assert.deepEqual(split('退款需要五天。请等待。'), ['退款需要五天。', '请等待。']);
});

test('an abbreviation ends a sentence where a word follows that mostly begins one', () => {
	for (const whole of [
		'The U.S. Government pays.',
		'It closes at 5 p.m. Eastern.',
		'It closes at 5 P.M. (EST) on Friday.',
		'Gen. Smith wrote to the **U.S.** Digital Corps.',
		'Lipchitz v. Huang was filed on Sept. 30.',
		'Amazon.com, Inc. (W.D. Wash.) lost, see 18 U.S.C. Section 1350.',
	]) {
		assert.deepEqual(split(`${whole} Then.`), [whole, 'Then.']);
	}
	for (const two of [
		['He moved to the U.S.', 'The next year he left.'],
		['It closes at 5 p.m.', 'You can wait.'],
		['Take pens, notes, etc.', 'Ask for more.'],
		['Patients lacked vitamin D.', 'This review says why.'],
		['No.', 'The answer is five.'],
	]) {
		assert.deepEqual(split(two.join(' ')), two);
	}
});

test('a sentence ends where a space follows, with the marks before it', () => {
	for (const parts of [
		['See https://x.gov/viewpage.action?pageId=658 for more.', 'Or not.'],
		['[Why so?](https://x.gov/?A=1#!B) Read on.', 'Or not.'],
		['Run Node.Js!Now please.', 'Or not.'],
		['**Save your work.**', 'Then close it.[2]', 'Go _home!_', 'Or not.'],
		['是吗?', '不是。', 'Hello.', '你好。'],
	]) {
		assert.deepEqual(split(parts.join(parts[0]!.startsWith('是') ? '' : ' ')), parts);
	}
});

test('every character that is no space lies in exactly one sentence', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
			const spans = sentences(text);
			let rest = '';
			let at = 0;
			for (const { start, end } of spans) {
				assert.ok(start >= at && end > start);
				rest += text.slice(at, start);
				at = end;
			}
			rest += text.slice(at);
			assert.equal(rest.replace(/[\s\u{feff}]/gu, ''), '');
		}),
	);
});

test('a part of a text gives spans of the whole', () => {
	const text = 'First one. Second one. Third one.';
	const [span] = sentences(text, 11, 22);
	assert.equal(text.slice(span!.start, span!.end), 'Second one.');
});
