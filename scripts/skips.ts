/**
 * Looks at the tests that the last `npm test` skipped. A reason reads `needs THING`: a path (from the repository's
 * root), a command, `an unprivileged user` or `the npm registry`. Fails when the thing is here, or when a reason does not say what is missing.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import type { Summary } from './test-reporter.ts';

const { skipped } = JSON.parse(readFileSync('.cache/test-summary.json', 'utf8')) as Summary;

for (const { name, file, reason } of skipped) {
	const thing = /^needs (.+?)(?: \(.*\))?$/.exec(reason)?.[1];
	const isHere = thing !== undefined && isPresent(thing);
	const isExcused = thing !== undefined && !isHere;
	const verdict = isExcused ? 'not here' : isHere ? 'IT IS HERE' : 'THE REASON DOES NOT BEGIN WITH "needs"';
	console.log(`  ${isExcused ? '﹣' : '✖'} ${name} (${file}): ${reason}: ${verdict}`);
	if (!isExcused) process.exitCode = 1;
}
console.log(`  ${skipped.length} skipped`);

function isPresent(thing: string): boolean {
	if (thing === 'an unprivileged user') return process.getuid?.() !== 0;
	if (thing === 'the npm registry') return succeeds('npm', ['view', 'zod', 'version', '--fetch-retries=0']);
	if (thing.includes('/')) return existsSync(thing);
	return succeeds('sh', ['-c', 'command -v "$0"', thing]);
}

function succeeds(command: string, words: readonly string[]): boolean {
	return spawnSync(command, words, { stdio: 'ignore', timeout: 30_000 }).status === 0;
}
