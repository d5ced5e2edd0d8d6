import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAsked } from './asking.ts';

test('the last message is the question, and each one before it with the answer after it is a turn', () => {
	const asked = readAsked([
		{ role: 'system', content: 'Be brief.' },
		{ role: 'user', content: 'First?' },
		{ role: 'assistant', content: 'Yes.' },
		{ role: 'user', content: 'Second?' },
		{ role: 'user', content: 'Third?' },
	]);
	assert.equal(asked.question, 'Third?');
	assert.deepEqual(
		asked.turns.map(({ question, answer }) => [question, answer]),
		[
			['First?', 'Yes.'],
			['Second?', null],
		],
	);
});

test('messages that end with no question are refused', () => {
	assert.throws(() => readAsked([]), { code: 'invalid_argument' });
	assert.throws(() => readAsked([{ role: 'assistant', content: 'Yes.' }]), { code: 'invalid_argument' });
});
