/** `npm run nightly`: the programs that take too long for `npm test`, and the tests with a seed of the night. */
import { spawnSync } from 'node:child_process';

const seed = process.env['KNOWHOW_TEST_SEED'] ?? String(Date.now() % 2 ** 31);
const programs: readonly (readonly string[])[] = [['scripts/test.ts'], ['bench/crash.ts']];

for (const program of programs) {
	console.log(`\n# ${program.join(' ')} with KNOWHOW_TEST_SEED=${seed}`);
	const { status } = spawnSync(process.execPath, program, {
		stdio: 'inherit',
		env: { ...process.env, KNOWHOW_TEST_SEED: seed },
	});
	if (status !== 0) process.exitCode = 1;
}
console.log(`\n${programs.length} nightly programs run.`);
