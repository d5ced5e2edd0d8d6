import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Remembered } from './remembered.ts';

test('what was read is read again after a commit, and what a commit overtook is not remembered', async () => {
	let pulse = 1;
	let reads = 0;
	const gate = Promise.withResolvers<void>();
	const remembered = new Remembered(
		() => pulse,
		async (name) => {
			reads++;
			const read = `${name}${pulse}`;
			if (name === 'slow' && pulse === 2) await gate.promise;
			return read;
		},
	);
	assert.deepEqual([await remembered.get('a'), await remembered.get('a'), reads], ['a1', 'a1', 1]);
	pulse = 2;
	assert.deepEqual([await remembered.get('a'), reads], ['a2', 2]);
	const overtaken = remembered.get('slow');
	pulse = 3;
	assert.equal(await remembered.get('slow'), 'slow3');
	gate.resolve();
	assert.equal(await overtaken, 'slow2');
	assert.equal(await remembered.get('slow'), 'slow3');
});

test('no more than a thousand names are remembered', async () => {
	let reads = 0;
	const remembered = new Remembered(
		() => 1,
		async () => ++reads,
	);
	for (let at = 0; at <= 1_001; at++) await remembered.get(String(at));
	await remembered.get('0');
	assert.equal(reads, 1_003);
});
