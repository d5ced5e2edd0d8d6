import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type FaultCode, faultCodes, isFixable } from '../src/collect/checks/faults.ts';
import { goalRules } from '../src/collect/checks/goal-rules.ts';
import { formats } from '../src/collect/formats/formats.ts';
import { checkFiles } from '../src/project/datasets/check-examples.ts';
import { repository } from './run-program.ts';

const fixtures = join(repository, 'test/fixtures/collect');

/** For each file the faults that were planted: line (null: all rows together) and code. `README.md` there says how. */
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

describe('docs/collect.md', () => {
	const page = readFileSync(join(repository, 'docs/collect.md'), 'utf8');

	test('has every fault, goal and format, as the code has them', () => {
		for (const [code, fault] of Object.entries(faultCodes)) {
			const severity = `${fault.severity}${isFixable(code as FaultCode) ? ', fixed' : ''}`;
			assert.ok(page.includes(`| \`${code}\` | ${severity} | ${fault.what} | ${fault.fix} |`), code);
		}
		for (const [goal, { needs, least, good, reason }] of Object.entries(goalRules)) {
			assert.ok(page.includes(`| \`${goal}\` | ${needs.join(' or ')} | ${least} | ${good} | ${reason} |`), goal);
		}
		for (const { name, describe: says } of formats) {
			assert.ok(page.replaceAll('`', '').includes(`| ${name} | ${says.replaceAll('`', '')} |`), name);
		}
	});
});
