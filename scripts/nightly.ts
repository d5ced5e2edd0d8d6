/** `npm run nightly`: the programs that take too long for `npm test`, one after another. */
import { spawnSync } from 'node:child_process';

const programs: readonly (readonly string[])[] = [['bench/crash.ts']];

for (const program of programs) {
	console.log(`\n# ${program.join(' ')}`);
	const { status } = spawnSync(process.execPath, program, { stdio: 'inherit' });
	if (status !== 0) process.exitCode = 1;
}
console.log(`\n${programs.length} nightly programs run.`);
