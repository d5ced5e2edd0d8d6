import assert from 'node:assert/strict';
import { test } from 'node:test';

/** From data to a list of problems. */
export type Check<T> = (data: T) => string[];

/** A test that a check finds nothing in `real`, and something in each copy that was spoilt. */
export function holdsFor<T>(
	real: T,
	copy: () => T,
): (name: string, check: Check<T>, ...spoilers: ((data: T) => void)[]) => void {
	return (name, check, ...spoilers) => {
		test(name, () => {
			assert.deepEqual(check(real), []);
			assert.ok(spoilers.length > 0, 'nobody has tried to make this check fail');
			spoilers.forEach((spoil, index) => {
				const data = copy();
				spoil(data);
				assert.notDeepEqual(check(data), [], `the check does not notice spoiler ${index + 1}`);
			});
		});
	};
}
