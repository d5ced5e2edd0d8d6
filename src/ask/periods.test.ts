import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areOfDifferentTimes, periodsIn } from './periods.ts';

const differ = (a: string, b: string): boolean => areOfDifferentTimes(periodsIn(a), periodsIn(b));

test('years, quarters and months of years are periods', () => {
	assert.ok(differ('in Q3 2022', 'in Q3 2023'));
	assert.ok(differ('the second quarter', '2023 Q3'));
	assert.ok(differ('six months ended June 30, 2023', 'nine months ended September 30, 2023'));
	assert.ok(differ('on 2023-06-30', 'in September 2023'));
	assert.ok(differ('the first nine months', 'the first six months'));
	assert.ok(!differ('in 2022', 'in 2022 compared to 2023'));
	assert.ok(!differ('in 2022', 'in the third quarter'));
});

test('an amount, a name and a date from which something holds are none', () => {
	assert.ok(!differ('2000 mAh, € 1999 and PX-2010', 'in 2022'));
	assert.ok(!differ('Since 1 May 2023 it is 5 %.', 'Effective 2024-01-01 it is 6 %.'));
});
