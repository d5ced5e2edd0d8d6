import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { builtInFolder } from '../src/models/static-embedder.ts';
import { repository, runProgram } from './run-program.ts';

const skip = existsSync(builtInFolder) ? false : `needs ${builtInFolder}`;

test(
	'the loop of the sample runs: ask, rate, collect, check, train, gate, promote, ask, rollback',
	{ skip },
	async (t) => {
		const { code, stdout, stderr } = await runProgram(process.execPath, ['scripts/loop.ts', '--json'], {
			cwd: repository,
		});
		assert.equal(code, 0, stderr);
		const told = JSON.parse(stdout);
		const steps = [
			'documents',
			'rated',
			'collected',
			'checked',
			'trained',
			'gate',
			'promoted',
			'rolledBack',
			'mismatch',
		];
		assert.deepEqual(Object.keys(told), steps);
		const { collected, trained, gate, promoted, rolledBack, rated, mismatch } = told;
		t.diagnostic(JSON.stringify({ difference: trained.difference, interval: trained.interval, passes: gate.passes }));
		assert.ok(rated.good <= rated.asked && rated.asked > 0);
		assert.ok(collected.counts.train + collected.counts.dev + collected.counts.test >= 725);
		assert.ok(Math.abs(trained.after - trained.before - trained.difference) < 1e-9);
		// What the gate says is what decides, and force is told.
		assert.equal(promoted.isForced, !gate.passes);
		assert.equal(gate.reasons[0].isMet && gate.reasons[1].isMet, gate.passes);
		assert.deepEqual(rolledBack, { isExact: true, isChanged: true });
		const [better] = mismatch.reasons;
		assert.ok(better.questions >= 130 && better.interval.low > 0);
		assert.equal(mismatch.passes, true);
	},
);
