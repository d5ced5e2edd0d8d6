import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Budget } from './budget.ts';

describe('Budget', () => {
	test('goes beyond the cap by no more than the first answers cost, in whatever order answers end', () => {
		const cents = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 40 });
		fc.assert(
			fc.property(cents, fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 5 }), (costs, cap, atOnce) => {
				const dearest = Math.max(...costs);
				const budget = new Budget({ maxUsd: cap, allowUnknown: false }, []);
				const running: (() => void)[] = [];
				for (const cost of costs) {
					while (running.length >= atOnce || (running.length > 0 && budget.ask('s') === 'wait')) running.shift()!();
					if (budget.ask('s') !== 'go') break;
					const end = budget.begin('s');
					running.push(() => end(cost));
				}
				for (const end of running) end();
				// What an answer costs is not known before: those under way may each cost more than the dearest so far.
				assert.ok(budget.spent <= cap + atOnce * dearest, `${budget.spent} of ${cap}`);
			}),
		);
	});

	test('of equal answers not one goes beyond the cap', () => {
		const budget = new Budget({ maxUsd: 1, allowUnknown: false }, []);
		let asked = 0;
		for (; budget.ask('s') === 'go'; asked++) budget.begin('s')(0.3);
		assert.equal(asked, 3);
		assert.equal(budget.ask('s'), 'over');
	});

	test('the first answer is waited for, and what is under way is counted', () => {
		const budget = new Budget({ maxUsd: 1, allowUnknown: false }, []);
		const end = budget.begin('s');
		assert.equal(budget.ask('s'), 'wait');
		end(0.4);
		budget.begin('s');
		assert.equal(budget.ask('s'), 'wait');
		assert.equal(budget.ask('other'), 'go');
	});

	test('what costs nothing goes on when the rest is over', () => {
		const budget = new Budget({ maxUsd: 0, allowUnknown: false }, ['rag']);
		assert.equal(budget.ask('rag'), 'go');
		assert.equal(budget.ask('base'), 'over');
	});

	test('a cost that nobody knows ends what is capped, unless that is allowed', () => {
		for (const [allowUnknown, leave] of [
			[false, 'over'],
			[true, 'go'],
		] as const) {
			const budget = new Budget({ maxUsd: 1, allowUnknown }, []);
			budget.begin('s')(null);
			assert.equal(budget.ask('s'), leave);
			assert.equal(budget.unknown, 1);
		}
	});
});
