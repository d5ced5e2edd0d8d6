import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RequestRate } from './request-rate.ts';

test('a minute’s requests at once, then one every so many seconds, for each key by itself', () => {
	let now = 0;
	const rate = new RequestRate(() => now);
	const take = (key: string): number => rate.take(key, 3);
	assert.deepEqual([take('a'), take('a'), take('a'), take('a'), take('b')], [0, 0, 0, 20, 0]);
	now = 15_000;
	assert.equal(take('a'), 5);
	now = 20_000;
	assert.deepEqual([take('a'), take('a')], [0, 20]);
	now = 10 * 60_000;
	assert.deepEqual(
		[take('a'), take('a'), take('a'), take('a')],
		[0, 0, 0, 20],
		'a long rest saves up no more than a minute',
	);
});

test('whoever waits as long as told gets through, and no minute has more than two minutes’ requests', () => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 500 }), fc.array(fc.integer({ min: 0, max: 5000 })), (perMinute, pauses) => {
			let now = 1e12;
			const rate = new RequestRate(() => now);
			const taken: number[] = [];
			for (const pause of pauses) {
				now += pause;
				const wait = rate.take('a', perMinute);
				if (wait > 0) {
					now += wait * 1000;
					assert.equal(rate.take('a', perMinute), 0);
				}
				taken.push(now);
			}
			for (const begin of taken) {
				const within = taken.filter((at) => at >= begin && at < begin + 60_000).length;
				assert.ok(within <= 2 * perMinute);
			}
		}),
		{ seed: 20 },
	);
});
