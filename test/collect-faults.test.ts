import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type FaultCode, faultCodes } from '../src/collect/checks/faults.ts';
import { checkFiles } from '../src/project/check-examples.ts';
import { repository } from './run-program.ts';

const fixtures = join(repository, 'test/fixtures/collect');

/** For each file the faults that were planted: line and code. `README.md` there says how. */
const planted = JSON.parse(readFileSync(join(fixtures, 'faults.json'), 'utf8')) as Record<
	string,
	[number, FaultCode][]
>;

describe('planted faults', () => {
	test('there are many, of many kinds, in every format', () => {
		const all = Object.values(planted).flat();
		const kinds = new Set(all.map(([, code]) => code));
		assert.ok(all.length >= 60, `${all.length} faults`);
		assert.ok(kinds.size >= 30, `${kinds.size} of ${Object.keys(faultCodes).length} codes`);
		assert.deepEqual(Object.keys(planted).sort(), readdirSync(join(fixtures, 'faulty')).sort());
	});

	for (const [file, expected] of Object.entries(planted)) {
		test(`all of ${file} are found, with line and reason, and nothing else`, async () => {
			const { faults } = await checkFiles([join(fixtures, 'faulty', file)]);
			assert.deepEqual(
				faults.map(({ line, code }) => `${line} ${code}`).sort(),
				expected.map(([line, code]) => `${line} ${code}`).sort(),
			);
			for (const fault of faults) {
				assert.equal(fault.file, file);
				assert.ok(fault.message.length > 5 && fault.fix.length > 3, fault.code);
			}
		});
	}
});

describe('clean files', () => {
	for (const file of readdirSync(join(fixtures, 'clean'))) {
		test(`${file} has no fault`, async () => {
			const { faults, rows } = await checkFiles([join(fixtures, 'clean', file)]);
			assert.ok(rows >= 5);
			assert.deepEqual(faults, []);
		});
	}
});
